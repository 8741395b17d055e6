"""The decisions of one view about encoded documents: of one label, of several, or undecided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.encoders.readability import reasons_unreadable
from protolabel.label_space.answer_path.decisions import AnswerForm, Decisions
from protolabel.label_space.answer_path.ranked_queries import decide, undecided
from protolabel.label_space.answer_path.several_ranked_queries import (
    decide_several,
    undecided_several,
)
from protolabel.label_space.person_statements.refused_by_key import ClassKeys, without_refused
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.types import Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def decisions_of(
    view: View,
    encoded: Encoded,
    texts: DocumentTexts,
    form: AnswerForm,
    why_none: str | None = None,
    refused: ClassKeys = (),
) -> Decisions:
    """Return the ranked classes of encoded documents, and which of these are declined.

    Args:
        view: what answers.
        encoded: the documents.
        texts: of the same: near copies of what a person has refuted are found by them.
        form: what an answer shows.
        why_none: why no class can answer, where the caller knows that already.
        refused: the classes that people refused for each document; empty where there are none.
    """
    unreadable = reasons_unreadable(encoded)
    several, head = view.settings.several, view.head
    if head.n_classes == 0:
        why = view.why_none_answers() if why_none is None else why_none
        nothing = undecided(head, view.rule, why, unreadable)
        return undecided_several(nothing) if several else nothing
    head = view.negative_texts.head_for(head, texts, encoded.embeddings)
    head = without_refused(head, encoded.embeddings, refused)
    if several:
        labels = view.fits.labels or view.pending
        return decide_several(head, view.settings, labels, encoded.embeddings, form, unreadable)
    return decide(head, view.rule, encoded.embeddings, form, unreadable, view.levels)
