"""A request that is sent again with its key is carried out once, whatever it asks for."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import pytest
from fast_cases import few
from own_service import served
from service_process import make_space
from service_routes import routes
from spelt_numbers import spelt

from protolabel import Document, LabelSpace
from protolabel.label_space.session import session_of
from protolabel.open_world.discovery import discover
from protolabel.service.methods import SAFE
from protolabel.service.side.side_file import SideFile

SONG = "the choir sings an old hymn"
WEATHER = [f"sunny weather with light wind from the west on day {spelt(n)}" for n in range(6)]
ADDITION = {"kind": "add", "examples": [{"label": "cv", "text": "more work"}]}

# What each route that changes something can be asked for; KEY is the key of the song.
REQUESTS = {
    "changes": ADDITION,
    "correct": {"document": "song", "to": "invoice"},
    "refute": {"document": "song", "label": "invoice"},
    "settle": None,
    "discover": None,
    "proposals/P1/accept": {"name": "weather"},
    "proposals/P1/refuse": None,
    "proposals/P1/reconsider": None,  # once it was refused
    "suggestions/accept": {"suggestions": [{"key": "KEY", "label": "hymn"}]},
    "suggestions/dismiss": {"suggestions": [{"key": "KEY", "label": "hymn"}]},
    "reconsider": {"all": True},
    "forget": {"names": ["song"]},
    "remember": {"most": 100},
    "inbox/decisions": {"labels": {"KEY": "invoice"}},
    "undo": {"version": 0},
    "jobs": {"kind": "settle", "refined": False},
    "import?name=a.csv": b"text,label\nmore work,cv\n",
    "reencode": {"pooling": "mean"},
}
READING = {"preview"}  # asks for the role curate, and changes nothing


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A label space with a proposal, P1, and a suggestion: the song prefers hymn by now."""
    path = make_space(tmp_path_factory.mktemp("spaces") / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.configure(threshold=0.6)
        space.answer_log.remember("text")
        list(space.label_many([Document("song", SONG), *WEATHER]))
        space.add([SONG, "an old hymn that the choir sings"], ["hymn", "hymn"])
        assert len(discover(space).proposals) == 1
        assert [one.answer.label for one in space.answer_log.suggestions()] == ["hymn"]
    return path


@pytest.fixture
def path(original, tmp_path):
    return Path(shutil.copy(original, tmp_path / "mail.space"))


@pytest.fixture
def ask(path):
    """A function that asks a service over a copy of the label space."""
    with served(path) as send:
        yield send


def body_for(ask, route):
    """Return the body of a request, with the key of the song and the newest version in it."""
    documents = ask("GET", "/remembered").json()["documents"]
    (key,) = [one["key"] for one in documents if one["id"] == "song"]
    body = REQUESTS[route]
    if route == "proposals/P1/reconsider":
        assert ask("POST", "/proposals/P1/refuse").is_success
    if isinstance(body, dict):
        body = json.loads(json.dumps(body).replace("KEY", key))
        if "version" in body:
            body["version"] = ask("GET", "/history?limit=1").json()["changes"][0]["version"]
    return body


def audit(ask):
    """Return who did what, once no job runs."""
    for job in ask("GET", "/jobs").json()["jobs"]:
        ask("GET", f"/jobs/{job['id']}/events")
    return [json.loads(line) for line in ask("GET", "/audit").text.splitlines()]


def test_every_route_that_changes_something_takes_a_key():
    writing = {
        path.removeprefix("/v1/spaces/{space}/")
        for method, path, role in routes()
        if role in ("curate", "admin") and method not in SAFE and method != "DELETE"
    }
    named = {route.partition("?")[0].replace("P1", "{key}") for route in REQUESTS}
    assert writing - READING == named


@pytest.mark.parametrize("route", REQUESTS)
def test_what_is_sent_again_with_its_key_is_answered_alike_and_carried_out_once(ask, route):
    body = body_for(ask, route)
    first = ask("POST", f"/{route}", body, **{"Idempotency-Key": "k-1"})
    assert first.status_code in (200, 202), first.text
    ask("POST", "/changes", {"kind": "rename", "old": "cv", "new": "CV"})  # of somebody else
    acts = audit(ask)
    again = ask("POST", f"/{route}", body, **{"Idempotency-Key": "k-1"})
    assert again.status_code == first.status_code
    if first.status_code == 202:
        assert again.json()["id"] == first.json()["id"]
    elif route == "discover":  # it groups what is there now
        assert again.json()["proposals"] == first.json()["proposals"]
    else:
        assert again.json() == first.json()
    assert audit(ask) == acts
    other = ask("POST", "/changes", ADDITION | {"kind": "undo"}, **{"Idempotency-Key": "k-2"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    "route", few(REQUESTS, ["changes", "discover", "jobs", "import?name=a.csv"])
)
def test_what_is_sent_again_while_it_is_carried_out_waits_for_its_answer(ask, path, route):
    body = body_for(ask, route)
    before, replies = audit(ask), []

    def send():
        replies.append(ask("POST", f"/{route}", body, **{"Idempotency-Key": "k-1"}))

    threads = [threading.Thread(target=send) for _ in range(3)]
    with SideFile(path, "").writing():  # so that none is noted before all have come
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    for thread in threads:
        thread.join()
    first = replies[0]
    assert first.status_code in (200, 202), first.text
    assert {reply.status_code for reply in replies} == {first.status_code}
    if first.status_code == 202:
        assert len({reply.json()["id"] for reply in replies}) == 1
    elif route == "discover":
        assert all(reply.json()["proposals"] == first.json()["proposals"] for reply in replies)
    else:
        assert all(reply.json() == first.json() for reply in replies)
    done = [(one["kind"], one["summary"]) for one in audit(ask)[len(before) :]]
    assert len(done) == len(set(done))


def test_what_cannot_wait_for_the_first_sending_is_refused(ask, path, monkeypatch):
    body, key = body_for(ask, "forget"), {"Idempotency-Key": "k-1"}
    replies = []
    with LabelSpace(path, background=False) as space, session_of(space).store.exclusively():
        thread = threading.Thread(
            target=lambda: replies.append(ask("POST", "/forget", body, **key))
        )
        thread.start()
        while not claims(path):
            time.sleep(0.01)
        other = ask("POST", "/reconsider", body, **key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:protolabel:RepeatedKey")
        monkeypatch.setattr("protolabel.service.acts.PATIENCE_SECONDS", 0.0)
        again = ask("POST", "/forget", body, **key)
        assert again.status_code == 503
        assert "Retry-After" in again.headers
    thread.join()
    assert replies[0].json() == {"forgotten": 1}
    assert not claims(path)


def test_what_fails_leaves_its_key_free(ask, path):
    key = {"Idempotency-Key": "k-1"}
    assert ask("POST", "/forget", {"names": ["tune"]}, **key).status_code == 422
    assert not claims(path)
    ask("POST", "/label", {"documents": [{"id": "tune", "text": "a tune"}]})
    assert ask("POST", "/forget", {"names": ["tune"]}, **key).json() == {"forgotten": 1}


def claims(path):
    """Return the keys of the requests that are being carried out."""
    with SideFile(path, "").reading() as db:
        return [] if db is None else [row["key"] for row in db.execute("SELECT * FROM claims")]


@pytest.mark.parametrize("route", sorted(REQUESTS.keys() - {"changes", "remember", "settle"}))
def test_a_key_of_another_request_is_refused(ask, route):
    body = body_for(ask, route)
    assert ask("POST", f"/{route}", body, **{"Idempotency-Key": "k-1"}).is_success
    other = route + ("&skip_known=false" if "?" in route else "")
    changed = {
        "correct": {"document": "song", "to": "cv"},
        "refute": {"document": "song", "label": "cv"},
        "proposals/P1/accept": {"name": "rain"},
        "reconsider": {"names": ["song"]},
        "forget": {"all": True},
        "jobs": {"kind": "discover"},
        "reencode": {"pooling": "early"},
    }.get(route, body)
    if route in ("discover", "proposals/P1/refuse"):
        other += "?least=3"
    if route == "proposals/P1/reconsider":
        other = "proposals/P2/reconsider"
    if route.startswith("suggestions"):
        changed = {"suggestions": [*body["suggestions"], *body["suggestions"]]}
    if route in ("inbox/decisions", "undo"):
        changed = body | ({"keys": ["0" * 32]} if route == "undo" else {"labels": {"k": "cv"}})
    acts = audit(ask)
    reply = ask("POST", f"/{other}", changed, **{"Idempotency-Key": "k-1"})
    assert (reply.status_code, reply.json()["type"]) == (422, "urn:protolabel:RepeatedKey")
    assert audit(ask) == acts


def test_an_act_that_an_older_copy_lacks_is_carried_out_again(original, path):
    key = {"Idempotency-Key": "k-1"}
    with served(path) as ask:
        body = body_for(ask, "forget")
        ask("POST", "/changes", ADDITION)  # which the copy does not have
        assert ask("POST", "/forget", body, **key).json() == {"forgotten": 1}
    shutil.copy(original, path)  # by hand: what the service has noted stays beside it
    with served(path) as ask:
        assert len(ask("GET", "/remembered").json()["documents"]) == 7
        assert ask("POST", "/forget", body, **key).json() == {"forgotten": 1}
        assert len(ask("GET", "/remembered").json()["documents"]) == 6
        assert ask("POST", "/forget", body, **key).json() == {"forgotten": 1}


def test_what_cannot_be_held_to_a_version_is_refused_not_carried_out(ask):
    body = body_for(ask, "forget")
    reply = ask("POST", "/forget", body, **{"If-Match": '"1"'})
    assert reply.status_code == 400
    assert len(ask("GET", "/remembered").json()["documents"]) == 7
