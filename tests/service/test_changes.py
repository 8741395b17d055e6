"""Changes over HTTP: durable, undone, once, and by whom."""

from __future__ import annotations

import threading
from http.client import HTTPException

import pytest
from alike_words import make_alike
from common_words import make_common
from service_process import make_space, service
from stored import connection_of

from protolabel import Document, LabelSpace
from protolabel.client import Client
from protolabel.service.bodies import ChangeBody
from protolabel.store.noted_decisions import ABOUT_ANSWERS, MOST_NOTE_BYTES, NotedDecisions

CHANGES = "/v1/spaces/mail/changes"


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space")


def test_every_kind_of_change_and_undo(own):
    before = own.get("/v1/spaces/mail/classes").json
    for body in (
        {"kind": "add", "examples": [{"label": "memo", "text": "note to all", "id": "m1"}]},
        {"kind": "describe", "texts": {"letter": "words to somebody"}},
        {"kind": "rename", "old": "letter", "new": "mail"},
        {"kind": "move", "ids": ["m1"], "to": "cv"},
        {"kind": "split", "label": "cv", "parts": {"memo 2": ["m1"]}},
        {"kind": "merge", "labels": ["memo 2", "memo"], "into": "memo"},
        {"kind": "nest", "parents": {"memo": "papers", "cv": "papers"}, "new": True},
        {"kind": "retire", "labels": ["memo"]},
        {"kind": "restore", "labels": ["memo"]},
        {"kind": "retire", "labels": ["memo"]},
        {"kind": "unretire", "labels": ["memo"]},
        {"kind": "remove", "ids": ["m1"]},
        {"kind": "configure", "values": {"threshold": 0.2}},
    ):
        reply = own.post(CHANGES, body)
        assert reply.status == 200, reply.body
        assert reply.headers["etag"] == '"{version}-{mark}"'.format_map(reply.json)
    first = own.get("/v1/spaces/mail/history").json["changes"][-4]["version"]
    assert own.post(CHANGES, {"kind": "return", "version": 3}).status == 200
    assert own.get("/v1/spaces/mail/classes").json["classes"] == before["classes"]
    assert own.post(CHANGES, {"kind": "undo"}).status == 200
    assert own.post(CHANGES, {"kind": "redo"}).status == 200
    assert first


def test_a_target_that_cannot_be_promised_is_said_in_the_answer_to_the_change(own):
    """From then on every document is declined."""
    target = {"kind": "configure", "values": {"target": "errors 5%"}}
    change = own.post(CHANGES, target).json
    (hint,) = change["hints"]
    assert "the target errors 5% cannot be promised" in hint
    assert own.get("/v1/spaces/mail").json["refusal"] == hint
    undone = own.post("/v1/spaces/mail/undo", {"version": change["version"]})
    assert undone.json["change"]["hints"] == []
    assert own.post(CHANGES, {"kind": "redo"}).json["hints"] == [hint]
    assert own.post(CHANGES, {"kind": "undo"}).json["hints"] == []


def test_hints_name_requests_in_the_place_of_commands(tmp_path):
    """They named commands with the word SPACE, to which nobody at the page has a command line."""
    path = make_common(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many(["pay the bill"]))
        space.answer_log.write(5.0)
        space.correct(Document("x", "pay the bill"), "soup")
        with connection_of(space).transaction("IMMEDIATE") as db:
            NotedDecisions(ABOUT_ANSWERS).note(db, 10_000, f"[{' ' * MOST_NOTE_BYTES}]")
    with service(str(path), "--no-browser") as client:
        (hint,) = client.post(CHANGES, {"kind": "undo"}).json["hints"]
        assert hint.endswith(
            "To see these documents: `GET .../remembered`. `POST .../reconsider` takes back every "
            "decision, the later ones too"
        )
        assert client.get("/v1/spaces/mail/history").json["changes"][0]["hints"] == [hint]
        target = {"kind": "configure", "values": {"target": "errors 10%"}}
        (hint,) = client.post(CHANGES, target).json["hints"]
        assert "fewer strangers in the stream (the change `configure`)" in hint
        assert client.get("/v1/spaces/mail").json["refusal"] == hint


