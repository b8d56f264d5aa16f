"""Vector sources through one catalogue: a format is a driver, and all drivers give the same features."""

from pipeline.sources.vectors.catalogue import VECTOR_SUFFIXES
from pipeline.sources.vectors.driver import Layer
from pipeline.sources.vectors.reading import Features, layers_of, read_features
from pipeline.sources.vectors.remarks import Remark

__all__ = ["VECTOR_SUFFIXES", "Features", "Layer", "Remark", "layers_of", "read_features"]
