"""Label documents from a handful of examples: a label space that grows while it is in use.

The folders, in the order of the data. A file imports from its own folder and from those above it;
``tests/test_architecture.py`` reads the order from here.

    arrays errors extras types names text equality images progress forks documents
    arithmetic
    readers
    encoders
    store
    label_space
    episodes
    evaluation
    training
    batch
    cli __main__
"""

from protolabel.encoders import Encoder, load_encoder
from protolabel.errors import ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.readers import read_documents, read_examples
from protolabel.types import Answer, Change, Document, Evidence, Example

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
