"""The history of the service names the documents of a change, and never their texts."""

from __future__ import annotations

import json

import pytest
from office_documents import INBOX
from office_spaces import make_office
from service_process import service

from protolabel import Example, LabelSpace
from protolabel.label_space.changes import Correct, Move, Relabel, Remove, Split
from protolabel.label_space.session import session_of
from protolabel.service.documents_of_changes import documents_of

SPACE = "/v1/spaces/office"


@pytest.fixture
def client(tmp_path):
    with service(str(make_office(tmp_path / "office.space")), "--no-browser") as one:
        yield one


def newest(client):
    reply = client.get(f"{SPACE}/history?limit=1")
    return reply.json["changes"][0]


def test_decisions_name_their_documents_and_say_none_of_these(client):
    documents = client.get(f"{SPACE}/inbox").json["documents"]
    classes = [one["name"] for one in client.get(f"{SPACE}/classes").json["classes"]]
    keys, names = [d["key"] for d in documents], [d["id"] for d in documents]
    labels = dict.fromkeys(keys[:6], classes[0])
    assert client.post(f"{SPACE}/inbox/decisions", {"labels": labels}).status == 200
    assert {*newest(client)["documents"]} < {*names[:6]}
    for refused, is_none in ((classes[:1], False), (classes, True)):
        body = {"document": keys[7], "label": refused}
        assert client.post(f"{SPACE}/refute", body).status == 200
        change = newest(client)
        assert (change["documents"], change["none"]) == ([names[7]], is_none)
    assert client.post(f"{SPACE}/changes", {"kind": "undo"}).status == 200
    assert newest(client)["documents"] == [names[7]]


@pytest.mark.parametrize("kind", ["correct", "move", "relabel", "split", "remove"])
def test_every_kind_that_decides_about_a_document_names_it(kind):
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(
            [Example("a", "one two", id="e1", source="1.txt"), Example("a", "three", id="e2")]
        )
        space.add("four", "b")
        requests = {
            "correct": Correct([Example("b", "one two", source="1.txt")]),
            "move": Move(["e1"], "b"),
            "relabel": Relabel("e1", ["b"]),
            "split": Split("a", {"c": ["e1"]}),
            "remove": Remove(["e1"]),
        }
        change = space.commit(requests[kind])
        assert change.kind == kind
        assert documents_of(session_of(space).store.rows, change) == {"documents": ["1.txt"]}


def test_no_text_stands_in_the_history(client):
    text = INBOX[0][1]
    example = {"label": "Invoice", "text": text}
    body = {"kind": "correct", "examples": [example]}
    assert client.post(f"{SPACE}/changes", body).status == 200
    assert newest(client)["documents"] == [""]
    assert text[:30] not in json.dumps(client.get(f"{SPACE}/history").json, ensure_ascii=False)
