"""A label space opened as a private copy: many machines read it, and none may change it.

No file beside the label space is made, and none is left behind where the process is killed.
"""

from __future__ import annotations

from protolabel.label_space.author import author_name
from protolabel.label_space.label_space import LabelSpace
from protolabel.store import open_copy


def open_frozen(path: str, encoder: str | None = None) -> LabelSpace:
    """Open a copy of the label space at ``path`` as it is now, for reading alone.

    ``encoder``: its name or folder, where the file does not say, or says another place.

    Raises:
        StoreError: as :class:`LabelSpace` does, or no temporary folder has room for a copy.
    """
    space = LabelSpace.__new__(LabelSpace)
    space._open(open_copy(path), encoder, author_name(None), background=False)
    return space
