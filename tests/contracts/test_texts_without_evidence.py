"""An empty or meaningless text is declined with its reason at every door; others are answered."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from commands import records
from fakes import WordEncoder
from own_service import served
from starlette.testclient import TestClient

from protolabel import Document, LabelSpace, PrototypicalClassifier
from protolabel.client import Client
from protolabel.errors import InputError
from protolabel.open_world.discovery import discover
from protolabel.readers import read_documents
from protolabel.service.app import make_app
from protolabel.service.options import Options

SILENT = {
    "empty": ("", "the text is empty"),
    "blank": (" \n\t", "the text is blank"),
    "invisible": ("\u200b\u2060", "without a visible character"),
    "rubbish": ("\ue001\ue002\ue003 \ue004\ufffd ab", "mean nothing"),
}
TEXTS = [text for text, _ in SILENT.values()]
MIXED = [TEXTS[0], "pay the bill", *TEXTS[1:], "my work"]
LABELS = [None, "bill", None, None, None, "cv"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    where = tmp_path_factory.mktemp("silent") / "mail.space"
    with LabelSpace.create(where, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "please pay"], "bill")
        space.add(["my work so far", "cv"], "cv")
    return where


@pytest.fixture(scope="module")
def space(path):
    with LabelSpace(path, background=False) as one:
        yield one


@pytest.fixture(scope="module")
def ask(path):
    with served(path) as one:
        yield one


@pytest.mark.parametrize("name", list(SILENT)[1:])  # an empty file is called an empty file
def test_the_library_says_of_a_text_what_it_says_of_a_file(tmp_path, path, space, name):
    text, words = SILENT[name]
    (tmp_path / "a.txt").write_text(text)
    (document,) = read_documents(tmp_path / "a.txt")
    answer = space.label(text)
    assert (answer.label, answer.score, answer.alternatives) == (None, None, ())
    assert words in answer.reason
    assert answer.reason == document.unreadable == space.label(document).reason
    (typed,) = records("label", path, "--text", text, "--json")
    assert typed["reason"].replace("--", "") == answer.reason


def test_each_way_through_the_library_answers_the_others(space):
    table = pd.DataFrame({"text": MIXED, "id": list("abcdef")})
    for stream in (
        space.label_many(MIXED),
        space.label_each(MIXED),
        space.label_many(table),
        space.view().label_many([Document(str(i), text) for i, text in enumerate(MIXED)]),
    ):
        assert [answer.label for answer in stream] == LABELS


def test_the_service_answers_them_as_the_library_does(ask, space):
    documents = [{"text": text} for text in MIXED]
    reasons = [answer.reason for answer in space.label_many(MIXED, evidence=0)]
    reply = ask("POST", "/label", {"documents": documents, "evidence": 0}).json()["answers"]
    lines = "\n".join(map(json.dumps, documents)).encode()
    stream = ask("POST", "/label/stream", lines, **{"Content-Type": "application/x-ndjson"})
    inbox = ask("POST", "/inbox", {"documents": documents}).json()["documents"]
    for answers in (
        reply,
        [json.loads(line) for line in stream.content.splitlines()],
        [item["answer"] for item in inbox],
    ):
        assert [answer["label"] for answer in answers] == LABELS
        assert [answer["reason"] for answer in answers] == reasons
    explained = ask("POST", "/explain", {"document": {"text": ""}})
    assert explained.status_code == 200
    assert explained.json()["answer"]["reason"] == reasons[0]


def test_the_client_gets_them_too(path):
    _, guarded = make_app({"mail": path}, Options())
    with (
        TestClient(guarded, base_url="http://localhost") as http,
        Client("http://localhost", "mail", http=http) as client,
    ):
        assert [one["label"] for one in client.label(MIXED)["answers"]] == LABELS
        assert [one["label"] for one in client.label_many(MIXED, batch=2)] == LABELS


def test_a_hosted_model_cannot_decline_and_refuses(path):
    _, guarded = make_app({"mail": path}, Options())
    question = {"type": "choice", "criteria": {"bill": None, "cv": None}}
    with TestClient(guarded, base_url="http://localhost") as http:
        for text in TEXTS:
            body = {"model": "mail", "state": {"subject": text}, "questions": {"kind": question}}
            reply = http.post("/v1/systemone", json=body)
            assert reply.status_code == 422
            assert reply.json()["title"].startswith("the state: ")


def test_they_are_in_no_pool_of_declined_documents(space):
    documents = [Document(f"{i}", text) for i, text in enumerate(TEXTS * 3)]
    assert discover(space, documents, least=2).proposals == ()


@pytest.mark.parametrize("text", TEXTS)
def test_teaching_from_one_is_refused_everywhere(path, space, ask, text):
    version = space.version
    for teach in (
        lambda: space.add(text, "bill"),
        lambda: space.add([Document("a", text)], ["bill"]),
        lambda: space.refute(Document("a", text), "bill"),
        lambda: PrototypicalClassifier(WordEncoder()).fit(["pay", text], ["bill", "cv"]),
    ):
        with pytest.raises(InputError):
            teach()
    example = {"label": "bill", "text": text}
    refusal = ask("POST", "/changes", {"kind": "add", "examples": [example]})
    assert (refusal.status_code, space.version) == (422, version)


def test_an_estimator_declines_them_where_it_may_and_warns_where_it_may_not():
    texts, labels = ["pay bill", "pay", "cv work", "cv"], ["bill", "bill", "cv", "cv"]
    estimator = PrototypicalClassifier(WordEncoder(), abstain=0.1).fit(texts, labels)
    answers = ["none of these" if label is None else label for label in LABELS]
    mixed = [text.replace("the ", "").replace("my ", "") for text in MIXED]
    assert estimator.predict(mixed).tolist() == answers
    words = r"4 of 6 texts are no evidence.*: document 0: the text is empty; .*abstain='auto'"
    with pytest.warns(UserWarning, match=words):
        assert estimator.predict_proba(mixed).shape == (6, 2)
    with pytest.warns(UserWarning, match=words):
        estimator.decision_function(mixed)
    estimator.set_params(abstain=None)
    with pytest.warns(UserWarning, match=words):
        assert estimator.predict(mixed).tolist()[1::4] == ["bill", "cv"]
