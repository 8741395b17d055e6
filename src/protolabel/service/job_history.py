"""What the history of a label space says of a job: whether it has the change that the job made.

A job stands in the file beside the label space, which may be of another time than that one.
"""

from __future__ import annotations

from dataclasses import replace

from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import KEY, REMEMBERED
from protolabel.service.side.job_table import Ending, Job


def is_undone_by_a_copy(space: LabelSpace, job: Job) -> bool:
    """Return whether the change of a job is not in this file: an older copy took its place."""
    version = job.record["version"]
    if version is None:
        return False
    change = next(session_of(space).store.rows.changes(version + 1, 1), None)
    return change is None or change.version != version or change.detail.get(KEY) != job.id


def as_in_history(space: LabelSpace, job: Job) -> Job:
    """Return a job as this file has it: a copy from before its change has nothing of it."""
    if not is_undone_by_a_copy(space, job):
        return job
    summary = "an older copy took the place of its change"
    lost = {"state": "interrupted", "version": None, "summary": summary}
    return replace(job, record=job.record | lost)


def ending_in_history(space: LabelSpace, name: str) -> Ending | None:
    """Return how a job ended that has made its change; None where the history has none of it."""
    for change in space.history(REMEMBERED):
        if change.detail.get(KEY) == name:
            return Ending("done", change.version, change.summary)
    return None
