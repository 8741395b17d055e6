"""Label documents from a handful of examples: a label space that grows while it is in use.

The folders, in the order of the data. A file imports from its own folder and from those above it;
``tests/test_architecture.py`` reads the order from here.

    arrays errors extras types invisible names near_names text
    equality images progress forks documents arguments answers
    arithmetic
    readers
    encoders
    store
    label_space
    episodes
    evaluation
    training
    batch
    estimator
    cli __main__
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from protolabel.answers import Answer, Answers, Evidence
from protolabel.encoders import Encoder, load_encoder
from protolabel.errors import ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.records import SpaceInfo, StoredExample
from protolabel.label_space.settings import Settings
from protolabel.label_space.view import View
from protolabel.readers import read_documents, read_examples
from protolabel.types import Change, ClassInfo, Document, Example

if TYPE_CHECKING:
    from protolabel.estimator import PrototypicalClassifier
    from protolabel.evaluation.of_encoder import evaluate
    from protolabel.training import adapt, train

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Answers",
    "Change",
    "ClassInfo",
    "Document",
    "Encoder",
    "Evidence",
    "Example",
    "LabelSpace",
    "ProtolabelError",
    "PrototypicalClassifier",
    "Settings",
    "SpaceInfo",
    "StoredExample",
    "View",
    "adapt",
    "evaluate",
    "load_encoder",
    "read_documents",
    "read_examples",
    "train",
]

_ON_DEMAND = {  # what takes long to import, by the module that it stands in
    "PrototypicalClassifier": "protolabel.estimator",
    "adapt": "protolabel.training",
    "evaluate": "protolabel.evaluation.of_encoder",
    "train": "protolabel.training",
}


def __getattr__(name: str) -> Any:
    """Return a public name whose module is imported at its first use."""
    if name in _ON_DEMAND:
        return getattr(import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module 'protolabel' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return all public names, those included that are imported at their first use."""
    return sorted({*globals(), *__all__})
