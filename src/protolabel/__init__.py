"""Label documents from a handful of examples: a label space that grows while it is in use.

The folders, in the order of the data. A file imports from its own folder and from those above it;
``tests/test_architecture.py`` reads the order from here.

    arrays words
    errors
    system
    beginnings joined_parts row_parts names time_stamps types images progress
    copies identity columns
    documents
    arguments
    evidence_records ranked_classes answers
    arithmetic
    readers
    connectors
    encoders
    store
    label_space
    open_world
    episodes
    evaluation
    training
    batch
    estimator
    client
    service
    cli __main__
"""

from typing import TYPE_CHECKING

from protolabel.system.lazy_names import lazy_names

if TYPE_CHECKING:
    from protolabel.answers import Answer, Answers, Evidence
    from protolabel.connectors import read_annotations, read_dataset
    from protolabel.encoders import Encoder, load_encoder
    from protolabel.errors import ProtolabelError
    from protolabel.estimator import PrototypicalClassifier
    from protolabel.evaluation.of_encoder import evaluate
    from protolabel.evaluation.plan import Plan
    from protolabel.evaluation.report.page import write_report
    from protolabel.label_space.configuration.settings import Settings
    from protolabel.label_space.label_space import LabelSpace
    from protolabel.label_space.records import SpaceInfo, StoredExample
    from protolabel.label_space.view import View
    from protolabel.readers import read_documents, read_examples
    from protolabel.training.adapt import adapt
    from protolabel.training.train import train
    from protolabel.types import Change, ClassInfo, Document, Example

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
    "Plan",
    "ProtolabelError",
    "PrototypicalClassifier",
    "Settings",
    "SpaceInfo",
    "StoredExample",
    "View",
    "adapt",
    "evaluate",
    "load_encoder",
    "read_annotations",
    "read_dataset",
    "read_documents",
    "read_examples",
    "train",
    "write_report",
]

__getattr__ = lazy_names(  # so that `import protolabel` stays fast
    __name__,
    {
        "protolabel.answers": ("Answer", "Answers", "Evidence"),
        "protolabel.connectors": ("read_annotations", "read_dataset"),
        "protolabel.encoders": ("Encoder", "load_encoder"),
        "protolabel.errors": ("ProtolabelError",),
        "protolabel.estimator": ("PrototypicalClassifier",),
        "protolabel.evaluation.of_encoder": ("evaluate",),
        "protolabel.evaluation.plan": ("Plan",),
        "protolabel.evaluation.report.page": ("write_report",),
        "protolabel.label_space.label_space": ("LabelSpace",),
        "protolabel.label_space.records": ("SpaceInfo", "StoredExample"),
        "protolabel.label_space.configuration.settings": ("Settings",),
        "protolabel.label_space.view": ("View",),
        "protolabel.readers": ("read_documents", "read_examples"),
        "protolabel.training": ("adapt", "train"),
        "protolabel.types": ("Change", "ClassInfo", "Document", "Example"),
    },
    needs={
        "protolabel.estimator": ("sklearn", "PrototypicalClassifier"),
        "protolabel.training": ("train", "training", "torch", "transformers", "peft"),
    },
)


def __dir__() -> list[str]:
    """Return all public names, those included that are imported at their first use."""
    return sorted({*globals(), *__all__})
