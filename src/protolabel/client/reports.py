"""The answers of the service about a label space, as types: changes, previews, advice.

Like ``answers``, they describe records of the library. docs/json.md says what each key means.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from protolabel.client.answers import Answer, NearExample


class SpaceNames(TypedDict):
    """The label spaces of the service."""

    spaces: list[str]


class SpaceInfo(TypedDict):
    """What a label space is at one version, with the ``mark`` of that version.

    ``remembered_mark`` changes whenever documents come to the inbox, are decided on, or leave.
    ``follows``: documents of a folder come by themselves. ``identity`` tells the label space from
    every other one; a backup of it has the same.
    """

    path: str
    version: int
    created_at: str
    encoder: str
    encoder_fingerprint: str
    dim: int
    metric: Literal["cosine", "euclidean"]
    classes: int
    retired: int
    examples: int
    head: Literal["prototypes", "refined"]
    settings: dict[str, str]
    calibration: dict[str, Any]
    modes: int
    mode_share: float
    levels: int
    refusal: str
    answered_strangers: float | None
    unpromised: str
    lacking: list[str]
    mark: str
    remembered_mark: str
    identity: str
    follows: bool


class Lacking(TypedDict):
    """The fits that are not made yet."""

    lacking: list[str]


class ClassInfo(TypedDict):
    """A class, with the ``parent`` above it. ``sharpened``: documents moved its description."""

    name: str
    examples: int
    description: str | None
    description_from: Literal["given", "name", "none"]
    retired: bool
    since_version: int
    sharpened: bool
    parent: str | None


class StoredExample(TypedDict):
    """An example as a label space holds it, without its vector and its image."""

    id: str
    label: str
    text: str | None
    source: str
    has_image: bool
    since_version: int


class ClassList(TypedDict):
    """The classes of a label space."""

    classes: list[ClassInfo]


ClassExamples = TypedDict(
    "ClassExamples", {"class": ClassInfo, "examples": list[StoredExample], "total": int}
)
ClassExamples.__doc__ = "A class, some of its examples, and how many there are in all."


class Change(TypedDict):
    """A change as it stands in the history. ``mark``: tells it from that version in a copy.

    ``documents``, in a list of changes: the names of the first documents that it is about, each
    empty where it has none. ``none``: one document was said to be of none of the classes.
    """

    version: int
    mark: str
    kind: str
    summary: str
    at: str
    who: str
    reverts: int | None
    detail: dict[str, Any]
    hints: list[str]
    documents: NotRequired[list[str]]
    none: NotRequired[bool]


class Changes(TypedDict):
    """Changes, newest first. ``undo``, ``redo``: the version that each would take back, or null."""

    changes: list[Change]
    undo: int | None
    redo: int | None


class Undone(TypedDict):
    """The change that took another one back; null where documents alone were opened again."""

    change: Change | None


class Acceptance(TypedDict):
    """What became of suggestions that were accepted. ``change``: made by adding examples."""

    accepted: int
    change: Change | None


class Flow(TypedDict):
    """How many go from one answer to another; null stands for *none of these*."""

    before: str | None
    after: str | None
    documents: int


class PreviewFlow(Flow):
    """The same, and how many examples."""

    examples: int


class PreviewMove(TypedDict):
    """A document or an example that would get another answer. ``own_label``: of an example."""

    kind: Literal["document", "example"]
    id: str
    source: str
    own_label: NotRequired[str]
    before: Answer
    after: Answer


class Preview(TypedDict):
    """What a change would do, had it been made."""

    preview: Literal[True]
    version: int
    kind: str
    summary: str
    detail: dict[str, Any]
    documents: int
    examples: int
    left_out: int
    examples_left_out: int
    head: Literal["prototypes", "refined"]
    flows: list[PreviewFlow]
    moved: list[PreviewMove]
    hints: list[str]


class DocumentMove(TypedDict):
    """A remembered document that got another answer."""

    key: str
    id: str
    source: str
    before: str | None
    after: str | None


class Movement(TypedDict):
    """What one change did to the answers of remembered documents.

    ``by``: whether answers were compared, or those of the prototypes alone.
    """

    by: Literal["answers", "prototypes"]
    documents: int
    flows: list[Flow]
    moved: list[DocumentMove]


class Conflict(TypedDict):
    """An example that lies nearer another class."""

    id: str
    label: str
    nearer: str
    margin: float
    strength: float
    excerpt: str
    source: str
    evidence: list[NearExample]


class SplitAdvice(TypedDict):
    """A class with several modes. ``sizes``: how many examples; ``parts``: ids of the first."""

    label: str
    sizes: list[int]
    parts: list[list[str]]
    excerpts: list[str]


class MergeAdvice(TypedDict):
    """Two classes that can hardly be told apart."""

    labels: list[str]
    right: int
    documents: int
    p_value: float


class Conflicts(TypedDict):
    """What is likely wrong. ``comparable``: whether label errors can be told: ``right`` is more
    than half of ``documents``, beyond chance.
    """

    examples: list[Conflict]
    splits: list[SplitAdvice]
    merges: list[MergeAdvice]
    documents: int
    right: int
    comparable: bool
    version: int


class NextDocument(TypedDict):
    """A document to label. ``gain``: errors among what it stands for; null without calibration."""

    key: str
    id: str
    source: str
    text: str | None
    nearest: str | None
    gain: float | None
    stands_for: int


class Next(TypedDict):
    """What to label next, most helpful first, of how many documents."""

    documents: list[NextDocument]
    of: int
    version: int
