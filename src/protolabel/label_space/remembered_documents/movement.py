"""What a change of the history did to the answers of the documents that are remembered now.

Both versions answer by all their fits where these are stored, as those of the newest versions are.
Where the refined weights of one of the two are not there, prototypes rank in both. That can differ
from what the answers were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from protolabel.label_space.answer_path.view_answers import encoded_rows, view_answers
from protolabel.label_space.person_statements.refused_by_key import RefusedByKey
from protolabel.label_space.preview import Flow
from protolabel.label_space.remembered_documents.remembered import (
    NamesInLog,
    Remembered,
    remembered_document,
)
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.store import AnswerRow, Store

MOST_MOVED = 100  # documents that a movement lists


@dataclass(frozen=True, slots=True)
class Movement:
    """What one change of the history did to the answers of the documents that are remembered now.

    Attributes:
        documents: how many were compared.
        flows: how many went from which class to which, most first.
        moved: those that did, at most 100: the document, its class before and after.
        by: what was compared: ``answers``, as both versions give them, or ``prototypes``, the
            answers of the prototypes alone. The inbox can say something else then.
    """

    documents: int
    flows: tuple[Flow, ...]
    moved: tuple[tuple[Remembered, str | None, str | None], ...]
    by: Literal["answers", "prototypes"] = "answers"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "by": self.by,
            "documents": self.documents,
            "flows": [
                {"before": f.before, "after": f.after, "documents": f.documents} for f in self.flows
            ],
            "moved": [
                {"key": d.key, "id": d.id, "source": d.source, "before": before, "after": after}
                for d, before, after in self.moved
            ],
        }


def movement(store: Store, rows: Sequence[AnswerRow], before: View, after: View) -> Movement:
    """Return what happened to remembered documents between two versions, by what is stored."""
    by: Literal["answers", "prototypes"] = "answers"
    if not (_has_all_fits(before) and _has_all_fits(after)):
        before, after, by = before.unrefined(), after.unrefined(), "prototypes"
    before = before.unremembered().settled(refined=False)
    after = after.unremembered().settled(refined=False)
    encoding = after.embedder.encoding
    if before.embedder.encoding != encoding:
        return Movement(0, (), ())
    rows = [row for row in rows if row.encoding == encoding]
    encoded = encoded_rows(store.answers, rows, after.embedder.dim)
    texts = DocumentTexts.remembered(store.answers, rows)
    refused = RefusedByKey(store).of(texts)  # as people say it now, at both versions
    was, is_now = (
        view_answers(view, encoded, texts, view.why_none_answers(), refused=refused).labels
        for view in (before, after)
    )
    places = [i for i, pair in enumerate(zip(was, is_now, strict=True)) if pair[0] != pair[1]]
    counts = Counter((was[i], is_now[i]) for i in places)
    names = NamesInLog(store)
    return Movement(
        documents=len(rows),
        flows=tuple(Flow(*pair, n, 0) for pair, n in counts.most_common()),
        moved=tuple(
            (remembered_document(rows[i], names), was[i], is_now[i]) for i in places[:MOST_MOVED]
        ),
        by=by,
    )


def _has_all_fits(view: View) -> bool:
    """Return whether nothing ranks in a view that it lacks: refined weights, where it refines."""
    refines = view.settings.refine and not view.settings.several
    return not refines or view.fits.refined is not None
