"""Vector sources through one catalogue: a format is a driver, and all drivers give the same features."""

from pipeline.sources.vectors.catalogue import VECTOR_SUFFIXES
from pipeline.sources.vectors.driver import Layer
from pipeline.sources.vectors.reading import Features, layers_of, read_features
from pipeline.sources.vectors.survey import look_over, probe

__all__ = ["VECTOR_SUFFIXES", "Features", "Layer", "layers_of", "look_over", "probe", "read_features"]
