"""A program written for a hosted decision model asks a label space in its stead."""

from __future__ import annotations

import json
import re

import pytest
from contract import check
from office_documents import CLASSES
from starlette.testclient import TestClient

from protolabel import Document, LabelSpace
from protolabel.service.app import make_app
from protolabel.service.options import Options

ROUTE = "/v1/systemone"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    path = tmp_path_factory.mktemp("spaces") / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for label, (_, texts) in CLASSES.items():
            space.add(texts, label)
        space.settle()
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:

        def post(**body):
            reply = client.post(ROUTE, json=body)
            check("POST", ROUTE, reply.status_code, reply.headers, reply.content)
            return reply

        def label(text):
            body = {"documents": [{"text": text}], "alternatives": 20}
            return client.post("/v1/spaces/mail/label", json=body).json()["answers"][0]

        yield post, label


def question(*options):
    return {"type": "choice", "instructions": "Which is it?", "criteria": dict.fromkeys(options)}


def test_probabilities_of_all_classes_are_those_of_the_answer(ask):
    post, label = ask
    text = "Please transfer the amount of this invoice."
    reply = post(model="jev-latest", state=text, questions={"kind": question(*CLASSES)})
    answer = reply.json()["answers"]["kind"]
    own = label(text)
    assert reply.json()["model"] == "mail"
    assert answer["choice"] == own["alternatives"][0]["label"] == "Invoice"
    assert answer["probabilities"] == pytest.approx(
        {one["label"]: one["probability"] for one in own["alternatives"]}
    )
    assert answer["confidence"] == pytest.approx(own["alternatives"][0]["chance"])


def test_each_question_chooses_among_its_own_options(ask):
    post, label = ask
    questions = {
        "a": question("Order", "Meeting"),
        "b": question("Meeting", "Invoice"),
        "c": question("Order"),
    }
    state = {"subject": "please settle", "body": ["the bill", 7, None]}
    answers = post(model="mail", state=state, questions=questions).json()["answers"]
    shares = {one["label"]: one["probability"] for one in
              label("please settle\nthe bill\n7")["alternatives"]}  # fmt: skip
    for name, one in questions.items():
        total = sum(shares[option] for option in one["criteria"])
        expected = {option: shares[option] / total for option in one["criteria"]}
        assert answers[name]["probabilities"] == pytest.approx(expected)
        assert answers[name]["choice"] == max(expected, key=expected.get)


def test_what_a_label_space_cannot_answer_is_refused(ask):
    post, _ = ask
    for questions in (
        {"kind": question("Invoice", "poem")},
        {"kind": {"type": "noul", "instructions": "Is it a bill?"}},
        {"kind": {"type": "score", "criteria": ["low", "high"]}},
        {"kind": question()},
        {},
    ):
        assert post(model="mail", state="pay", questions=questions).status_code == 422
    assert post(model="mail", state=7, questions={"kind": question("Order")}).status_code == 422


