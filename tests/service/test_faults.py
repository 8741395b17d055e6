"""Faults beneath the service: a full disk, a locked file, a broken encoder.

It says which, and stays up.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from contract import check
from fakes import WordEncoder
from mounts import small_disk
from service_process import make_space, service
from starlette.testclient import TestClient
from stored import connection_of

from protolabel import LabelSpace
from protolabel.service.app import make_app
from protolabel.service.options import Options

SPACE = "/v1/spaces/mail"
CHANGES = f"{SPACE}/changes"


def addition(n: int, text: str = "more work") -> dict[str, object]:
    return {"kind": "add", "examples": [{"label": "cv", "text": f"{text} {n}", "id": f"n{n}"}]}


def fill(folder: Path) -> Path:
    """Leave no room on a disk; return the file to delete."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_a_full_disk_refuses_changes_and_nothing_else(tmp_path):
    with small_disk(tmp_path, "2m"), service(str(make_space(tmp_path / "mail.space"))) as client:
        ballast = fill(tmp_path)
        refused = client.post(CHANGES, addition(0, "work " * 20_000))
        assert refused.status == 507, refused.body
        assert "free some space" in refused.json["remedy"]
        assert client.post(f"{SPACE}/label", {"documents": [{"text": "pay"}]}).status == 200
        assert client.get(f"{SPACE}/classes").json["classes"][1]["examples"] == 1
        ballast.unlink()  # the advice, done to the letter
        assert client.post(CHANGES, addition(0)).status == 200


@pytest.mark.slow
def test_every_acknowledged_change_is_there_after_the_disk_was_full(tmp_path):
    with small_disk(tmp_path, "2m"):
        path = make_space(tmp_path / "mail.space")
        acknowledged = set()
        with service(str(path)) as client:
            for n in range(400):
                reply = client.post(CHANGES, addition(n, "work " * 2000))
                assert reply.status in (200, 507), reply.body
                acknowledged |= {f"n{n}"} if reply.status == 200 else set()
            assert len(acknowledged) < 400
            assert client.get("/v1/ready").status == 200
            page = client.get(f"{SPACE}/examples?label=cv&limit=1000").json["examples"]
            assert {one["id"] for one in page} - {"e2"} == acknowledged


@pytest.fixture
def words(tmp_path):
    """A label space that an encoder of the test reads, and a service over it in this process."""
    path, encoder = tmp_path / "mail.space", WordEncoder()
    with LabelSpace.create(path, encoder=encoder, background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
    app, guarded = make_app({"mail": path}, Options(), encoder)
    with TestClient(guarded, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield path, encoder, app.state.service, client


def problem_of(method, route, reply):
    check(method, route, reply.status_code, reply.headers, reply.content)
    return reply.status_code, reply.json()


def test_a_locked_file_refuses_changes_for_now_and_is_read_meanwhile(words):
    path, _, state, client = words
    connection_of(state.spaces.served("mail").space).busy_seconds = 0.01
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    status, problem = problem_of("POST", CHANGES, client.post(CHANGES, json=addition(0)))
    assert (status, problem["type"]) == (503, "urn:protolabel:StoreBusy")
    assert client.post(CHANGES, json=addition(0)).headers["Retry-After"]
    label = client.post(f"{SPACE}/label", json={"documents": [{"text": "pay"}]})
    assert label.json()["answers"][0]["label"] == "bill"
    assert client.get(f"{SPACE}/classes").status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    assert client.post(CHANGES, json=addition(0)).status_code == 200


@pytest.mark.slow
def test_a_file_that_another_process_keeps_locked_is_said_to_be(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as client:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert client.post(CHANGES, addition(0)).json["type"] == "urn:protolabel:StoreBusy"
        assert client.get("/v1/ready").status == 200
        holder.execute("ROLLBACK")
        holder.close()
        assert client.post(CHANGES, addition(0)).status == 200


@pytest.mark.parametrize(
    "fault", [RuntimeError("my secret illness"), MemoryError(), OSError(5, "x")]
)
def test_an_encoder_that_breaks_is_answered_in_the_form_of_errors(words, fault):
    _, encoder, _, client = words
    route, works = f"{SPACE}/label", encoder.encode

    def broken(texts):
        raise fault

    encoder.encode = broken
    for _ in range(2):
        reply = client.post(route, json={"documents": [{"text": "sign the box"}]})
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.status_code == 503, reply.text
        assert "illness" not in reply.text
    encoder.encode = works
    assert client.post(route, json={"documents": [{"text": "pay"}]}).status_code == 200


def test_a_file_whose_encoder_is_missing_is_refused_until_it_is_back(words, tmp_path):
    path, _, _, client = words
    other = WordEncoder("others")
    with LabelSpace.create(tmp_path / "new.space", encoder=other, background=False) as space:
        space.add(["pay bill"], ["bill"])
    original = path.rename(tmp_path / "old.space")
    (tmp_path / "new.space").rename(path)
    status, problem = problem_of("GET", SPACE, client.get(SPACE))
    assert (status, problem["type"]) == (503, "urn:protolabel:EncoderMismatch")
    assert client.get("/v1/live").status_code == 200
    path.unlink()
    original.rename(path)
    assert client.get(SPACE).status_code == 200
