"""The inbox over HTTP: files read, documents labelled and listed, decisions and their undo."""

from __future__ import annotations

import pytest
from service_process import make_space

from protolabel import LabelSpace
from protolabel.readers import read_documents

SPACE = "/v1/spaces/mail"


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space")


def remember(path, what):
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember(what)


def put(client, *texts):
    documents = [{"id": text[:10], "text": text} for text in texts]
    reply = client.post(f"{SPACE}/inbox", {"documents": documents})
    assert reply.status == 200, reply.body
    return reply.json["documents"]


def listing(client):
    return {one["key"]: one for one in client.get(f"{SPACE}/inbox").json["documents"]}


def test_what_is_put_in_is_listed_with_the_answer_that_it_has_now(own, path):
    remember(path, "text")
    bill, work = put(own, "please pay this bill", "my skills and work so far")
    listed = listing(own)
    assert set(listed) == {bill["key"], work["key"]}
    assert listed[bill["key"]]["answer"]["label"] == "invoice"
    assert listed[bill["key"]]["excerpt"] == "please pay this bill"
    assert own.post(f"{SPACE}/changes", {"kind": "retire", "labels": ["invoice"]}).status == 200
    assert listing(own)[bill["key"]]["answer"]["label"] == "cv"
    assert listing(own)[bill["key"]]["label"] == "invoice"  # what it was answered then


def test_each_decision_changes_the_mark_of_what_is_remembered(own, path):
    """Also one on a document that was decided on, its undo and its redo; a preview does not."""
    remember(path, "text")
    (document,) = put(own, "please pay this bill")
    correction = {"document": document["key"], "to": "cv"}
    steps = [("/correct", correction | {"to": to}) for to in ("cv", "invoice") * 3]
    steps += [("/changes", {"kind": kind}) for kind in ("undo", "redo")]
    marks = [own.get(SPACE).json["remembered_mark"]]
    for route, body in steps:
        reply = own.post(f"{SPACE}{route}", body)
        assert reply.status == 200, reply.body
        marks.append(own.get(SPACE).json["remembered_mark"])
    assert len(set(marks)) == len(marks)
    assert own.post(f"{SPACE}/correct?preview=true", correction).status == 200
    assert own.get(f"{SPACE}/inbox").json["remembered_mark"] == marks[-1]


def test_each_listed_answer_is_the_one_that_the_label_space_gives(own, path):
    remember(path, "text")
    texts = ["please pay this bill", "my skills and work", "the amount is due", "work so far"]
    put(own, *texts)
    with LabelSpace(path, background=False) as space:
        space.settle(refined=False)
        view = space.view().unremembered()
        expected = {answer.id: answer.label for answer in view.label_many(texts)}
    answers = [one["answer"]["label"] for one in reversed(listing(own).values())]
    assert answers == list(expected.values())


def test_a_document_is_explained_with_its_text_only_where_texts_are_kept(own, path):
    (without,) = put(own, "please pay this bill")
    document = own.get(f"{SPACE}/inbox/{without['key']}").json
    assert document["text"] is None
    assert document["answer"]["evidence"]["examples"][0]["excerpt"] == "please pay the amount due"
    decision = {"labels": {without["key"]: "cv"}}
    refused = own.post(f"{SPACE}/inbox/decisions", decision)
    assert refused.status == 422
    assert "`POST .../remember` (what: text)" in refused.json["remedy"]
    remember(path, "text")  # what the remedy says
    put(own, "please pay this bill")
    assert own.get(f"{SPACE}/inbox/{without['key']}").json["text"] == "please pay this bill"
    assert own.post(f"{SPACE}/inbox/decisions", decision).status == 200
    assert own.get(f"{SPACE}/inbox/ffff").status == 422


def test_an_explanation_is_not_remembered(own):
    reply = own.post(f"{SPACE}/explain", {"document": {"text": "please pay"}})
    assert reply.json["answer"]["label"] == "invoice"
    assert not listing(own)


def test_decisions_are_one_change_and_one_undo(own, path):
    remember(path, "text")
    bill, work = put(own, "please pay this bill", "my skills and work so far")
    labels = {bill["key"]: "letter", work["key"]: "cv"}
    change = own.post(f"{SPACE}/inbox/decisions", {"labels": labels})
    assert change.status == 200
    assert {key: one["label"] for key, one in listing(own).items()} == labels
    assert {one["by"] for one in listing(own).values()} == {"person"}
    before = own.get(f"{SPACE}/classes").json["classes"]
    assert [c["examples"] for c in before] == [1, 2, 1]
    body = {"version": change.json["version"], "keys": list(labels)}
    assert own.post(f"{SPACE}/undo", body).json["change"]["kind"] == "undo"
    assert {one["by"] for one in listing(own).values()} == {"label space"}
    assert [c["examples"] for c in own.get(f"{SPACE}/classes").json["classes"]] == [1, 1]
    again = own.post(f"{SPACE}/undo", body)
    assert again.status == 409  # it is undone: the newest change in force is an earlier one
    assert "history" in again.json["remedy"]