def test_without_probabilities_there_is_no_decision(tmp_path):
    path = tmp_path / "new.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({"a": "one", "b": "two"})
    _, guarded = make_app({"new": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:
        body = {"state": "one", "questions": {"kind": question("a", "b")}}
        assert client.post(ROUTE, json=body).status_code == 409


@pytest.fixture(scope="module")
def ask_refuted(tmp_path_factory):
    """Ask about a document that is no invoice, or about one that is of no class at all."""
    path = tmp_path_factory.mktemp("refuted") / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for label, (_, texts) in CLASSES.items():
            space.add(texts, label)
        space.refute(Document("x", NO_INVOICE), "Invoice")
        for name in CLASSES:
            space.refute(Document("y", NOTHING), name)
        space.settle()
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost", raise_server_exceptions=False) as client:

        def post(text, *options):
            body = {"model": "mail", "state": text, "questions": {"kind": question(*options)}}
            reply = client.post(ROUTE, json=body)
            check("POST", ROUTE, reply.status_code, reply.headers, reply.content)
            return reply

        yield post, client, path


NO_INVOICE, NOTHING = "Please transfer the amount of this bill.", "The cat sat on the mat."


@pytest.mark.parametrize("options", [[*CLASSES], ["Invoice", "Meeting"], ["Meeting", "Invoice"]])
def test_an_option_that_the_document_is_a_negative_example_of_has_probability_zero(
    ask_refuted, options
):
    post, *_ = ask_refuted
    reply = post(NO_INVOICE, *options)
    assert reply.status_code == 200
    answer = reply.json()["answers"]["kind"]
    assert [*answer["probabilities"]] == options
    assert answer["probabilities"]["Invoice"] == 0.0
    assert sum(answer["probabilities"].values()) == pytest.approx(1.0)
    assert answer["choice"] != "Invoice"


def test_a_question_all_of_whose_options_are_refuted_names_another_option(ask_refuted):
    post, *_ = ask_refuted
    reply = post(NO_INVOICE, "Invoice")
    assert reply.status_code == 409
    assert reply.json()["title"] == "a document that is a negative example of every option"
    other = reply.json()["remedy"].removeprefix("add another option, such as ")
    assert post(NO_INVOICE, "Invoice", other).json()["answers"]["kind"]["choice"] == other


def test_a_document_that_is_refuted_for_all_classes_can_be_added_to_one(ask_refuted):
    post, client, path = ask_refuted
    reply = post(NOTHING, "Order", "Meeting")
    assert reply.status_code == 409
    assert reply.json()["remedy"] == "add it to its class as an example"
    change = {"kind": "add", "examples": [{"text": NOTHING, "label": "Order"}]}
    assert client.post("/v1/spaces/mail/changes", json=change).status_code == 200
    with LabelSpace(path, background=False) as space:
        space.settle()
    answer = post(NOTHING, "Order", "Meeting").json()["answers"]["kind"]
    assert answer["probabilities"] == {"Order": 1.0, "Meeting": 0.0}


def test_where_there_are_no_chances_the_confidence_is_null(tmp_path):
    """Before, it was the share among the options: 1.0 of any single one."""
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for label, (_, texts) in list(CLASSES.items())[:3]:
            space.add(texts, label)
        space.settle()
        assert space.label("please settle").chance is None
        option = space.classes()[0].name
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:
        body = {"model": "mail", "state": "please settle", "questions": {"a": question(option)}}
        reply = client.post(ROUTE, json=body)
    check("POST", ROUTE, reply.status_code, reply.headers, reply.content)
    answer = reply.json()["answers"]["a"]
    assert (answer["probabilities"], answer["confidence"]) == ({option: 1.0}, None)


def test_states_have_names_in_the_inbox_that_tell_them_apart_and_no_words(tmp_path):
    """Before, each was called `state`."""
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for label, (_, texts) in CLASSES.items():
            space.add(texts, label)
        space.answer_log.remember("answers")
        space.settle()
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:
        for state in ("please settle", "please apply", "please settle"):
            body = {"state": state, "questions": {"a": question(*CLASSES)}}
            assert client.post(ROUTE, json=body).status_code == 200
        documents = client.get("/v1/spaces/mail/inbox").json()["documents"]
    assert len({one["id"] for one in documents}) == len(documents) == 2
    assert all(one["id"] == f"state {one['key'][:8]}" for one in documents)


def test_options_that_come_as_a_list_are_refused_with_the_form_that_is_taken(ask):
    post, _ = ask
    text = "Please transfer the amount of this invoice."
    body = question(*CLASSES)
    refused = post(state=text, questions={"kind": body | {"criteria": list(CLASSES)}})
    assert refused.status_code == 422
    assert refused.json()["title"] == "body.questions.kind.criteria: no object"
    form = re.search(r"{.*}", refused.json()["expected"])
    assert form is not None
    values = {*json.loads(form[0]).values()}
    assert len(values) == 1
    obeyed = body | {"criteria": dict.fromkeys(CLASSES, values.pop())}
    assert post(state=text, questions={"kind": obeyed}).status_code == 200
