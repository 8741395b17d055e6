"""Jobs as they stand in the file beside their label space: states, progress, who runs them.

Every process that serves the label space reads and writes them, so that each may show and cancel
the jobs of the others. What a job does, and the thread that does it, are not here.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from protolabel.errors import RepeatedKeyError
from protolabel.progress import Step
from protolabel.service.side.process_names import may_run, own_name
from protolabel.service.side.side_file import SideFile
from protolabel.time_stamps import now

UNFINISHED = ("waiting", "running")
FINAL = ("done", "failed", "cancelled", "interrupted")
_MOST_FINISHED = 200  # finished jobs of a label space
_SILENT_SECONDS = 60.0  # without a sign of life; its process then counts as gone
_COLUMNS = ("id", "kind", "state", "who", "at", "ended_at", "what", "done", "total", "share",
            "version", "summary")  # fmt: skip
_CLAIM = """
UPDATE jobs SET state = 'running', beat = ?1 WHERE id = ?2 AND state = 'waiting'
AND NOT EXISTS (SELECT 1 FROM jobs WHERE space = ?3 AND state = 'running')
AND rowid = (SELECT min(rowid) FROM jobs WHERE space = ?3 AND state = 'waiting')
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What is known of a job before it runs.

    Attributes:
        kind: what it does.
        role: that of the route which began it; who cancels it needs as much.
        who: in whose name.
        key: names the request, so that it is carried out once; empty for none.
        request: the digest of the request, which tells another one with the same key.
    """

    kind: str
    role: str
    who: str
    key: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was read.

    ``owner`` is the process that runs it. ``is_new``: whether the request has just begun it.
    """

    record: dict[str, Any]
    role: str
    owner: str
    beat: float
    cancel: bool
    is_new: bool = False

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.record["id"])

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.record["state"] in FINAL


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended. ``version``: of the change that it made, None where it made none.

    ``counts``: numbers that it found.
    """

    state: str
    version: int | None = None
    summary: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    error: dict[str, Any] | None = None


class JobTable:
    """The jobs of one label space, which its identity tells from those of another file."""

    def __init__(self, side: SideFile) -> None:
        self._side = side

    def add(self, start: Start, most: int) -> Job | None:
        """Return a new job, or the one that this request began before; None where too many wait.

        Raises:
            RepeatedKeyError: another request has had the key.
        """
        with self._side.writing() as db:
            earlier = self._with_key(db, start)
            if earlier is not None:
                return earlier
            (n,) = db.execute(
                "SELECT count(*) FROM jobs WHERE space = ? AND state IN (?, ?)",
                (self._side.identity, *UNFINISHED),
            ).fetchone()
            if n > most:
                return None
            name = secrets.token_hex(8)
            db.execute(
                "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'waiting', '', 0, NULL,"
                " NULL, NULL, '', '{}', NULL, ?, ?, 0)",
                (name, self._side.identity, start.kind, start.role, start.who, start.key,
                 start.request, now(), own_name(), time.time()),
            )  # fmt: skip
            db.execute(
                "DELETE FROM jobs WHERE space = ? AND state NOT IN (?, ?) AND id NOT IN (SELECT id "
                "FROM jobs WHERE space = ? ORDER BY at DESC, rowid DESC LIMIT ?)",
                (self._side.identity, *UNFINISHED, self._side.identity, _MOST_FINISHED),
            )
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (name,)).fetchone()
            return replace(_job(row), is_new=True)

    def _with_key(self, db: sqlite3.Connection, start: Start) -> Job | None:
        if not start.key:
            return None
        sql = "SELECT * FROM jobs WHERE space = ? AND key = ?"
        row = db.execute(sql, (self._side.identity, start.key)).fetchone()
        if row is not None and row["request"] != start.request:
            raise RepeatedKeyError.of(start.key, f"job {row['id']}")
        return None if row is None else _job(row)

    def release_key(self, name: str) -> None:
        """Let the key of a job name a new request."""
        with self._side.writing() as db:
            db.execute("UPDATE jobs SET key = '' WHERE id = ?", (name,))

    def all(self, most: int) -> list[Job]:
        """Return the newest jobs, newest first."""
        sql = "SELECT * FROM jobs WHERE space = ? ORDER BY at DESC, rowid DESC LIMIT ?"
        return self._read(sql, most)

    def one(self, name: str) -> Job | None:
        """Return a job; None where there is none of that name."""
        jobs = self._read("SELECT * FROM jobs WHERE space = ? AND id = ?", name)
        return jobs[0] if jobs else None

    def abandoned(self) -> list[Job]:
        """Return the unfinished jobs whose process has ended, or has not been heard of."""
        sql = "SELECT * FROM jobs WHERE space = ? AND state IN ('waiting', 'running')"
        return [job for job in self._read(sql) if not _is_alive(job)]

    def _read(self, sql: str, *values: object) -> list[Job]:
        with self._side.reading() as db:
            if db is None:
                return []
            return [_job(row) for row in db.execute(sql, (self._side.identity, *values))]

    def claim(self, name: str) -> bool:
        """Let the job run that has waited longest, unless another one of its label space does."""
        with self._side.writing() as db:
            claimed = db.execute(_CLAIM, (time.time(), name, self._side.identity))
            return claimed.rowcount == 1

    def is_own(self, name: str) -> bool:
        """Return whether a job runs, in this process, as far as every process knows."""
        sql = "SELECT * FROM jobs WHERE space = ? AND id = ? AND state = 'running'"
        return any(job.owner == own_name() for job in self._read(sql, name))

    def note_progress(self, steps: Iterable[tuple[str, Step | None]]) -> set[str]:
        """Write how far jobs of this process are; return which of them are to stop.

        These are the cancelled ones, and those that another process has written off meanwhile.
        """
        cancelled = set()
        with self._side.writing() as db:
            for name, step in steps:
                db.execute("UPDATE jobs SET beat = ? WHERE id = ?", (time.time(), name))
                if step is not None:
                    db.execute(
                        "UPDATE jobs SET what = ?, done = ?, total = ?, share = ? WHERE id = ?",
                        (step.what, step.done, step.total, step.fraction, name),
                    )
                sql = "SELECT cancel OR state = 'interrupted' FROM jobs WHERE id = ?"
                row = db.execute(sql, (name,)).fetchone()
                if row is not None and row[0]:
                    cancelled.add(name)
        return cancelled

    def cancel(self, name: str) -> None:
        """Ask for the end of a job: at once where it waits, else at its next step."""
        with self._side.writing() as db:
            db.execute(
                "UPDATE jobs SET cancel = 1, ended_at = CASE state WHEN 'waiting' THEN ? END, "
                "state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END "
                "WHERE id = ? AND state IN ('waiting', 'running')",
                (now(), name),
            )

    def end(self, name: str, ending: Ending) -> None:
        """Write how a job ended; one that has ended stays as it is.

        One that another process has written off, since this one was silent, is ``done`` after all
        where its change is made.
        """
        error = None if ending.error is None else json.dumps(ending.error)
        with self._side.writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, ended_at = ?, version = ?, summary = ?, counts = ?,"
                " error = ? "
                "WHERE id = ? AND (state IN ('waiting', 'running') "
                "OR state = 'interrupted' AND owner = ? AND ? = 'done')",
                (
                    ending.state,
                    now(),
                    ending.version,
                    ending.summary,
                    json.dumps(dict(ending.counts)),
                    error,
                    name,
                    own_name(),
                    ending.state,
                ),
            )


def _is_alive(job: Job) -> bool:
    """Return whether the process of an unfinished job runs, as far as this one can see."""
    if job.owner == own_name():
        return True
    return job.beat >= time.time() - _SILENT_SECONDS and may_run(job.owner)


def _job(row: sqlite3.Row) -> Job:
    record = {name: row[name] for name in _COLUMNS}
    record["counts"] = json.loads(row["counts"])
    record["error"] = None if row["error"] is None else json.loads(row["error"])
    record["cancelling"] = bool(row["cancel"]) and row["state"] == "running"
    return Job(record, row["role"], row["owner"], row["beat"], bool(row["cancel"]))
