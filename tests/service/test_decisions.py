"""A program written for a hosted decision model asks a label space in its stead."""

from __future__ import annotations

import pytest
from contract import check
from office_documents import CLASSES
from starlette.testclient import TestClient

from protolabel import LabelSpace
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
            check("POST", ROUTE, reply.status_code, reply.headers["content-type"], reply.content)
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
