"""Label documents from a handful of examples: a label space that grows while it is in use."""

from protolabel.encoders import Encoder, load_encoder
from protolabel.errors import ProtolabelError
from protolabel.label_space import LabelSpace
from protolabel.readers import read_documents, read_examples
from protolabel.types import Answer, Change, Document, Evidence, Example
from protolabel.view import View

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Change",
    "Document",
    "Encoder",
    "Evidence",
    "Example",
    "LabelSpace",
    "ProtolabelError",
    "View",
    "load_encoder",
    "read_documents",
    "read_examples",
]