def test_a_document_may_have_several_labels(own):
    add = {"kind": "add", "examples": [
        {"label": label, "text": "a bill for the cv", "id": f"{label} 1"}
        for label in ("invoice", "cv")
    ]}  # fmt: skip
    assert own.post(CHANGES, {"kind": "configure", "values": {"labels": "several"}}).status == 200
    change = own.post(CHANGES, add).json
    assert "two_labels" not in change["detail"]
    document = {"documents": [{"text": "a bill for the cv"}]}
    (answer,) = own.post("/v1/spaces/mail/label", document).json["answers"]
    assert [one["label"] for one in answer["labels"]] == [answer["label"]]  # no chances yet
    correction = {"document": "cv 1", "to": ["invoice", "letter"]}
    reply = own.post("/v1/spaces/mail/correct", correction)
    assert (reply.status, reply.json["kind"]) == (200, "relabel")
    body = {"kind": "relabel", "id": "invoice 1", "labels": ["letter"]}
    assert own.post(CHANGES, body).status == 200
    assert own.post(CHANGES, {"kind": "undo"}).status == 200
    assert own.get("/v1/spaces/mail/suggestions").status == 422


def test_all_labels_that_a_person_gave_a_document_are_listed(own):
    configuration = {"kind": "configure", "values": {"labels": "several"}}
    assert own.post(CHANGES, configuration).status == 200
    document = {"documents": [{"text": "a bill for the cv"}]}
    (one,) = own.post("/v1/spaces/mail/inbox", document).json["documents"]
    assert "labels" not in one
    change = {"kind": "correct", "examples": [
        {"label": label, "text": "a bill for the cv"} for label in ("invoice", "cv")
    ]}  # fmt: skip
    assert own.post(CHANGES, change).status == 200
    for reply in (
        own.get("/v1/spaces/mail/inbox"),
        own.post("/v1/spaces/mail/inbox", document),
        own.get("/v1/spaces/mail/remembered"),
    ):
        (one,) = reply.json["documents"]
        assert (one["by"], one["labels"]) == ("person", ["cv", "invoice"])


def test_a_document_is_not_of_a_class(own):
    text = "please pay attention to my work"
    change = {"kind": "add", "examples": [
        {"not_label": "invoice", "text": text, "id": "x1"}, {"label": "letter", "text": "my dear"},
    ]}  # fmt: skip
    assert own.post(CHANGES, change).json["detail"]["negatives"] == ["x1"]
    document = {"documents": [{"text": text}], "alternatives": 5}
    (answer,) = own.post("/v1/spaces/mail/label", document).json["answers"]
    assert "invoice" not in [one["label"] for one in answer["alternatives"]]
    (own_id,) = [
        one["id"] for one in own.get("/v1/spaces/mail/examples?label=cv&limit=1").json["examples"]
    ]
    body = {"document": own_id, "label": ["invoice", "letter"]}
    preview = own.post("/v1/spaces/mail/refute?preview=true", body)
    assert (preview.status, preview.json["summary"]) == (
        200, "added 2 negative examples (not 'invoice', 'letter')",
    )  # fmt: skip
    reply = own.post("/v1/spaces/mail/refute", body)
    assert (reply.status, reply.json["kind"], len(reply.json["detail"]["negatives"])) == (
        200, "refute", 2,
    )  # fmt: skip
    again = own.post("/v1/spaces/mail/refute", body).json
    assert again["summary"] == "nothing to refute: it is so already"
    assert own.post("/v1/spaces/mail/refute", {"document": own_id, "label": "x"}).status == 404
    body = {"kind": "refute", "examples": [{"not_label": "letter", "text": text}]}
    assert own.post(CHANGES, body).status == 200
    assert own.post(CHANGES, {"kind": "undo"}).status == 200


def test_refused_changes_change_nothing(own):
    version = own.get("/v1/spaces/mail").json["version"]
    for status, body in (
        (404, {"kind": "rename", "old": "nothing", "new": "x"}),
        (409, {"kind": "rename", "old": "cv", "new": "invoice"}),
        (422, {"kind": "rename", "old": "cv"}),
        (422, {"kind": "rename", "old": "cv", "new": "x", "more": 1}),
        (422, {"kind": "reencode", "fingerprint": "x"}),
        (422, {"kind": "add", "examples": [{"label": "x", "text": ""}]}),
        (422, {"kind": "add", "examples": "x"}),
        (422, {"kind": "describe", "texts": {"x": 1}}),
        (422, {"kind": "split", "label": "cv", "parts": []}),
        (409, {"kind": "redo"}),
    ):
        reply = own.post(CHANGES, body)
        assert reply.status == status, (body, reply.body)
    assert own.get("/v1/spaces/mail").json["version"] == version


