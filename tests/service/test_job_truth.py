"""What is said of a job agrees with the history of the file, whatever happened to either."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading

import pytest
from fakes import WordEncoder
from starlette.testclient import TestClient

from protolabel import LabelSpace
from protolabel.service.app import make_app
from protolabel.service.options import Options
from protolabel.service.side.job_table import Ending, JobTable
from protolabel.service.side.side_file import side_of

SPACE = "/v1/spaces/mail"
ADDITION = {
    "kind": "change",
    "change": {"kind": "add", "examples": [{"label": "cv", "text": "work of years"}]},
}


class SlowEncoder(WordEncoder):
    """Encodes what a job adds once it may."""

    def __init__(self):
        super().__init__()
        self.free, self.begun = threading.Event(), threading.Event()

    def encode(self, texts):
        if "work of years" in texts:
            self.begun.set()
            assert self.free.wait(30)
        return super().encode(texts)


@pytest.fixture
def path(tmp_path):
    with LabelSpace.create(tmp_path / "mail.space", encoder=WordEncoder(), background=False) as one:
        one.add(["pay bill", "cv work"], ["bill", "cv"])
        one.backup(tmp_path / "backup.space")
    return tmp_path / "mail.space"


def served(path, encoder=None):
    _, guarded = make_app({"mail": path}, Options(), encoder or WordEncoder())
    return TestClient(guarded, base_url="http://localhost")


def begin(client):
    headers = {"Idempotency-Key": "k-1"}
    return client.post(f"{SPACE}/jobs", json=ADDITION, headers=headers).json()["id"]


def ending(client, job):
    """Follow a job to its end, and return its last line."""
    return json.loads(client.get(f"{SPACE}/jobs/{job}/events").text.splitlines()[-1])


def keys(client):
    """Return the jobs whose change is in the history."""
    changes = client.get(f"{SPACE}/history").json()["changes"]
    return {one["detail"].get("key") for one in changes} - {None}


def test_a_request_is_carried_out_again_where_an_older_copy_took_the_place_of_its_change(path):
    with served(path) as client:
        first = begin(client)
        assert ending(client, first)["state"] == "done"
        assert begin(client) == first
    shutil.copyfile(path.with_name("backup.space"), path)  # by hand
    with served(path) as client:
        assert keys(client) == set()
        second = begin(client)
        assert ending(client, second)["state"] == "done"
        assert keys(client) == {second}
        assert begin(client) == second


def write_off(path, job):
    """Do what another process does with a job whose process is silent."""
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        records = JobTable(side_of(space))
    records.end(job, Ending("interrupted"))
    return records


def test_a_job_that_was_written_off_is_done_just_if_its_change_is_made(path):
    encoder = SlowEncoder()
    with served(path, encoder) as client:
        job = begin(client)
        assert encoder.begun.wait(30)
        records = write_off(path, job)
        assert records.note_progress([(job, None)]) == {job}  # it is to stop
        encoder.free.set()
    with served(path) as client:  # the service has ended, and its job with it
        state = client.get(f"{SPACE}/jobs/{job}").json()["state"]
        assert (state == "done") == (job in keys(client))


def test_a_job_that_another_process_has_written_off_makes_no_change(path):
    encoder = SlowEncoder()
    with served(path, encoder) as client:
        job = begin(client)
        assert encoder.begun.wait(30)
        write_off(path, job)
        encoder.free.set()  # before it hears that it is to stop
        assert ending(client, job)["state"] == "interrupted"
        other = client.post(f"{SPACE}/jobs", json=ADDITION).json()["id"]  # somebody asks again
        assert ending(client, other)["state"] == "done"
    with served(path) as client:
        assert keys(client) == {other}


def test_jobs_are_listed_while_another_process_keeps_the_file_locked(path):
    with served(path) as client:
        job = begin(client)
        assert ending(client, job)["state"] == "done"
        with sqlite3.connect(f"{path}-service") as db:  # as a process leaves it that was killed
            db.execute("UPDATE jobs SET state = 'running', owner = '1:gone', beat = 0")
        locking = sqlite3.connect(path, isolation_level=None)
        locking.execute("BEGIN IMMEDIATE")
        assert client.get(f"{SPACE}/jobs/{job}").json()["state"] == "running"
        locking.execute("ROLLBACK")
        locking.close()
        assert client.get(f"{SPACE}/jobs/{job}").json()["state"] == "done"


def test_a_job_that_was_written_off_is_done_where_its_own_process_says_so(path):
    with served(path) as client:
        job = begin(client)
        version = ending(client, job)["version"]
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        side = side_of(space)
    records = JobTable(side)
    with side.writing() as db:
        db.execute("UPDATE jobs SET state = 'interrupted', version = NULL")
    records.end(job, Ending("failed"))
    assert records.one(job).record["state"] == "interrupted"
    records.end(job, Ending("done", version))
    assert records.one(job).record["version"] == version
