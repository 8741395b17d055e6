"""What an evaluation found, as records, and as the JSON that docs/json.md documents.

``plan`` (labelled data), ``of_own_examples``, ``of_label_space``, ``several_labels`` and
``of_truth`` fill them; ``sentences`` and ``report/`` show them. Nothing is computed here.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from protolabel.arithmetic.intervals import Estimate
from protolabel.evaluation.confusion import ClassResult, Pair
from protolabel.evaluation.forecast import CannotTell, Forecast
from protolabel.evaluation.truth import Truth
from protolabel.time_stamps import today
from protolabel.words.text import excerpt

EXCERPT = 120  # characters of a document that a table of confusions shows
Kind = Literal["data", "space", "space on data", "truth"]

NEW_CLASSES = "new episodes of new classes like these"
SAME_DOCUMENTS = "more episodes of these same documents"
NEW_DOCUMENTS = "new examples and new documents of these classes"
LIKE_THESE = "more examples and documents that are chosen as these were"


@dataclass(frozen=True)
class Cell:
    """Episodes of one way and shot, with descriptions or without.

    ``accuracy`` has the interval of published protocols, which speaks of :data:`SAME_DOCUMENTS`.
    ``new_classes`` has the interval that speaks of :data:`NEW_CLASSES`; None where there are fewer
    than two classes more than the way, which cannot tell.
    """

    way: int
    shot: int
    described: bool
    accuracy: Estimate
    new_classes: Estimate | None = None


@dataclass(frozen=True)
class CurvePoint:
    """All classes at once with ``shot`` examples a class (at most, in a label space).

    The intervals speak of :data:`NEW_DOCUMENTS`, or of :data:`LIKE_THESE` (``Evaluation.decided``).
    ``refined`` is None where it was not measured. ``queries`` counts the queries of a draw.
    """

    shot: int
    prototypes: Estimate
    refined: Estimate | None
    queries: int


@dataclass(frozen=True)
class Share:
    """A share of n answers with its 95 % interval, from 0 to 1. nan where n is 0.

    The answers are about so many different ``documents``: equal ones and near copies count as one,
    in the interval too. It speaks of new documents of the same classes, unless people decided which
    documents these are (``Evaluation.decided``).
    """

    share: float
    low: float
    high: float
    n: int
    documents: int


@dataclass(frozen=True)
class Table:
    """Per class, the least accurate first. ``about`` says in words what was counted.

    ``pairs``: the whole confusion matrix, as those of its cells that are not zero.
    """

    about: str
    rows: tuple[ClassResult, ...]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """One run. ``subject`` names what was evaluated; ``notes`` say what the reader must know.

    ``documents``: ``(id, excerpt)`` by position, of those that ``confusion`` shows. ``forecast``
    is of a label space's own examples alone. ``shares``: named shares, such as the accuracy of what
    was answered. ``truth``: how documents and the table of their true labels fit together, where
    there is one. ``quoted_shot``: the examples a class that somebody asked for, whose figure the
    headline has; None for the most of the curve. ``decided``: on how many of the documents left out
    people decided after an answer; of its own examples, how many came from such decisions. Where it
    is not 0, no figure holds for new documents.
    """

    kind: Kind
    subject: str
    encoder: str
    metric: str
    classes: int
    examples: int
    settings: dict[str, object]
    episodes: tuple[Cell, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    confusion: Table | None = None
    shares: dict[str, Share] = field(default_factory=dict)
    forecast: Forecast | CannotTell | None = None
    documents: dict[int, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    truth: Truth | None = None
    quoted_shot: int | None = None
    decided: int = 0
    date: str = field(default_factory=today)

    def record(self) -> dict[str, Any]:
        """Return one JSON object: keys in the order documented, None where a number is none."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "date": self.date,
            "encoder_fingerprint": self.encoder,
            "metric": self.metric,
            "classes": self.classes,
            "documents": self.examples,
            "settings": self.settings,
            "episodes": [_cell(cell) for cell in self.episodes],
            "curve": [_point(point) for point in self.curve],
            "shares": {name: _share(share) for name, share in self.shares.items()},
            "per_class": self._per_class(),
            "forecast": self._forecast(),
            "decided": self.decided,
            "notes": list(self.notes),
        } | self._by_truth()

    def _by_truth(self) -> dict[str, Any]:
        """Return what there is only where a table of truth was given."""
        if self.truth is None:
            return {}
        pairs = self.confusion and [asdict(pair) for pair in self.confusion.pairs]
        return {
            "confusion": pairs,
            "documents_without_row": list(self.truth.without_row),
            "rows_without_document": list(self.truth.without_document),
        }

    def _per_class(self) -> dict[str, Any] | None:
        if self.confusion is None:
            return None
        rows = []
        for row in self.confusion.rows:
            confused = []
            for other in row.confused:
                named = (self.documents[d] for d in other.documents if d in self.documents)
                documents = [{"id": i, "excerpt": e} for i, e in named]
                confused.append(
                    {"label": other.label, "count": other.count, "documents": documents}
                )
            rows.append(
                {
                    "label": row.label,
                    "accuracy": row.accuracy,
                    "low": row.low,
                    "high": row.high,
                    "n": row.n,
                    "documents": row.documents,
                    "confused_with": confused,
                }
            )
        return {"about": self.confusion.about, "rows": rows}

    def _forecast(self) -> dict[str, Any] | None:
        f = self.forecast
        if f is None:
            return None
        if isinstance(f, CannotTell):
            return {"more": f.more, "reason": f.reason}
        return {
            "more": f.more,
            "reason": None,
            "now": f.now,
            "then": f.then,
            "low": f.low,
            "high": f.high,
            "gain": f.gain,
            "gain_low": f.gain_low,
            "gain_high": f.gain_high,
            "n": f.n,
        }


def document_name(identity: str, text: str | None, source: str) -> tuple[str, str]:
    """Return the id of a document and the beginning of its text, or its source for either."""
    return identity or source, excerpt(text or source, EXCERPT)


def _cell(cell: Cell) -> dict[str, Any]:
    new = cell.new_classes
    return {
        "way": cell.way,
        "shot": cell.shot,
        "described": cell.described,
        **_estimate(cell.accuracy),
        "interval_new_classes": None if new is None else _number(new.interval),
    }


def _point(point: CurvePoint) -> dict[str, Any]:
    return {
        "shot": point.shot,
        "queries": point.queries,
        "prototypes": _estimate(point.prototypes),
        "refined": None if point.refined is None else _estimate(point.refined),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "share": _number(share.share),
        "low": _number(share.low),
        "high": _number(share.high),
        "n": share.n,
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "mean": _number(estimate.mean),
        "interval": _number(estimate.interval),
        "n": estimate.n,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
