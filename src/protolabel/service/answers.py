"""The answers of the service about documents, as schemas. docs/json.md says what each key means.

The replies are the library's own records. The schemas describe them for clients and for the page,
whose types are written from them; the tests hold each reply to them, key by key.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """Where a request differs from its schema, and how."""

    where: str
    what: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    status: int
    title: str
    expected: str = ""
    remedy: str = ""
    errors: list[Fault] = []


class Span(BaseModel):
    """Some words of a document: its characters ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Passage(Span):
    """The part of a long document that decided."""

    score: float
    page: int | None
    influence: float | None
    words: list[Span]


class NearExample(BaseModel):
    """An example near a document. ``thumbnail``: of an image alone, a ``data:`` address."""

    id: str
    score: float
    excerpt: str
    thumbnail: str = ""
    source: str


class Evidence(BaseModel):
    """What is behind an answer."""

    label: str
    examples: list[NearExample]
    description: str | None
    description_score: float | None
    description_share: float
    carried_by: Literal["description", "examples"]
    passage: Passage | None


class Alternative(BaseModel):
    """A class that was considered."""

    label: str
    score: float
    probability: float | None
    chance: float | None


class Level(BaseModel):
    """A class with all the classes under it."""

    label: str
    probability: float | None
    chance: float | None


class Answer(BaseModel):
    """What a label space says about one document; ``label`` is null for *none of these*."""

    id: str
    source: str
    label: str | None
    score: float | None
    margin: float | None
    probability: float | None
    probability_of: str | None
    threshold: float | None
    alternatives: list[Alternative]
    evidence: Evidence | None
    reason: str
    head: Literal["prototypes", "refined"]
    space_version: int
    encoder_fingerprint: str
    chance: float | None
    none_probability: float | None
    least_chance: float | None
    fit: Literal["", "close", "fair", "far"]
    label_set: list[str | None] | None
    levels: list[Level] = Field([], description="Absent where no class stands under another.")


class Answers(BaseModel):
    """Answers in the order of the documents."""

    answers: list[Answer]
    space_version: int


class Explanation(BaseModel):
    """The answer to one document, with evidence."""

    answer: Answer


class InboxItem(BaseModel):
    """A document of the inbox, and the answer that it has now."""

    key: str
    id: str
    source: str
    by: Literal["label space", "person"]
    at: str
    label: str | None
    version: int
    excerpt: str
    has_text: bool
    answer: Answer | None


class InboxDocument(InboxItem):
    """The same with its text, where it may be kept."""

    text: str | None


class InboxList(BaseModel):
    """Documents of the inbox, and how many there are in all."""

    documents: list[InboxItem]
    total: int


class ReadDocument(BaseModel):
    """A document of a file, not labelled. ``image``: a ``data:`` address."""

    id: str
    text: str | None
    source: str
    image: str | None
    unreadable: str


class ReadDocuments(BaseModel):
    """The documents of a file."""

    documents: list[ReadDocument]


class Remembered(BaseModel):
    """A document that was answered, without its text."""

    key: str
    id: str
    source: str
    label: str | None
    probability: float | None
    version: int
    at: str
    by: Literal["label space", "person"]


class RememberedList(BaseModel):
    """Documents that were answered, and how many there are in all."""

    documents: list[Remembered]
    total: int


class Suggestion(BaseModel):
    """A remembered document that prefers another class now."""

    key: str
    id: str
    source: str
    label: str | None
    probability: float | None
    version: int
    at: str
    answer: Answer


class Suggestions(BaseModel):
    """Suggestions, how many there are in all, and of how many documents."""

    suggestions: list[Suggestion]
    total: int
    remembered: int


class Dismissed(BaseModel):
    """How many suggestions were dismissed."""

    dismissed: int


class Reconsidered(BaseModel):
    """On how many documents decisions were taken back."""

    reconsidered: int


class Forgotten(BaseModel):
    """How many documents were forgotten."""

    forgotten: int


class MapAnswer(BaseModel):
    """n points of a plane; the numbers are packed in base64, as the route says."""

    version: int
    classes: list[str]
    n: int
    x: str
    y: str
    labels: str
    kinds: str
    people: str
    keys: list[str]
    titles: list[str]
    share: float
