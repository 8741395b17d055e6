"""The answers of the service about proposed classes, as types.

Like ``answers``, they describe records of the library. docs/json.md says what each key means.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class Member(TypedDict):
    """A document of a proposal."""

    key: str
    id: str
    source: str


class Exemplar(Member):
    """A document that stands for a proposal, with its text where it may be kept."""

    text: str | None


class NearestClass(TypedDict):
    """The class nearest a proposal. ``limit``: the distance within one class."""

    label: str
    distance: float
    limit: float


class Proposal(TypedDict):
    """Declined documents that look like one class."""

    key: str
    size: int
    kind: Literal["new", "part", "outlier"]
    tightness: float
    nearest: NearestClass | None
    terms: list[str]
    name: str
    description: str
    exemplars: list[Exemplar]
    members: list[Member]


class Proposals(TypedDict):
    """Proposed classes. What only a new grouping counts is null where there was none."""

    proposals: list[Proposal]
    documents: int
    copies: int | None
    noise: int | None
    refused: int | None
    left_out: int | None
    version: int | None
    enough: int | None
    like_refused: int | None
    undeclined: str | None


class RefusedGroup(Proposal):
    """A proposal that is never made again, as it was listed. ``at``: when it was refused."""

    at: str


class RefusedGroups(TypedDict):
    """The proposals that are never made again, the newest refusal first."""

    proposals: list[RefusedGroup]


class RefusedProposal(TypedDict):
    """The proposal that is never made again."""

    refused: str


class ReconsideredProposal(TypedDict):
    """The proposal that was refused, and is listed again."""

    reconsidered: str
