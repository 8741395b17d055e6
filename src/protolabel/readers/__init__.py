"""Files, folders and pipes to documents, examples and descriptions, as streams. Nothing is encoded.

The table of kinds is in :mod:`protolabel.readers.registry`. A reader is imported at its first use.
"""

from typing import TYPE_CHECKING

from protolabel.system.lazy_names import lazy_names

if TYPE_CHECKING:
    from protolabel.readers.descriptions import read_descriptions
    from protolabel.readers.nested_folders import folder_parents, parents_above
    from protolabel.readers.options import Format, ReadOptions
    from protolabel.readers.paths import source_size
    from protolabel.readers.registry import read_documents, read_examples
    from protolabel.readers.reports import Notice, Unreadable

__all__ = [
    "Format",
    "Notice",
    "ReadOptions",
    "Unreadable",
    "folder_parents",
    "parents_above",
    "read_descriptions",
    "read_documents",
    "read_examples",
    "source_size",
]

__getattr__ = lazy_names(
    __name__,
    {
        f"{__name__}.descriptions": ("read_descriptions",),
        f"{__name__}.nested_folders": ("folder_parents", "parents_above"),
        f"{__name__}.options": ("Format", "ReadOptions"),
        f"{__name__}.paths": ("source_size",),
        f"{__name__}.registry": ("read_documents", "read_examples"),
        f"{__name__}.reports": ("Notice", "Unreadable"),
    },
)
