"""The answers of the service about documents, as types. docs/json.md says what each key means.

The OpenAPI document and the types of the page are made from them. Tests hold each reply to them.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class Fault(TypedDict):
    """Where a request differs from its schema, and how."""

    where: str
    what: str


class Problem(TypedDict):
    """An error (RFC 9457)."""

    type: str
    status: int
    title: str
    expected: NotRequired[str]
    remedy: NotRequired[str]
    errors: NotRequired[list[Fault]]


class Span(TypedDict):
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


class NearExample(TypedDict):
    """An example near a document. ``thumbnail``: of an image alone, a ``data:`` address."""

    id: str
    score: float
    excerpt: str
    thumbnail: NotRequired[str]
    source: str


class Evidence(TypedDict):
    """What is behind an answer."""

    label: str
    examples: list[NearExample]
    description: str | None
    description_score: float | None
    description_share: float
    carried_by: Literal["description", "examples"]
    passage: Passage | None
    description_sharpened: bool


class Alternative(TypedDict):
    """A class that was considered."""

    label: str
    score: float
    probability: float | None
    chance: float | None


class Level(TypedDict):
    """A class with all the classes under it."""

    label: str
    probability: float | None
    chance: float | None


class LabelAnswer(TypedDict):
    """One of several labels of a document."""

    label: str
    score: float
    probability: float | None
    evidence: Evidence | None


class Answer(TypedDict):
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
    levels: NotRequired[list[Level]]  # absent where no class stands under another
    labels: NotRequired[list[LabelAnswer]]  # absent where a document has one label at most


class Answers(TypedDict):
    """Answers in the order of the documents."""

    answers: list[Answer]
    space_version: int


class Explanation(TypedDict):
    """The answer to one document, with evidence."""

    answer: Answer


class InboxItem(TypedDict):
    """A document of the inbox, and the answer that it has now."""

    key: str
    id: str
    source: str
    by: Literal["label space", "person", "nobody"]
    at: str
    label: str | None
    labels: NotRequired[list[str]]  # all that a person gave it, where there may be several
    refused: NotRequired[list[str]]  # classes, where a person refused some and gave it no label
    version: int
    excerpt: str
    has_text: bool
    answer: Answer | None


class InboxDocument(InboxItem):
    """The same with its text, where it may be kept."""

    text: str | None


class InboxList(TypedDict):
    """Documents of the inbox, how many there are in all, and the ``remembered_mark``."""

    documents: list[InboxItem]
    total: int
    remembered_mark: str


class InboxMatches(TypedDict):
    """The keys of documents that have all words, newest first; ``matches``: how many there are."""

    keys: list[str]
    matches: int
    total: int


class ReadDocument(TypedDict):
    """A document of a file, not labelled.

    ``image``: a ``data:`` address. ``message_path``: to be sent with a document of a mailbox, which
    is known by it; empty for others.
    """

    id: str
    text: str | None
    source: str
    image: str | None
    unreadable: str
    message_path: str


class ReadDocuments(TypedDict):
    """The documents of a file."""

    documents: list[ReadDocument]


class UnreadableFile(TypedDict):
    """A file of a followed folder that could not be read, and why."""

    name: str
    reason: str


class FollowedFolder(TypedDict):
    """What was read from the folder that a service follows."""

    files: int
    documents: int
    unreadable: list[UnreadableFile]


class _OfTheLog(TypedDict):
    """What every record of a document that was answered has."""

    key: str
    id: str
    source: str
    label: str | None
    probability: float | None
    version: int
    at: str
    refused: NotRequired[list[str]]  # classes, where a person refused some and gave it no label


class Remembered(_OfTheLog):
    """A document that was answered, without its text."""

    by: Literal["label space", "person", "nobody"]
    labels: NotRequired[list[str]]  # all that a person gave it, where there may be several


class RememberedList(TypedDict):
    """Documents that were answered, and how many there are in all."""

    documents: list[Remembered]
    total: int


class Suggestion(_OfTheLog):
    """A remembered document that prefers another class now."""

    answer: Answer


class Suggestions(TypedDict):
    """Suggestions, how many there are in all, and of how many documents.

    ``declined``: how many documents have a class, and would be none of these now.
    """

    suggestions: list[Suggestion]
    total: int
    declined: int
    remembered: int


class Dismissed(TypedDict):
    """How many suggestions were dismissed."""

    dismissed: int


class Reconsidered(TypedDict):
    """On how many documents decisions were taken back."""

    reconsidered: int


class Forgotten(TypedDict):
    """How many documents were forgotten."""

    forgotten: int
    decisions: NotRequired[int]  # of all: on how many documents people had decided


class DecisionSeen(TypedDict):
    """What people have decided on a document, as a decision on it saw that; or nothing."""

    labels: NotRequired[list[str]]  # those that a person gave it
    refused: NotRequired[list[str]]  # classes, where a person refused some and gave it no label


class MapAnswer(TypedDict):
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
    decided: dict[str, DecisionSeen]
    share: float
    remembered_mark: str
