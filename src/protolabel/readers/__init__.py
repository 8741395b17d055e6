"""Files, folders and pipes to documents, examples and descriptions, as streams. Nothing is encoded.

The table of kinds is in :mod:`protolabel.readers.registry`.
"""

from protolabel.readers.descriptions import read_descriptions
from protolabel.readers.options import Format, ReadOptions
from protolabel.readers.paths import source_size
from protolabel.readers.registry import read_documents, read_examples
from protolabel.readers.reports import Notice, Unreadable

__all__ = [
    "Format",
    "Notice",
    "ReadOptions",
    "Unreadable",
    "read_descriptions",
    "read_documents",
    "read_examples",
    "source_size",
]
