"""Answers: what a label space says about a document, with evidence; many of them as arrays.

Records and their forms for programs and tables. Nothing here decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from protolabel.arrays import Doubles, Mask
from protolabel.columns.label_lists import words_of_labels
from protolabel.evidence_records import Evidence as Evidence
from protolabel.evidence_records import LabelAnswer as LabelAnswer
from protolabel.evidence_records import MarkedWords as MarkedWords
from protolabel.evidence_records import NearExample as NearExample
from protolabel.evidence_records import Passage as Passage
from protolabel.images import data_address
from protolabel.ranked_classes import Alternative as Alternative
from protolabel.ranked_classes import Level as Level
from protolabel.ranked_classes import certainty
from protolabel.words.certainty import percent, percentages

if TYPE_CHECKING:
    import pandas as pd

_ATOMS = frozenset({str, int, float, bool, bytes, type(None)})  # need no copy


@dataclass(frozen=True, slots=True)
class Answer:
    """What a label space says about one document.

    ``label`` is None for *none of these*. ``reason`` says why, and what is missing. ``score``
    (higher is nearer; None while there is no class) and ``margin`` (best minus second; None with a
    single class) are those of the best class. ``alternatives`` are ranked, the best class first.
    ``head`` says which weights ranked them: the prototypes, or their refinement. ``source`` is
    where the document came from.

    ``chance`` is the number to go by, which people see: that the class ``probability_of`` is right:
    the nearest one or, where classes stand under others, the label. ``probability`` is the same
    *if* the document belongs to one of the classes, so that one of no class may have 0.9.
    ``none_probability`` is that it belongs to none; it and ``chance`` allow for the share of
    strangers that the setting ``strangers`` states. All are calibrated on simulated episodes, and
    None where there is too little data (``reason`` says so). ``least_chance`` is the least chance
    of a label, where a target asks for one; ``threshold`` is None then. ``fit`` says how the score
    looks beside documents of other classes (``close``, ``fair`` or ``far``) where there is no
    probability, and is empty elsewhere. ``label_set`` holds the classes that cannot be excluded at
    the coverage that was asked for, None among them for *none of these*; it is None where no set
    was asked for, or where there is no calibration.

    ``levels`` are the classes from the top down to the nearest one, where classes stand under
    others, and empty elsewhere. ``label`` is one of them: the nearest class, or, where that is not
    sure enough, the deepest class above it that is. ``probability``, ``chance`` and
    ``probability_of`` are then those of the label.

    ``labels`` are the classes that a document has where it may have several, likeliest first: each
    has a probability of its own, ``threshold`` or above, and they do not sum to one. It is empty
    for *none of these*, and None in a label space of one label a document. ``label`` is then the
    likeliest of them, and ``probability`` that the document has the class ``probability_of``.
    """

    id: str
    label: str | None
    score: float | None
    margin: float | None
    probability: float | None
    probability_of: str | None
    threshold: float | None
    alternatives: tuple[Alternative, ...]
    evidence: Evidence | None
    reason: str
    head: Literal["prototypes", "refined"]
    space_version: int
    encoder_fingerprint: str
    source: str = ""
    chance: float | None = None
    none_probability: float | None = None
    least_chance: float | None = None
    fit: Literal["", "close", "fair", "far"] = ""
    label_set: tuple[str | None, ...] | None = None
    levels: tuple[Level, ...] = ()
    labels: tuple[LabelAnswer, ...] | None = None

    @property
    def label_names(self) -> tuple[str, ...]:
        """All labels of the document: one at most, or several where there may be."""
        if self.labels is not None:
            return tuple(answer.label for answer in self.labels)
        return () if self.label is None else (self.label,)

    @property
    def certainty(self) -> float | None:
        """The number that people read: the ``chance``, or ``probability`` where there is none."""
        return certainty(self.chance, self.probability)

    @property
    def label_words(self) -> str | None:
        """All labels in one string, in the order of the alphabet; None for *none of these*."""
        return words_of_labels(self.label_names)

    def __str__(self) -> str:
        """Return the answer in one line, for people."""
        if self.labels:
            words = (f"{a.label} {percent(a.probability)}" for a in self.labels)
            return f"{self.id}: {', '.join(map(str.rstrip, words))}"
        if self.label is not None:
            sure = percentages(self.certainty, self.none_probability)
            return f"{self.id}: {self.label} (score {self.score:.3f}{sure and f', {sure}'})"
        if not self.alternatives:
            return f"{self.id}: none of these ({self.reason})"
        nearest = self.alternatives[0]
        return f"{self.id}: none of these (nearest: {nearest.label}, score {nearest.score:.3f})"

    @property
    def path(self) -> tuple[str, ...]:
        """The classes from the top down to the label; empty for *none of these*."""
        names = [level.label for level in self.levels]
        if self.label is None:
            return ()
        return tuple(names[: names.index(self.label) + 1]) if names else (self.label,)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON can hold it, as docs/json.md says.

        A thumbnail is a ``data:`` address; a number that is not finite is None.
        """
        record: dict[str, Any] = _plain(self)
        identity = {"id": record.pop("id"), "source": record.pop("source")}
        _put_thumbnails(record["evidence"])
        if self.labels is None:
            del record["labels"]
        for label_answer in record.get("labels", ()):
            _put_thumbnails(label_answer["evidence"])
        for name in ("score", "threshold", "least_chance"):
            if record[name] is not None and not math.isfinite(record[name]):
                record[name] = None
        if not self.levels:
            del record["levels"]
        return identity | record


