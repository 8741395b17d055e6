"""Changes of a label space as values: what they embed, whether they still apply, what they write.

A request is a frozen record. It can be kept, compared, sent and replayed (``to_dict``,
:func:`request_from`). ``Session.attempt`` is the one place that carries requests out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.system.lazy_names import lazy_names

if TYPE_CHECKING:
    from protolabel.label_space.changes.classes import Describe, Merge, Rename, Split
    from protolabel.label_space.changes.corrections import Correct
    from protolabel.label_space.changes.encoder import Reencode
    from protolabel.label_space.changes.examples import Add
    from protolabel.label_space.changes.history import Redo, ReturnTo, Undo
    from protolabel.label_space.changes.imports import Import
    from protolabel.label_space.changes.labels import Relabel
    from protolabel.label_space.changes.moves import Move, Remove
    from protolabel.label_space.changes.negatives import Refute
    from protolabel.label_space.changes.nesting import Nest
    from protolabel.label_space.changes.registry import REQUESTS, request_from
    from protolabel.label_space.changes.request import ChangeRequest
    from protolabel.label_space.changes.retirement import Retire, Unretire
    from protolabel.label_space.changes.settings import Configure, PlaceEncoder, Remember, Tune
    from protolabel.label_space.changes.sharpening import Sharpen

__all__ = [
    "REQUESTS",
    "Add",
    "ChangeRequest",
    "Configure",
    "Correct",
    "Describe",
    "Import",
    "Merge",
    "Move",
    "Nest",
    "PlaceEncoder",
    "Redo",
    "Reencode",
    "Refute",
    "Relabel",
    "Remember",
    "Remove",
    "Rename",
    "Retire",
    "ReturnTo",
    "Sharpen",
    "Split",
    "Tune",
    "Undo",
    "Unretire",
    "request_from",
]

__getattr__ = lazy_names(
    __name__,
    {
        f"{__name__}.classes": ("Describe", "Merge", "Rename", "Split"),
        f"{__name__}.corrections": ("Correct",),
        f"{__name__}.encoder": ("Reencode",),
        f"{__name__}.examples": ("Add",),
        f"{__name__}.history": ("Redo", "ReturnTo", "Undo"),
        f"{__name__}.imports": ("Import",),
        f"{__name__}.labels": ("Relabel",),
        f"{__name__}.moves": ("Move", "Remove"),
        f"{__name__}.negatives": ("Refute",),
        f"{__name__}.nesting": ("Nest",),
        f"{__name__}.registry": ("REQUESTS", "request_from"),
        f"{__name__}.request": ("ChangeRequest",),
        f"{__name__}.retirement": ("Retire", "Unretire"),
        f"{__name__}.settings": ("Configure", "PlaceEncoder", "Remember", "Tune"),
        f"{__name__}.sharpening": ("Sharpen",),
    },
)
