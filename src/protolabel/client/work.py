"""The client's methods for long work: begin a job, follow it, cancel it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Unpack, cast

from protolabel.client.arguments import AnyVersion, path_part
from protolabel.client.file_options import LabelledFileOptions
from protolabel.client.jobs import Job, JobList
from protolabel.client.requests import Requests, given_values


class Work(Requests):
    """Begins jobs, and follows them."""

    def start(
        self,
        kind: Literal["change", "decide", "discover", "settle"],
        *,
        change: dict[str, Any] | None = None,
        decisions: dict[str, Any] | None = None,
        least: int | None = None,
        refined: bool | None = None,
        only_at: AnyVersion | None = None,
    ) -> Job:
        """Begin a job, and return it at once.

        Args:
            kind: of the job.
            change: for ``change``: its ``kind`` with its fields, as docs/service.md lists them.
            decisions: for ``decide``: ``labels``, the class of each remembered document by its key,
                and ``as_seen``, as for :meth:`decide`.
            least: for ``discover``: documents of the smallest class that is proposed.
            refined: for ``settle``: whether refined weights are wanted.
            only_at: for ``change``, and refused for other kinds: the version that the label space
                must have.
        """
        fields = {"change": change, "decisions": decisions, "least": least, "refined": refined}
        return cast(Job, self._change("/jobs", given_values({"kind": kind, **fields}), only_at))

    def import_file(
        self,
        name: str,
        content: bytes,
        *,
        skip_known: bool = True,
        **options: Unpack[LabelledFileOptions],
    ) -> Job:
        """Begin to add the labelled examples of a file: all of them as one change, or none.

        Args:
            name: of the file.
            content: its bytes.
            skip_known: leave out the examples that are there already; False: add them once more.
            options: how it is read, such as ``text_field`` and ``label_field``.
        """
        query = {"name": name, "skip_known": skip_known, **options}
        return cast(Job, self._send_once("/import", content, query))

    def reencode(
        self,
        *,
        encoder: str | None = None,
        pooling: Literal["beginnings", "early", "mean"] | None = None,
        only_if_better: bool = False,
    ) -> Job:
        """Begin to move the label space onto an encoder that the service offers, or a pooling."""
        body = {"encoder": encoder, "pooling": pooling, "only_if_better": only_if_better}
        return cast(Job, self._change("/reencode", given_values(body)))

    def jobs(self, *, limit: int = 100) -> JobList:
        """Return the newest jobs, newest first."""
        return cast(JobList, self._json("GET", "/jobs", params={"limit": limit}))

    def job(self, name: str) -> Job:
        """Return how far a job is."""
        return cast(Job, self._json("GET", f"/jobs/{path_part(name, 'name')}"))

    def follow(self, name: str) -> Iterator[Job]:
        """Yield a job each time it has moved on; the last one has ended."""
        lines = self._lines(f"/jobs/{path_part(name, 'name')}/events")
        return cast(Iterator[Job], lines)

    def cancel(self, name: str) -> Job:
        """Ask for the end of a job: it ends at its next step, unless it is done before."""
        return cast(Job, self._json("DELETE", f"/jobs/{path_part(name, 'name')}"))