def _plain(value: Any) -> Any:
    """Return what ``dataclasses.asdict`` does, in a tenth of its time: without deep copies."""
    kind: type[Any] = type(value)
    if kind in _ATOMS:
        return value
    if names := _fields_of(kind):  # type: ignore[arg-type]
        return {name: _plain(getattr(value, name)) for name in names}
    if kind in (list, tuple):
        return kind(map(_plain, value))
    return deepcopy(value)


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass; none of any other type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def write_thumbnail(record: dict[str, Any]) -> None:
    """Make the thumbnail of a near example, as a dictionary, what JSON can hold: an address.

    A text has no thumbnail, and its record no key of that name afterwards.
    """
    small = record.pop("thumbnail")
    if small is not None:
        record["thumbnail"] = data_address(small)


def _put_thumbnails(evidence: dict[str, Any] | None) -> None:
    for near in (evidence or {}).get("examples", ()):
        write_thumbnail(near)


class Answers(Sequence[Answer]):
    """Many answers in the order of their documents, as arrays and as a table.

    >>> from protolabel import Answers, LabelSpace
    >>> space = LabelSpace.create(encoder="hashing")
    >>> _ = space.add(["pay the bill", "my work so far"], ["invoice", "cv"])
    >>> Answers(space.label_many(["pay this bill"])).labels
    ['invoice']
    """

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = tuple(answers)

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> Answers: ...
    def __getitem__(self, at: int | slice) -> Answer | Answers:
        """Return one answer, or those of a slice."""
        return Answers(self._answers[at]) if isinstance(at, slice) else self._answers[at]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._answers)

    def __iter__(self) -> Iterator[Answer]:
        """Yield the answers in order."""
        return iter(self._answers)

    def __repr__(self) -> str:
        """Return how many were answered and declined."""
        return f"<Answers: {len(self)}, of which {int(self.declined.sum())} are none of these>"

    @property
    def ids(self) -> list[str]:
        """The documents' ids, n of them."""
        return [answer.id for answer in self]

    @property
    def labels(self) -> list[str | None]:
        """The classes, n of them; None for *none of these*."""
        return [answer.label for answer in self]

    @property
    def label_names(self) -> list[tuple[str, ...]]:
        """All labels of each document, n tuples: where there may be several, likeliest first."""
        return [answer.label_names for answer in self]

    @property
    def declined(self) -> Mask:
        """Which are *none of these*, (n,)."""
        return np.array([answer.label is None for answer in self], dtype=np.bool_)

    @property
    def scores(self) -> Doubles:
        """The scores of the best classes, (n,): higher is nearer; nan where there is no class."""
        return _numbers(answer.score for answer in self)

    @property
    def margins(self) -> Doubles:
        """Best score less second, (n,); nan where there are not two classes."""
        return _numbers(answer.margin for answer in self)

    @property
    def probabilities(self) -> Doubles:
        """Those of ``probability_of``, (n,), given that a class is right. Prefer ``chances``."""
        return _numbers(answer.probability for answer in self)

    @property
    def chances(self) -> Doubles:
        """The chance of the class ``probability_of`` of each, (n,), *none of these* counted in."""
        return _numbers(answer.chance for answer in self)

    @property
    def none_probabilities(self) -> Doubles:
        """The probabilities of *none of these*, (n,); nan without calibration or strangers."""
        return _numbers(answer.none_probability for answer in self)

    def class_probabilities(self) -> tuple[list[str], Doubles]:
        """Return the classes, and the probability of each for each document.

        Returns:
            The names of the classes that an answer ranks, k of them, sorted; and an array (n, k),
            nan where an answer does not rank a class or has no calibration. Rank all classes for
            all probabilities: ``label_many(documents, alternatives=k)``.
        """
        names = sorted({ranked.label for answer in self for ranked in answer.alternatives})
        column = {name: j for j, name in enumerate(names)}
        table = np.full((len(self), len(names)), np.nan)
        for i, answer in enumerate(self):
            for ranked in answer.alternatives:
                if ranked.probability is not None:
                    table[i, column[ranked.label]] = ranked.probability
        return names, table

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each answer as JSON can hold it."""
        return [answer.to_dict() for answer in self]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas table of a row a document: the plain fields of each answer.

        ``chance`` is how likely the class is right, the number that people see beside an answer;
        ``probability`` is higher, as if the document surely belonged to a class.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        columns = ("id", "source", "label", "chance", "probability", "probability_of",
                   "none_probability", "score", "margin", "threshold", "reason", "head",
                   "space_version")  # fmt: skip
        rows = [{name: getattr(answer, name) for name in columns} for answer in self]
        return pd.DataFrame(rows, columns=list(columns))


def _numbers(values: Iterable[float | None]) -> Doubles:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
