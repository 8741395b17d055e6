"""Weighs the passages of long documents by their nearness to descriptions, before a view compares.

Documents that are to be answered come here, new ones and remembered ones alike; the vectors of
examples do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.arithmetic.passage_focus import MOST_DESCRIPTIONS, focused
from protolabel.types import Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def in_focus(view: View, encoded: Encoded) -> Encoded:
    """Return documents as a view answers them: passages near a description weigh more.

    It reads the descriptions once, and only where a document is longer than the encoder's window.
    """
    if not len(encoded.passage_owner):
        return encoded
    return focused(encoded, view.evidence_source.descriptions(MOST_DESCRIPTIONS))


def keep_descriptions(view: View) -> None:
    """Let a view keep the descriptions, so that it can answer long documents without its rows."""
    view.evidence_source.descriptions(MOST_DESCRIPTIONS)
