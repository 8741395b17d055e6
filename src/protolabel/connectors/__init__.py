"""Labelled data of other tools, and of Hugging Face datasets, as examples. Nothing is encoded."""

from protolabel.connectors.annotations import Annotations, read_annotations
from protolabel.connectors.datasets import read_dataset

__all__ = ["Annotations", "read_annotations", "read_dataset"]
