"""Previews, corrections by name, suggestions, and what is remembered, over HTTP."""

from __future__ import annotations

import json
import os

import pytest
from service_process import make_space, service

from protolabel import Document, LabelSpace
from protolabel.readers import read_documents
from protolabel.service.keys import add_key

SPACE = "/v1/spaces/mail"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return make_space(tmp_path_factory.mktemp("spaces") / "mail.space")


@pytest.fixture(scope="module")
def own(path):
    """A service over a label space that remembers texts, and has answered three documents."""
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    with service(str(path)) as client:
        documents = [
            {"id": "d1", "text": "pay the note to all", "source": "inbox/one.txt"},
            {"id": "d2", "text": "work and skills", "source": "inbox/two.txt"},
            {"id": "d3", "text": "note to all of us", "source": "inbox/three.txt"},
        ]
        assert client.post(SPACE + "/label", {"documents": documents}).status == 200
        yield client


def version(client):
    return client.get(SPACE).json["version"]


def changes(client, kind):
    listed = client.get(SPACE + "/history").json["changes"]
    return [change for change in listed if change["kind"] == kind]


def test_a_preview_says_what_the_library_says_and_changes_nothing(own, path):
    body = {"kind": "add", "examples": [{"label": "memo", "text": "a note to all"}]}
    before = version(own)
    reply = own.post(SPACE + "/preview", body)
    assert reply.status == 200, reply.body
    assert version(own) == before
    with LabelSpace(path, background=False) as space:
        expected = space.preview.add(["a note to all"], ["memo"]).to_dict()
    assert {f["after"] for f in reply.json["flows"]} == {f["after"] for f in expected["flows"]}
    assert reply.json["documents"] == 3
    assert reply.json["preview"] is True
    for tag, status in ((reply.headers["etag"], 200), ('"99"', 412)):
        assert own.post(SPACE + "/preview", body, {"If-Match": tag}).status == status
    assert own.post(SPACE + "/preview", {"kind": "retire", "labels": ["nobody"]}).status == 404


def test_documents_without_ids_are_corrected_by_their_keys_alone(own):
    texts = ["rain over the hills", "the choir sings on Sunday"]
    replies = [own.post(SPACE + "/label", {"documents": [{"text": text}]}) for text in texts]
    (name,) = {reply.json["answers"][0]["id"] for reply in replies}
    before = version(own)
    for path, body in (("/correct", {"to": "memo"}), ("/refute", {"label": "memo"})):
        reply = own.post(SPACE + path, {"document": name, **body})
        assert reply.status == 422
        assert "2 documents that were answered are called" in reply.json["title"]
    assert version(own) == before
    waiting = own.get(SPACE + "/inbox").json["documents"]
    (key,) = [one["key"] for one in waiting if one["excerpt"] == texts[0]]
    assert own.post(SPACE + "/correct", {"document": key[:8], "to": "memo"}).status == 200
    stored = own.get(SPACE + "/examples?label=memo").json["examples"]
    assert [one["text"] for one in stored if one["text"] in texts] == texts[:1]
    empty: tuple[dict[str, object], ...] = ({}, {"version": None, "keys": []}, {"mark": "0f3a"})
    for nothing in empty:
        reply = own.post(SPACE + "/undo", nothing)
        assert reply.status == 422
        assert "neither a version nor keys" in reply.json["title"]
        assert "GET .../history" in reply.json["remedy"]
    assert own.post(SPACE + "/undo", {"keys": [key]}).status == 200


def test_a_document_is_corrected_by_its_name(own):
    body = {"document": "two.txt", "to": "skills"}
    before = version(own)
    reply = own.post(SPACE + "/correct?preview=true", body)
    assert reply.status == 200, reply.body
    assert reply.json["preview"] is True
    assert version(own) == before
    reply = own.post(SPACE + "/correct", body, {"If-Match": f'"{before}"'})
    assert reply.json["kind"] == "correct", reply.body
    again = own.post(SPACE + "/correct", body).json
    assert "already" in again["summary"], "sent twice, it changes nothing the second time"
    assert again["version"] not in [v["version"] for v in changes(own, "move")]
    moved = own.post(SPACE + "/correct", body | {"to": "cv"})
    assert moved.json["kind"] == "move"
    (listed,) = [d for d in own.get(SPACE + "/remembered").json["documents"] if d["id"] == "d2"]
    assert (listed["label"], listed["by"]) == ("cv", "person"), "the last word of the person"
    late = own.post(SPACE + "/correct", body, {"If-Match": f'"{before}"'})
    assert late.status == 412
    for route in ("correct", "refute"):
        body = {"document": "two.txt", "to": "skills", "label": "skills"}
        del body["label" if route == "correct" else "to"]
        preview, present = f"{SPACE}/{route}?preview=true", own.get(SPACE).headers["etag"]
        assert own.post(preview, body, {"If-Match": f'"{before}"'}).status == 412
        assert own.post(preview, body, {"If-Match": present}).headers["etag"] == present