def test_of_two_writers_at_one_version_one_is_refused(own):
    etag = own.get("/v1/spaces/mail").headers["etag"]
    replies: list[int] = []

    def rename(name: str) -> None:
        body = {"kind": "rename", "old": "cv", "new": name}
        replies.append(own.post(CHANGES, body, {"If-Match": etag}).status)

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) == [200, 412]


def test_a_request_that_is_sent_again_is_carried_out_once(own):
    body = {"kind": "add", "examples": [{"label": "cv", "text": "more work"}]}
    first = own.post(CHANGES, body, {"Idempotency-Key": "k"})
    again = own.post(CHANGES, body, {"Idempotency-Key": "k", "If-Match": '"1"'})
    assert again.json == first.json
    other = own.post(CHANGES, {"kind": "undo"}, {"Idempotency-Key": "k"})
    assert other.status == 422


def test_changes_of_the_command_line_are_there_at_once(own, path):
    with LabelSpace(path, background=False) as space:
        space.describe("memo", "a note to all")
    names = [c["name"] for c in own.get("/v1/spaces/mail/classes").json["classes"]]
    assert "memo" in names


@pytest.mark.slow
def test_every_acknowledged_write_is_there_after_a_kill(path):
    acknowledged = 0
    body = {"kind": "add", "examples": [{"label": "cv", "text": "work"}]}
    for kill in range(50):
        with service(str(path)) as client:
            timer = threading.Timer(0.01 * (kill % 10), client.process.kill)
            acknowledged += client.post(CHANGES, body).status == 200
            timer.start()
            try:
                while True:
                    acknowledged += client.post(CHANGES, body).status == 200
            except (OSError, HTTPException):  # before an answer, or in its middle
                timer.join()
        with LabelSpace(path, background=False) as space:
            assert space.show("cv")[0].examples - 1 >= acknowledged
            acknowledged = space.show("cv")[0].examples - 1
            assert space.check() == [] or all(f.kind == "duplicate" for f in space.check())
    assert acknowledged >= 50


def test_the_kinds_in_the_schema_are_kinds_of_change():
    from protolabel.label_space.changes import REQUESTS

    kinds = set(ChangeBody.model_json_schema()["properties"]["kind"]["enum"])
    assert kinds < set(REQUESTS)
    assert set(REQUESTS) - kinds == {
        "import", "tune", "place", "reencode", "remember",
    }  # fmt: skip


def test_the_history_is_read_to_its_beginning_in_pages(own):
    newest = 0
    for number in range(4):
        body = {"kind": "describe", "texts": {"cv": f"words {number}"}}
        newest = own.post(CHANGES, body).json["version"]
    with Client(f"http://127.0.0.1:{own.port}", "mail") as mail:
        starts = range(0, newest + 3, 3)
        pages = [mail.history(limit=3, start=start)["changes"] for start in starts]
    versions = [one["version"] for page in pages for one in page]
    assert versions == list(range(newest, 0, -1))
    assert pages[-1] == []


def test_an_example_that_makes_the_target_impossible_says_that_all_is_declined_now(tmp_path):
    """Before, the change hinted at nothing, and the next list had no answer any more."""
    make_alike(tmp_path / "mail.space", 1)
    example = {"kind": "add", "examples": [{"label": "cv", "text": "soup bread we of"}]}
    with service(str(tmp_path / "mail.space"), "--no-browser") as client:
        target = {"kind": "configure", "values": {"target": "errors 18%"}}
        assert client.post(CHANGES, target).json["hints"] == []
        preview = client.post("/v1/spaces/mail/preview", example).json
        change = client.post(CHANGES, example).json
        (hint,) = change["hints"]
        assert hint.startswith("every document is declined: the target errors 18% cannot be")
        assert preview["hints"] == [hint]
        assert client.get("/v1/spaces/mail").json["refusal"] == hint
        undone = client.post("/v1/spaces/mail/undo", {"version": change["version"]}).json
        assert undone["change"]["hints"] == []
