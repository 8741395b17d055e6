"""What is behind an answer, as records: examples, description, passage; and each label with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Some words of a document: its characters ``start`` to ``end``; ``text`` is on one line."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a long document that decided: characters ``start`` to ``end``.

    ``text`` is an excerpt of it. ``score`` is that of the passage by itself: higher is nearer.
    ``page`` counts from 1; None where the document has no pages. ``influence`` is how much the lead
    of the class over the second falls without this passage; None where the encoder does not say how
    it weighs passages. ``words`` are the parts of the passage that by themselves speak most for the
    class, the best first.
    """

    start: int
    end: int
    text: str
    score: float
    page: int | None = None
    influence: float | None = None
    words: tuple[MarkedWords, ...] = ()


@dataclass(frozen=True, slots=True)
class NearExample:
    """An example of the answered class. ``score`` is its cosine (or -d^2): higher is nearer.

    ``excerpt`` is the beginning of its text, or the source of its image; ``thumbnail`` the image
    as a small PNG file, None for a text. ``source`` is where the example came from.
    """

    id: str
    score: float
    excerpt: str = ""
    thumbnail: bytes | None = field(default=None, repr=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is behind an answer: always about its best class, also where the label is None.

    ``label`` is that class. ``examples`` are its nearest examples, best first; of a class with
    several modes, where one of them raised its score, those that are nearest to that mode.
    ``description`` is the words that describe it, ``description_score`` the query's score against
    them, and ``description_share`` the part of the prototype's score that they contributed (0 to
    1). Where ``description_sharpened``, both are of the vector that unlabelled documents made of
    the words. ``carried_by`` says which of the two contributed more. ``passage`` is the part of a
    long document that decided.
    """

    label: str
    examples: tuple[NearExample, ...] = ()
    description: str | None = None
    description_score: float | None = None
    description_share: float = 0.0
    carried_by: Literal["description", "examples"] = "examples"
    passage: Passage | None = None
    description_sharpened: bool = False


@dataclass(frozen=True, slots=True)
class LabelAnswer:
    """One of the several labels of a document, whatever the others are.

    ``probability``: that the document has it; None where there is too little data to calibrate on.
    ``score``: against its prototype, higher is nearer. ``evidence``: about this class.
    """

    label: str
    probability: float | None
    score: float
    evidence: Evidence | None = None
