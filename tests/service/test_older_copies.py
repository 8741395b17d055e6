"""What a service has noted beside a label space, once an older copy stands in its place."""

from __future__ import annotations

import json
import shutil
import time

import pytest
from own_service import served
from service_process import make_space, service

from protolabel import LabelSpace

ADDITION = {"kind": "add", "examples": [{"label": "cv", "text": "more work"}]}


@pytest.fixture
def path(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    shutil.copy(path, tmp_path / "copy.space")
    return path


def test_a_job_whose_change_the_copy_lacks_is_not_said_to_be_done(path):
    with served(path) as ask:
        body = {"kind": "change", "change": ADDITION}
        job = ask("POST", "/jobs", body).json()["id"]
        ask("GET", f"/jobs/{job}/events")
        other = ask("POST", "/jobs", {"kind": "settle"}).json()["id"]
        ask("GET", f"/jobs/{other}/events")
        assert ask("GET", f"/jobs/{job}").json()["state"] == "done"
    shutil.copy(path.with_name("copy.space"), path)
    with LabelSpace(path, background=False) as space:
        space.rename("cv", "resume")  # which has the number that the job's change had
    with served(path) as ask:
        jobs = {one["id"]: one for one in ask("GET", "/jobs").json()["jobs"]}
        assert (jobs[job]["state"], jobs[job]["version"]) == ("interrupted", None)
        assert jobs[job] == ask("GET", f"/jobs/{job}").json()
        assert jobs[other]["state"] == "done"


def test_an_act_has_the_mark_of_the_version_that_the_label_space_had(path):
    with served(path) as ask:
        ask("POST", "/changes", ADDITION)
        ask("POST", "/forget", {"all": True})
        *_, change, act = map(json.loads, ask("GET", "/audit").text.splitlines())
        assert (act["kind"], act["mark"]) == ("forget", change["mark"])
    shutil.copy(path.with_name("copy.space"), path)
    with served(path) as ask:
        ask("POST", "/changes", {"kind": "rename", "old": "cv", "new": "resume"})
        lines = [json.loads(line) for line in ask("GET", "/audit").text.splitlines()]
        (act,) = [one for one in lines if one["kind"] == "forget"]
        assert act["mark"] not in {one["mark"] for one in lines if one is not act}


@pytest.mark.slow
def test_files_that_were_read_after_the_copy_was_made_are_read_again(path, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    def titles():
        deadline = time.monotonic() + 60
        with service(str(path), "--no-browser", "--follow", str(folder)) as client:
            n_files = len(list(folder.iterdir()))
            while client.get("/v1/spaces/mail/followed").json["files"] < n_files:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            documents = client.get("/v1/spaces/mail/inbox").json["documents"]
            client.stop()
            return sorted(one["id"] for one in documents)

    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
    assert titles() == ["a.txt"]
    shutil.copy(path, tmp_path / "copy.space")
    (folder / "b.txt").write_text("my work so far", encoding="utf-8")
    assert titles() == ["a.txt", "b.txt"]
    shutil.copy(tmp_path / "copy.space", path)  # by hand
    assert titles() == ["a.txt", "b.txt"]
