"""What an evaluation found, as records, and as the JSON that docs/json.md documents.

They are filled by ``plan`` (labelled data) and ``of_label_space`` (label spaces), and drawn by
``report/``. Nothing is computed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from protolabel.evaluation.confusion import ClassResult
from protolabel.evaluation.episodic import Accuracy
from protolabel.evaluation.learning_curve import CannotTell, Forecast

EXCERPT = 120
Kind = Literal["data", "space", "space on data"]


@dataclass(frozen=True)
class Cell:
    """Episodes of one way and shot, with descriptions or without."""

    way: int
    shot: int
    described: bool
    accuracy: Accuracy


@dataclass(frozen=True)
class CurvePoint:
    """All classes at once with ``shot`` examples a class (at most, in a label space).

    ``refined`` is None where it was not measured; ``queries`` a draw.
    """

    shot: int
    prototypes: Accuracy
    refined: Accuracy | None
    queries: int


@dataclass(frozen=True)
class Share:
    """A share of n, with its 95 % interval (Wilson). nan where n is 0."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Table:
    """Per class, the least accurate first. ``about`` says in words what was counted."""

    about: str
    rows: tuple[ClassResult, ...]


@dataclass(frozen=True)
class Evaluation:
    """One run. ``subject`` names what was evaluated; ``notes`` say what the reader must know.

    ``documents``: ``(id, excerpt)`` by position, of those that ``confusion`` shows. ``forecast``
    is of a label space's own examples alone. ``shares``: named shares, such as the accuracy of what
    was answered.
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

    def record(self) -> dict[str, Any]:
        """As one JSON object; keys in the order documented, numbers finite, None where none is."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "encoder_fingerprint": self.encoder,
            "metric": self.metric,
            "classes": self.classes,
            "documents": self.examples,
            "settings": self.settings,
            "episodes": [
                {"way": c.way, "shot": c.shot, "described": c.described} | _accuracy(c.accuracy)
                for c in self.episodes
            ],
            "curve": [
                {
                    "shot": p.shot,
                    "queries": p.queries,
                    "prototypes": _accuracy(p.prototypes),
                    "refined": None if p.refined is None else _accuracy(p.refined),
                }
                for p in self.curve
            ],
            "shares": {
                name: {
                    "share": _number(s.share),
                    "low": _number(s.low),
                    "high": _number(s.high),
                    "n": s.n,
                }
                for name, s in self.shares.items()
            },
            "per_class": self._per_class(),
            "forecast": self._forecast(),
            "notes": list(self.notes),
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


def excerpt(text: str | None, otherwise: str = "") -> str:
    """The beginning of a text on one line."""
    words = " ".join((text or otherwise).split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"


def _accuracy(found: Accuracy) -> dict[str, Any]:
    return {"mean": _number(found.mean), "interval": _number(found.interval), "n": found.n}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
