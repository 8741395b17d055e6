"""Files, folders and pipes to documents, examples and descriptions, as streams. Nothing is encoded.

The table of kinds is in :mod:`protolabel.readers.registry`.
"""

from protolabel.readers.descriptions import read_descriptions
from protolabel.readers.folders import source_size
from protolabel.readers.plain_text import Progress
from protolabel.readers.registry import Format, read_documents, read_examples

__all__ = [
    "Format",
    "Progress",
    "read_descriptions",
    "read_documents",
    "read_examples",
    "source_size",
]
