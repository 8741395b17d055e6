"""Long work over HTTP: begun, followed, cancelled, and in a known state whatever ends it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager

import pytest
from contract import check
from fakes import WordEncoder
from service_process import make_space, service
from spelt_numbers import spelt
from starlette.testclient import TestClient

from protolabel import LabelSpace
from protolabel.client import Client, ServiceError
from protolabel.service.app import make_app
from protolabel.service.job_runner import TICK_SECONDS
from protolabel.service.limits import Bounds
from protolabel.service.options import Options

SPACE = "/v1/spaces/mail"
EXAMPLES = [{"label": "cv", "text": f"work of {spelt(n)}"} for n in range(40)]
ADDITION = {"kind": "change", "change": {"kind": "add", "examples": EXAMPLES}}


class SlowEncoder(WordEncoder):
    """Encodes when it is let, so that a job stands at a place that the test knows."""

    def __init__(self):
        super().__init__()
        self.free, self.begun = threading.Event(), threading.Event()
        self.free.set()

    def encode(self, texts):
        if any("work of" in text for text in texts):
            self.begun.set()
            assert self.free.wait(30)
        return super().encode(texts)


@pytest.fixture
def mail(tmp_path):
    """A label space whose encoder waits, and a service over it in this process."""
    path, encoder = tmp_path / "mail.space", SlowEncoder()
    with LabelSpace.create(path, encoder=encoder, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
    _, guarded = make_app({"mail": path}, Options(), encoder)
    with TestClient(guarded, base_url="http://localhost") as client:

        def ask(method, route, body=None, **parts):
            reply = client.request(method, SPACE + route, json=body, **parts)
            check(method, SPACE + route, reply.status_code, reply.headers, reply.content)
            return reply

        yield ask, encoder, path
        encoder.free.set()


def ended(ask, job):
    """Follow a job to its end, and return the last line."""
    lines = ask("GET", f"/jobs/{job['id']}/events").text.splitlines()
    return json.loads(lines[-1])


def test_a_change_is_made_beside_the_answers_and_says_how_far_it_is(mail):
    ask, encoder, _ = mail
    encoder.free.clear()
    reply = ask("POST", "/jobs", ADDITION)
    job = reply.json()
    assert (reply.status_code, job["state"]) == (202, "waiting")
    assert reply.headers["Location"] == f"{SPACE}/jobs/{job['id']}"
    assert encoder.begun.wait(30)
    assert ask("GET", f"/jobs/{job['id']}").json()["state"] == "running"
    assert ask("GET", "/classes").status_code == 200  # others are answered meanwhile
    encoder.free.set()
    last = ended(ask, job)
    assert last["state"] == "done"
    assert last["share"] == 1.0
    (change,) = ask("GET", "/history?limit=1").json()["changes"]
    assert (change["version"], change["summary"]) == (last["version"], last["summary"])
    assert ask("GET", "/jobs").json()["jobs"] == [last]


def test_a_cancelled_job_changes_nothing(mail):
    ask, encoder, _ = mail
    before = ask("GET", "").json()["version"]
    encoder.free.clear()
    job = ask("POST", "/jobs", ADDITION).json()
    assert encoder.begun.wait(30)
    assert ask("DELETE", f"/jobs/{job['id']}").json()["cancelling"]
    assert ask("DELETE", f"/jobs/{job['id']}").json()["cancelling"]  # a request that is retried
    encoder.free.set()
    assert ended(ask, job)["state"] == "cancelled"
    assert ask("GET", "").json()["version"] == before
    assert ask("DELETE", f"/jobs/{job['id']}").json()["state"] == "cancelled"  # once more: the same
    lines = [json.loads(line) for line in ask("GET", "/audit").text.splitlines()]
    assert [one["kind"] for one in lines].count("cancel") == 1


def test_a_cancelled_job_ends_on_the_way_and_not_after_all_of_its_documents(mail):
    """Before, all examples of a change were one step, which took a minute."""
    ask, encoder, _ = mail
    texts = [f"work of {spelt(n)} " + "and of many others " * 200 for n in range(30)]
    examples = [{"label": "cv", "text": text} for text in texts]
    encoder.free.clear()
    addition = {"kind": "add", "examples": examples}
    job = ask("POST", "/jobs", {"kind": "change", "change": addition}).json()
    assert encoder.begun.wait(30)
    assert ask("DELETE", f"/jobs/{job['id']}").json()["cancelling"]
    encoder.free.set()
    last = ended(ask, job)
    assert last["state"] == "cancelled"
    assert last["done"] < last["total"] == len(texts)
    assert len([text for text in encoder.texts if text in texts]) < len(texts)


def test_one_job_of_a_label_space_runs_and_few_wait(mail):
    ask, encoder, _ = mail
    encoder.free.clear()
    first = ask("POST", "/jobs", ADDITION).json()
    assert encoder.begun.wait(30)
    others = [ask("POST", "/jobs", {"kind": "settle", "refined": False}).json() for _ in range(8)]
    refused = ask("POST", "/jobs", {"kind": "settle"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert {ask("GET", f"/jobs/{one['id']}").json()["state"] for one in others} == {"waiting"}
    assert ask("DELETE", f"/jobs/{others[0]['id']}").json()["state"] == "cancelled"
    encoder.free.set()
    assert [ended(ask, one)["state"] for one in (first, *others)] == [
        "done", "cancelled", *["done"] * 7
    ]  # fmt: skip


@pytest.fixture
def offices(tmp_path):
    """Return a function that serves two label spaces with so many jobs at once."""
    encoder = SlowEncoder()
    paths = {name: tmp_path / f"{name}.space" for name in ("mail", "post")}
    for path in paths.values():
        with LabelSpace.create(path, encoder=encoder, background=False) as space:
            space.add(["pay bill", "cv work"], ["bill", "cv"])

    @contextmanager
    def serve(jobs):
        _, guarded = make_app(paths, Options(bounds=Bounds(jobs=jobs)), encoder)
        with TestClient(guarded, base_url="http://localhost") as client:
            encoder.free.clear()
            first = client.post(f"{SPACE}/jobs", json=ADDITION).headers["Location"]
            assert encoder.begun.wait(30)
            try:
                yield client, first
            finally:
                encoder.free.set()

    yield serve, encoder
    encoder.free.set()


def test_a_job_waits_until_this_process_has_a_slot_for_it_and_is_cancelled_at_once(offices):
    serve, encoder = offices
    with serve(jobs=1) as (client, first):
        others = [
            client.post("/v1/spaces/post/jobs", json={"kind": "settle"}).headers["Location"]
            for _ in range(2)
        ]
        time.sleep(3 * TICK_SECONDS)  # so that they have looked whether they may run
        assert [client.get(one).json()["state"] for one in others] == ["waiting"] * 2
        assert client.delete(others[0]).json()["state"] == "cancelled"
        encoder.free.set()
        assert '"state": "done"' in client.get(f"{first}/events").text
        assert '"state": "done"' in client.get(f"{others[1]}/events").text


def test_a_job_that_waits_for_its_label_space_takes_no_slot_from_another(offices):
    serve, _ = offices
    with serve(jobs=2) as (client, first):
        waiting = client.post(f"{SPACE}/jobs", json={"kind": "settle"}).headers["Location"]
        other = client.post("/v1/spaces/post/jobs", json={"kind": "settle"}).headers["Location"]
        assert '"state": "done"' in client.get(f"{other}/events").text
        states = [client.get(one).json()["state"] for one in (first, waiting)]
        assert states == ["running", "waiting"]


def test_a_job_that_is_sent_twice_is_one(mail):
    ask, _, _ = mail
    key = {"Idempotency-Key": "k1"}
    first = ask("POST", "/jobs", ADDITION, headers=key).json()
    assert ask("POST", "/jobs", ADDITION, headers=key).json()["id"] == first["id"]
    assert ask("POST", "/jobs", {"kind": "settle"}, headers=key).status_code == 422
    assert ended(ask, first)["state"] == "done"
    assert ask("POST", "/jobs", ADDITION, headers=key).json()["id"] == first["id"]


def test_a_job_that_is_sent_twice_is_one_act(mail):
    ask, _, _ = mail
    jobs = [
        ask("POST", "/jobs", {"kind": "settle"}, headers={"Idempotency-Key": key}).json()["id"]
        for key in ("one", "one", "two")
    ]
    acts = [json.loads(line) for line in ask("GET", "/audit").text.splitlines()]
    begun = [one["summary"].split()[-1] for one in acts if one["kind"] == "settle"]
    assert begun == [jobs[0], jobs[2]]


def test_a_job_that_cannot_be_done_says_why(mail):
    ask, _, _ = mail
    rename = {"kind": "rename", "old": "nobody", "new": "somebody"}
    last = ended(ask, ask("POST", "/jobs", {"kind": "change", "change": rename}).json())
    assert (last["state"], last["error"]["type"]) == ("failed", "urn:protolabel:UnknownClass")
    stale = ask("POST", "/jobs", ADDITION, headers={"If-Match": '"1"'}).json()
    assert ended(ask, stale)["error"]["status"] == 412
    assert ask("POST", "/jobs", {"kind": "change"}).status_code == 422
    assert ask("GET", "/jobs/nothing").status_code == 404


@pytest.mark.parametrize("kind", ["discover", "settle"])
def test_a_job_that_cannot_be_held_to_a_version_is_refused_not_begun(mail, kind):
    ask, _, _ = mail
    reply = ask("POST", "/jobs", {"kind": kind}, headers={"If-Match": '"1"'})
    assert reply.status_code == 400
    assert "jobs of the kind change" in reply.json()["expected"]
    assert ask("GET", "/jobs").json()["jobs"] == []


def test_an_encoder_that_nobody_offers_is_refused(mail):
    ask, _, path = mail
    for name in ("hashing", str(path.parent), "hub:someone/model"):
        reply = ask("POST", "/reencode", {"encoder": name})
        assert reply.status_code == 422
        assert "--offer-encoder" in reply.json()["remedy"]
    assert ask("POST", "/reencode", {}).status_code == 422


def test_a_file_is_imported_as_one_change_or_not_at_all(tmp_path):
    path = make_space(tmp_path / "mail.space")
    table = "text,label\n" + "\n".join(f"bill of {spelt(n)},invoice" for n in range(30))
    with (
        service(str(path), "--offer-encoder", "hashing:64") as served,
        Client(f"http://127.0.0.1:{served.port}", "mail") as mail,
    ):
        states = [*mail.follow(mail.import_file("a.csv", table.encode())["id"])]
        assert states[-1]["state"] == "done"
        assert {one["name"]: one["examples"] for one in mail.classes()["classes"]} == {
            "invoice": 31, "cv": 1
        }  # fmt: skip
        bad = [*mail.follow(mail.import_file("b.csv", b"text,label\npay,invoice\nx,\n")["id"])][-1]
        assert (bad["state"], bad["version"]) == ("failed", None)
        assert bad["error"]["title"].startswith("b.csv:3")
        moved = [*mail.follow(mail.reencode(encoder="hashing:64")["id"])][-1]
        assert (moved["state"], moved["error"]) == ("done", None)
        assert mail.info()["encoder"] == "hashing:64"
        assert [one["kind"] for one in mail.audit()][-2:] == ["add", "reencode"]
        with pytest.raises(ServiceError):
            mail.job("0000")


def states_of(served):
    """Return the jobs of a service by name, once it is clear that the history agrees with them."""
    jobs = {one["id"]: one["state"] for one in served.get(f"{SPACE}/jobs").json["jobs"]}
    changes = served.get(f"{SPACE}/history").json["changes"]
    keys = {one["detail"].get("key") for one in changes} - {None}
    assert keys == {name for name, state in jobs.items() if state == "done"}
    return jobs


@pytest.mark.slow
def test_jobs_of_a_service_that_ended_are_done_or_interrupted(tmp_path):
    """Stopped or killed: what the history has is done, and nothing is half done."""
    path = make_space(tmp_path / "mail.space")
    bodies = [{"kind": "add", "examples": [{"label": "cv", "text": f"{spelt(n)} " * 9000}]}
              for n in range(16)]  # fmt: skip
    jobs = [{"kind": "change", "change": body} for body in bodies]
    with service(str(path)) as served:
        stopped = [served.post(f"{SPACE}/jobs", job).json["id"] for job in jobs[:8]]
        assert served.stop()[0] == 0
    with service(str(path)) as served:
        states = states_of(served)
        assert set(states) == set(stopped)
        assert set(states.values()) <= {"done", "interrupted"}
        killed = [served.post(f"{SPACE}/jobs", job).json["id"] for job in jobs[8:]]
        while served.get(f"{SPACE}/jobs/{killed[0]}").json["state"] != "done":
            time.sleep(0.01)
        served.process.kill()
        served.process.wait()
    with service(str(path)) as served:
        states = states_of(served)
        assert {states[name] for name in killed} <= {"done", "interrupted"}
        assert states[killed[0]] == "done"
        following = served.post(f"{SPACE}/jobs", {"kind": "settle"}).json["id"]
        assert served.get(f"{SPACE}/jobs/{following}/events").lines[-1]["state"] == "done"
