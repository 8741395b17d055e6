"""Documents to the vectors that a view answers by: those of its encoder, and focused long ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from protolabel.arithmetic.passage_focus import MOST_DESCRIPTIONS, focused
from protolabel.types import Document, Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def query_vectors(view: View, documents: Sequence[Document], first: int = 0) -> Encoded:
    """Embed documents that are to be answered.

    ``first``: the position of the first one in the call of the user, for errors.
    """
    return in_focus(view, view.embedder.queries(documents, first))


def in_focus(view: View, encoded: Encoded) -> Encoded:
    """Return encoded documents as the view answers them: passages near a description weigh more.

    It reads the descriptions once, and only where a document is longer than the encoder's window.
    """
    if not len(encoded.passage_owner):
        return encoded
    return focused(encoded, view.evidence_source.descriptions(MOST_DESCRIPTIONS))