def test_what_a_change_moved_is_known_afterwards(own, path):
    remember(path, "text")
    (bill,) = put(own, "please pay this bill")
    retired = own.post(f"{SPACE}/changes", {"kind": "retire", "labels": ["invoice"]}).json
    moved = own.get(f"{SPACE}/history/{retired['version']}/moved").json
    assert moved["flows"] == [{"before": "invoice", "after": "cv", "documents": 1}]
    assert moved["moved"][0]["key"] == bill["key"]
    assert own.get(f"{SPACE}/history/999/moved").status in (404, 409, 422)


def test_a_file_is_read_and_never_becomes_a_path(own, tmp_path):
    reply = own.ask("POST", f"{SPACE}/read?name=../../evil.txt", b"hello", {})
    assert reply.json["documents"][0]["text"] == "hello"
    assert not (tmp_path.parent / "evil.txt").exists()
    assert own.ask("POST", f"{SPACE}/read?name=a.pdf", b"%PDF-1.7 and no more", {}).status == 422
    assert not listing(own)


def test_health_is_said_where_there_are_examples_enough(own):
    for route in ("risk", "evaluation"):
        assert own.get(f"{SPACE}/{route}").status == 422  # too few, said as such
    texts = ["please pay now", "pay the amount", "amount due", "my work", "work and skills"]
    examples = [{"label": ("invoice", "cv")[i > 2], "text": text} for i, text in enumerate(texts)]
    assert own.post(f"{SPACE}/changes", {"kind": "add", "examples": examples}).status == 200
    evaluation = own.get(f"{SPACE}/evaluation").json
    assert evaluation["subject"] == "mail"
    assert {row["label"] for row in evaluation["per_class"]["rows"]} == {"invoice", "cv"}


@pytest.mark.parametrize("what", ["answers", "text"])
def test_a_document_that_is_put_in_again_stays_decided(own, path, what):
    remember(path, what)
    bill, work = put(own, "please pay this bill", "my skills and work so far")
    addition = {"label": "cv", "text": "please pay this bill"}
    assert own.post(f"{SPACE}/changes", {"kind": "correct", "examples": [addition]}).status == 200
    again = put(own, "please pay this bill", "my skills and work so far")
    assert [(one["by"], one["label"]) for one in again] == [
        ("person", "cv"), ("label space", "cv"),
    ]  # fmt: skip
    assert [one["key"] for one in again] == [bill["key"], work["key"]]
    assert {key: one["by"] for key, one in listing(own).items()} == {
        one["key"]: one["by"] for one in again
    }


def test_an_empty_file_is_said_to_be_one(own):
    for route in ("read", "label/file", "import"):
        reply = own.post(f"{SPACE}/{route}?name=scan.pdf", b"")
        assert (reply.status, reply.json["title"]) == (422, "scan.pdf: the file is empty")


def files_of(folder):
    return [{"id": f.name, "text": f.read_text(), "source": f.name} for f in folder.iterdir()]


def test_files_that_the_command_line_has_labelled_are_the_same_documents_here(own, path, tmp_path):
    folder = tmp_path / "letters/new"
    folder.mkdir(parents=True)
    for name, text in (("bill.txt", "please pay this bill"), ("work.txt", "my skills and work")):
        (folder / name).write_text(text)
    remember(path, "text")
    with LabelSpace(path, background=False) as space:
        list(space.label_many(read_documents([folder.parent])))
    before = listing(own)
    decided = next(key for key, one in before.items() if one["id"].endswith("bill.txt"))
    assert own.post(f"{SPACE}/inbox/decisions", {"labels": {decided: "cv"}}).status == 200
    for _ in range(2):
        again = own.post(f"{SPACE}/inbox", {"documents": files_of(folder)}).json["documents"]
        assert {one["key"] for one in again} == set(before) == set(listing(own))
        assert {one["key"] for one in again if one["by"] == "person"} == {decided}
    other = [{"id": "bill.txt", "text": "please pay another bill", "source": "bill.txt"}]
    other += [{"id": "copy.txt", "text": "please pay this bill", "source": "copy.txt"}]
    own.post(f"{SPACE}/inbox", {"documents": other})
    assert len(listing(own)) == len(before) + 2


def test_two_files_that_are_alike_stay_two_documents(own, path, tmp_path):
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bill.txt").write_text("please pay this bill")
    with LabelSpace(path, background=False) as space:
        list(space.label_many(read_documents([tmp_path / "old", tmp_path / "new"])))
    before = listing(own)
    names = ["new/bill.txt", "old/bill.txt", "third/bill.txt"]
    documents = [{"id": n, "text": "please pay this bill", "source": n} for n in names]
    again = own.post(f"{SPACE}/inbox", {"documents": documents}).json["documents"]
    sources = {one["key"]: one["source"] for one in before.values()}
    assert [sources.get(one["key"], "") for one in again] == [
        str(tmp_path / "new/bill.txt"), str(tmp_path / "old/bill.txt"), "",
    ]  # fmt: skip
    assert len({one["key"] for one in again}) == len(again) == len(listing(own))


@pytest.mark.parametrize("document", [{}, {"source": "a.txt"}, {"embedding": [1.0, 2.0]}])
def test_a_document_that_cannot_be_used_is_refused_with_its_reason(own, document):
    """Also where other documents are remembered, to which it might be equal."""
    assert own.post(f"{SPACE}/inbox", {"documents": [{"text": "pay bill"}]}).status == 200
    reply = own.post(f"{SPACE}/inbox", {"documents": [document]})
    assert reply.status == 422, reply