def test_a_correction_with_the_document_itself(own):
    body = {"kind": "correct", "examples": [{"label": "memo", "text": "please note this, all"}]}
    reply = own.post(SPACE + "/changes", body)
    assert reply.status == 200, reply.body
    assert reply.json["kind"] == "correct"


def test_a_name_never_reads_a_file_of_the_server(own, tmp_path):
    """Neither the name itself, nor the source that somebody gave a document."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the server", encoding="utf-8")
    reply = own.post(SPACE + "/correct", {"document": str(secret), "to": "cv"})
    assert reply.status == 422
    sent = {"documents": [{"id": "trap", "text": "harmless", "source": str(secret)}]}
    assert own.post(SPACE + "/label", sent).status == 200
    assert own.post(SPACE + "/correct", {"document": "trap", "to": "cv"}).status == 200
    examples = own.get(SPACE + "/examples?label=cv").json["examples"]
    assert "harmless" in {e["text"] for e in examples}
    assert not any("secret of" in (e["text"] or "") for e in examples)


def test_suggestions_are_listed_accepted_and_dismissed(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        texts = ["memo for all one", "memo for all two", "memo for all three"]
        list(space.label_many([Document(f"m{i}", t) for i, t in enumerate(texts)]))
        space.answer_log.write(5)
        space.add(["memo for all", "memo to everybody"], "memo")
    with service(str(path)) as client:
        listed = client.get(SPACE + "/suggestions?to=memo&evidence=1").json
        assert listed["total"] == len(listed["suggestions"]) == 3
        assert listed["remembered"] == 3
        assert listed["declined"] == 0
        first, second, third = listed["suggestions"]
        assert first["answer"]["label"] == "memo"
        assert len(first["answer"]["evidence"]["examples"]) == 1
        page = client.get(SPACE + "/suggestions?limit=1&start=1").json
        assert [one["key"] for one in page["suggestions"]] == [second["key"]]

        def decisions(*some, label="memo", **more):
            return {"suggestions": [{"key": s["key"], "label": label} for s in some], **more}

        accept, dismiss = SPACE + "/suggestions/accept", SPACE + "/suggestions/dismiss"
        refused = client.post(accept, decisions(first, second, label="cv"))
        assert refused.status == 409
        assert client.get(SPACE + "/suggestions").json["total"] == 3
        accepted = client.post(accept, decisions(first, as_examples=True)).json
        assert accepted["accepted"] == 1
        assert accepted["change"]["kind"] == "add"
        assert client.post(accept, decisions(first)).status == 409, "it is so already"
        assert client.post(dismiss, decisions(second)).json == {"dismissed": 1}
        left = client.get(SPACE + "/suggestions").json["suggestions"]
        assert [one["key"] for one in left] == [third["key"]]
        people = [d["by"] for d in client.get(SPACE + "/remembered").json["documents"]]
        assert people.count("person") == 2
        again = client.post(SPACE + "/reconsider", {"names": [second["key"]]})
        assert again.json == {"reconsidered": 1}
        assert client.get(SPACE + "/suggestions").json["total"] == 2
        assert client.post(SPACE + "/forget", {"names": ["m0"]}).json == {"forgotten": 1}
        assert client.post(SPACE + "/forget", {"names": ["m0"]}).status == 422
        assert client.post(SPACE + "/forget", {}).status == 422
        assert client.post(SPACE + "/forget", {"names": ["m1"], "all": True}).status == 422
        assert client.post(SPACE + "/forget", {"all": True}).status == 200
        assert client.get(SPACE + "/remembered").json == {"documents": [], "total": 0}
        off = client.post(SPACE + "/remember", {"what": "off"})
        assert off.json["kind"] == "remember"
        assert client.post(SPACE + "/remember", {}).status == 422


def test_a_document_whose_text_is_not_remembered_is_asked_for(tmp_path):
    """The advice, done to the letter, corrects it."""
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as client:
        client.post(SPACE + "/label", {"documents": [{"id": "d", "text": "memo for all"}]})
        reply = client.post(SPACE + "/correct", {"document": "d", "to": "memo"})
        assert reply.status == 422
        assert "its text is not remembered" in reply.json["title"]
        assert reply.json["remedy"] == "send the document itself, as a change of kind 'correct'"
        body = {"kind": "correct", "examples": [{"label": "memo", "text": "memo for all"}]}
        assert client.post(SPACE + "/changes", body).status == 200


def test_a_document_to_refute_whose_text_is_not_remembered_is_asked_for(tmp_path):
    """The advice, done to the letter, refutes it: it becomes no example of that class."""
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as client:
        client.post(SPACE + "/label", {"documents": [{"id": "d", "text": "memo for all"}]})
        reply = client.post(SPACE + "/refute", {"document": "d", "label": "cv"})
        assert reply.status == 422
        assert reply.json["remedy"] == "send the document itself, as a change of kind 'refute'"
        one = {"not_label": "cv", "text": "memo for all"}
        change = client.post(SPACE + "/changes", {"kind": "refute", "examples": [one]})
        assert change.status == 200, change.body
        assert len(change.json["detail"]["negatives"]) == 1


def test_the_audit_trail_says_who_changed_what(tmp_path):
    path = make_space(tmp_path / "mail.space")
    keys = tmp_path / "keys.json"
    secrets = {name: add_key(keys, name, role) for name, role in
               (("ann", "curate"), ("bob", "curate"), ("root", "admin"))}  # fmt: skip
    with service(str(path), "--keys", str(keys)) as client:

        def headers(name):
            return {"Authorization": f"Bearer {secrets[name]}"}

        client.post(
            SPACE + "/changes", {"kind": "rename", "old": "cv", "new": "CV"}, headers("ann")
        )
        client.post(SPACE + "/correct", {"document": "due", "to": "x"}, headers("bob"))
        client.post(SPACE + "/changes", {"kind": "undo"}, headers("bob"))
        assert client.get(SPACE + "/audit", **headers("ann")).status == 403
        reply = client.get(SPACE + "/audit", **headers("root"))
        assert reply.headers["content-type"].startswith("application/x-ndjson")
        trail = [json.loads(line) for line in reply.body.splitlines()]
    with LabelSpace(path, background=False) as space:
        history = [(c.version, c.kind, c.who) for c in space.history()]
    assert [(c["version"], c["kind"], c["who"]) for c in trail] == history[::-1]
    assert [(c["kind"], c["who"]) for c in trail[-2:]] == [("rename", "ann"), ("undo", "bob")]


def test_documents_that_would_be_declined_now_are_counted_and_listed(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        answers = list(space.label_many([Document("a", "work and skills"), Document("b", "zzz")]))
        labelled = [answer for answer in answers if answer.label is not None]
        space.answer_log.write(5)
        space.configure(threshold=0.9999)
        assert len(space.answer_log.declined()) == len(labelled) > 0
        assert space.answer_log.suggestions() == []
    with service(str(path)) as client:
        listed = client.get(SPACE + "/suggestions").json
        assert (listed["total"], listed["declined"]) == (0, len(labelled))
        listed = client.get(SPACE + "/suggestions?declined=true").json
        assert listed["total"] == listed["declined"] == len(labelled)
        assert {one["answer"]["label"] for one in listed["suggestions"]} == {None}
        assert client.get(SPACE + "/suggestions?declined=true&to=cv").status == 422


@pytest.mark.parametrize("act", ["forget", "reconsider"])
def test_a_place_that_was_sent_is_none_of_the_folder_that_the_service_works_in(
    own, path, tmp_path, act
):
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "a.txt").write_text("please pay this bill")
    with LabelSpace(path, background=False) as space:
        list(space.label_many(read_documents(str(tmp_path / "few"))))
    name = os.path.relpath(tmp_path / "few")
    reply = own.post(f"{SPACE}/{act}", {"names": [name]})
    assert reply.status == 422, reply.body
    assert own.post(f"{SPACE}/{act}", {"names": [str(tmp_path / "few")]}).status == 200
