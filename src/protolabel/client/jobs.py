"""Long work that a service does beside its answers, as types. docs/json.md explains the keys."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from protolabel.client.answers import Problem


class Job(TypedDict):
    """Long work: what it is, how far it is, how it ended."""

    id: str
    kind: Literal["change", "decide", "import", "discover", "settle", "reencode"]
    state: Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
    who: str
    at: str
    ended_at: str | None
    what: str
    done: int
    total: int | None
    share: float | None
    version: int | None
    summary: str
    counts: dict[str, int]
    error: Problem | None
    cancelling: bool


class JobList(TypedDict):
    """The newest jobs of a label space, newest first."""

    jobs: list[Job]
