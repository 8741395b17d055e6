"""The documents whose label would help most, of those that were answered or are read now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from protolabel.arguments import require_whole
from protolabel.arithmetic.softmax import chance, softmax
from protolabel.arithmetic.temperature import unfitted_temperature
from protolabel.arrays import Doubles, Floats
from protolabel.label_space.answer_path.view_answers import view_answers
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.open_world.choice import choose, doubts
from protolabel.open_world.pool import filled
from protolabel.progress import Progress, silent
from protolabel.system.extras import require
from protolabel.types import Document, Encoded

COUNT = 10
MOST = 20_000  # documents that are chosen from; more are drawn by chance


@dataclass(frozen=True, slots=True)
class NextDocument:
    """A document to label.

    Attributes:
        key, id, source: of the document.
        text: None where it may not be kept.
        nearest: the class that it is likeliest of, or nearest to; None where there is none.
        gain: how many wrong answers are expected among the documents that it stands for, if each
            gets its likeliest answer, a class or *none of these*: so it stays the same whatever a
            threshold or a target declines. None where the label space has no calibration.
        stands_for: how many these are.
    """

    key: str
    id: str
    source: str
    text: str | None
    nearest: str | None
    gain: float | None
    stands_for: int


@dataclass(frozen=True, slots=True)
class NextToLabel:
    """What to label next, most helpful first, of how many ``documents``; ``version``: of the
    label space.
    """

    chosen: tuple[NextDocument, ...]
    documents: int
    version: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it: the chosen as ``documents``."""
        return {
            "documents": [asdict(document) for document in self.chosen],
            "of": self.documents,
            "version": self.version,
        }


def next_to_label(
    space: LabelSpace,
    documents: Iterable[Document] | None = None,
    *,
    count: int = COUNT,
    progress: Progress = silent,
) -> NextToLabel:
    """Return the documents whose label would help most, no two of the same kind.

    Args:
        space: the label space.
        documents: choose among these; where not given, among the remembered ones that no person has
            judged.
        count: how many at most.
        progress: follows the reading.

    Raises:
        MissingPackageError: scikit-learn is not installed.
    """
    require("discover", "choosing what to label", "sklearn")
    count = require_whole(count, "count", 1)
    refuse_several(
        space.settings.several,
        "the choice of what to label next",
        "label the documents whose labels have a probability near one half",
    )
    with filled(session_of(space), documents, progress, declined=False) as (pool, view, why, _):
        n = len(pool)
        places = np.arange(n)
        if n > MOST:
            places = np.sort(np.random.default_rng(0).choice(n, MOST, replace=False))
        vectors = np.asarray(pool.vectors()[places])
        chances, nearest, calibrated = _chances(view, vectors, pool.texts(places.tolist()), why)
        errors = 1.0 - chances.max(axis=1, initial=0.0)
        choice = choose(vectors, doubts(chances), errors * n / max(len(places), 1), count)
        next_documents = []
        for place, gain, size in zip(
            choice.places.tolist(), choice.gains.tolist(), choice.sizes.tolist(), strict=True
        ):
            document = pool.document(int(places[place]))
            next_documents.append(
                NextDocument(
                    document.key, document.id, document.source, document.text, nearest[place],
                    gain if calibrated else None, round(size * n / len(places)),
                )
            )  # fmt: skip
        return NextToLabel(tuple(next_documents), n, view.version)


def _chances(
    view: View, vectors: Floats, texts: DocumentTexts, why_none: str
) -> tuple[Doubles, list[str | None], bool]:
    """Return the chances of the two likeliest classes and of none, the likeliest class, and whether
    these chances are calibrated.

    Without a calibration, a softmax of the scores stands for the chances: an order alone.

    *Shape:* ``(n, d)`` -> ``(n, 3)``.
    """
    temperature = unfitted_temperature(vectors, view.head.metric)
    answers = view_answers(view, Encoded.whole(vectors), texts, why_none)
    names = dict(zip(view.head.keys.tolist(), view.head.labels, strict=True))
    chances = np.zeros((len(vectors), 3))
    nearest: list[str | None] = [None] * len(vectors)
    at = 0
    for part in answers.parts:
        n = len(part.scores)
        rows = slice(at, at + n)
        if part.keys is not None:
            nearest[rows] = [names[key] for key in part.keys]
        none = np.zeros(n) if part.none is None else part.none
        if part.probabilities is not None:
            best = part.probabilities[:, :2]
        elif len(view.head.labels):
            best = softmax(part.scores[:, :2], temperature)
        else:
            best = np.zeros((n, 0))
        chances[rows, : best.shape[1]] = chance(best, none[:, None])
        chances[rows, 2] = none
        at += n
    return chances, nearest, all(part.probabilities is not None for part in answers.parts)
