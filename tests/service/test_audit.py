"""Whatever people do is in the audit trail: who, when and what. The table is made of the routes."""

from __future__ import annotations

import json
import shutil

import pytest
from service_process import make_space
from service_routes import routes
from starlette.testclient import TestClient

from protolabel import Document, LabelSpace
from protolabel.service.app import make_app
from protolabel.service.keys import add_key
from protolabel.service.methods import SAFE
from protolabel.service.options import Options

CHANGE = {"kind": "describe", "texts": {"memo": "a note"}}
SILENT = {  # what they answer, and change nothing
    "/v1/spaces/{space}/preview",
    "/v1/session",
    "/v1/spaces/{space}/jobs/{job}",  # that a cancelled job is there stands with the jobs
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Documents that prefer another class now, and documents that no class explains."""
    path = make_space(tmp_path_factory.mktemp("audit") / "mail.space")
    words = ("red", "blue", "green", "pink", "grey", "tan")
    odd = [f"zebra {word} crossing" for word in words]
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many([Document("p", "my work so far and more")]))
        space.configure(threshold=0.9)
        list(space.label_many([Document(str(i), text) for i, text in enumerate(odd)]))
        space.configure(threshold="auto")
        space.add(["zebra red crossing", "zebra blue crossing"], "zoo")
        space.remove([one.id for one in space.show("zoo")[1]][:1])
    return path


@pytest.fixture
def office(filled, tmp_path):
    """A service with keys over a copy of it, asked by anna."""
    path, keys = tmp_path / "mail.space", tmp_path / "keys.json"
    shutil.copy(filled, path)
    headers = {"Authorization": f"Bearer {add_key(keys, 'anna', 'admin')}"}
    options = Options(keys_path=str(keys), encoders=("hashing:64",))
    _, guarded = make_app({"mail": path}, options)
    with TestClient(guarded, base_url="http://localhost", headers=headers) as client:
        yield client


def ask(client: TestClient, method: str, path: str):
    """Ask for a route with what it can use now."""
    base = "/v1/spaces/mail"

    def suggestions():
        listed = client.get(f"{base}/suggestions").json()["suggestions"]
        return [{"key": one["key"], "label": one["answer"]["label"]} for one in listed[:1]]

    def keys():
        return [one["key"] for one in client.get(f"{base}/inbox").json()["documents"]]

    def proposal():
        strict = {"kind": "configure", "values": {"threshold": 0.95}}
        assert client.post(f"{base}/changes", json=strict).status_code == 200
        return client.post(f"{base}/discover?least=2").json()["proposals"][0]["key"]

    newest = client.get(f"{base}/history?limit=1").json()["changes"][0]["version"]
    bodies = {
        "/changes": lambda: CHANGE,
        "/correct": lambda: {"document": keys()[0], "to": "invoice"},
        "/refute": lambda: {"document": keys()[0], "label": "cv"},
        "/settle": dict,
        "/discover": dict,
        "/jobs": lambda: {"kind": "discover"},
        "/reencode": lambda: {"encoder": "hashing:64"},
        "/import": lambda: b"text,label\nmore work,cv\n",
        "/undo": lambda: {"version": newest},
        "/inbox/decisions": lambda: {"labels": {keys()[1]: "invoice"}},
        "/suggestions/accept": lambda: {"suggestions": suggestions()},
        "/suggestions/dismiss": lambda: {"suggestions": suggestions()},
        "/reconsider": lambda: {"names": keys()[:1]},
        "/forget": lambda: {"names": keys()[-1:]},
        "/remember": lambda: {"most": 1000},
        "/proposals/{key}/accept": lambda: {"name": "zebra"},
        "/proposals/{key}/refuse": dict,
        "/proposals/{key}/reconsider": dict,
    }
    tail = path.removeprefix("/v1/spaces/{space}")
    body = bodies[tail]()  # a new route needs a line there
    query = {"/import": "?name=a.csv", "/proposals/{key}/accept": "?least=2",
             "/proposals/{key}/refuse": "?least=2"}.get(tail, "")  # fmt: skip
    if "{key}" in tail:
        tail = tail.replace("{key}", proposal())
    if path.endswith("{key}/reconsider"):
        refused = client.post(base + tail.replace("reconsider", "refuse"))
        assert refused.status_code == 200, refused.text
    before = audit(client)
    parts = {"content": body} if isinstance(body, bytes) else {"json": body}
    return before, client.request(method, base + tail + query, **parts)


def audit(client: TestClient):
    lines = client.get("/v1/spaces/mail/audit").text.splitlines()
    return [json.loads(line) for line in lines]


PEOPLE = [
    (method, path)
    for method, path, role in routes()
    if method not in SAFE and role in ("curate", "admin") and path not in SILENT
]


@pytest.mark.parametrize(("method", "path"), PEOPLE, ids=[f"{m} {p[19:]}" for m, p in PEOPLE])
def test_each_route_that_people_change_something_with_says_who_when_and_what(office, method, path):
    before, reply = ask(office, method, path)
    assert reply.status_code in (200, 202), reply.text
    if reply.status_code == 202:
        assert '"state": "done"' in office.get(f"{reply.headers['location']}/events").text
    lines = audit(office)
    new = [one for one in lines if one not in before]
    assert new, path
    assert {one["who"] for one in new} - {"protolabel"} == {"anna"}  # it estimates kappa itself
    assert all(one["at"] and one["kind"] and one["summary"] for one in new)
    assert lines == sorted(lines, key=lambda one: one["at"])


def test_no_text_of_a_document_is_in_the_acts(office):
    for path in ("/discover", "/suggestions/accept", "/forget"):
        _, reply = ask(office, "POST", "/v1/spaces/{space}" + path)
        assert reply.status_code == 200
    assert "zebra red" not in str([one for one in audit(office) if not one["detail"]])
