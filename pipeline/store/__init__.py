"""The one owner of "is this still good?": steps, their keys and their kept results."""

from pipeline.store.step import Facts, Step, StepContext

__all__ = ["Facts", "Step", "StepContext"]
