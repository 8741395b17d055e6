"""A decision that says what its person saw is refused where others have decided otherwise since."""

from __future__ import annotations

import pytest
from service_process import make_space

SPACE = "/v1/spaces/mail"
TEXT = "please pay this bill"
NOTHING: dict[str, list[str]] = {}


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space", remember="text")


@pytest.fixture
def key(own):
    body = {"documents": [{"id": "bill.txt", "text": TEXT, "source": "bill.txt"}]}
    return own.post(f"{SPACE}/inbox", body).json["documents"][0]["key"]


def decision_on(own):
    """Return what people have decided on the only document."""
    (one,) = own.get(f"{SPACE}/inbox").json["documents"]
    return one["label"] if one["by"] == "person" else one.get("refused", [])


def decisions(key):
    """Return each way to decide, with the document's own answer: which class it is, or is not."""
    example = {"text": TEXT, "source": "bill.txt"}
    return {
        "decisions": ("/inbox/decisions", {"labels": {key: "cv"}}),
        "correct": ("/correct", {"document": key, "to": "cv"}),
        "change": ("/changes", {"kind": "correct", "examples": [example | {"label": "cv"}]}),
        "refute": ("/refute", {"document": key, "label": ["cv", "invoice"]}),
        "negative": (
            "/changes",
            {
                "kind": "refute",
                "examples": [example | {"not_label": one} for one in ("cv", "invoice")],
            },
        ),
        "undo": ("/undo", {"keys": [key], "examples": "all"}),
    }


WAYS = [*decisions("")]


@pytest.mark.parametrize("way", WAYS)
def test_who_saw_it_undecided_does_not_replace_a_decision_of_another(own, key, way):
    assert own.post(f"{SPACE}/inbox/decisions", {"labels": {key: "invoice"}}).status == 200
    route, body = decisions(key)[way]
    version = own.get(SPACE).json["version"]
    refused = own.post(SPACE + route, body | {"as_seen": {key: NOTHING}})
    assert refused.status == 409, refused.body
    assert refused.json["type"] == "urn:protolabel:DecidedOtherwise"
    assert decision_on(own) == "invoice"
    assert own.get(SPACE).json["version"] == version
    state = {key: {"labels": ["invoice"]}}
    assert own.post(SPACE + route, body | {"as_seen": state}).status == 200
    assert decision_on(own) != "invoice"  # on purpose, it is decided anew


@pytest.mark.parametrize("way", WAYS)
def test_who_says_nothing_of_what_was_seen_decides_in_any_case(own, key, way):
    assert own.post(f"{SPACE}/inbox/decisions", {"labels": {key: "invoice"}}).status == 200
    route, body = decisions(key)[way]
    assert own.post(SPACE + route, body).status == 200
    assert decision_on(own) != "invoice"


@pytest.mark.parametrize("way", ["decisions", "correct", "change"])
def test_a_class_is_not_given_where_another_has_refused_classes_since(own, key, way):
    assert own.post(f"{SPACE}/refute", {"document": key, "label": ["cv"]}).status == 200
    route, body = decisions(key)[way]
    assert own.post(SPACE + route, body | {"as_seen": {key: NOTHING}}).status == 409
    assert decision_on(own) == ["cv"]
    state = {key: {"refused": ["cv"]}}
    assert own.post(SPACE + route, body | {"as_seen": state}).status == 200
    assert decision_on(own) == "cv"


@pytest.mark.parametrize("way", WAYS[:-1])
def test_the_same_decision_twice_is_none_otherwise(own, key, way):
    route, body = decisions(key)[way]
    for _ in range(2):
        assert own.post(SPACE + route, body | {"as_seen": {key: NOTHING}}).status == 200


@pytest.mark.parametrize("way", WAYS)
def test_what_is_sent_again_under_its_key_gets_its_answer_again(own, key, way):
    """Its answer was lost; by now somebody else has decided on the document."""
    route, body = decisions(key)[way]
    if way == "undo":
        assert own.post(f"{SPACE}/inbox/decisions", {"labels": {key: "cv"}}).status == 200
    sent = body | {"as_seen": {key: {"labels": ["cv"] if way == "undo" else []}}}
    first = own.post(SPACE + route, sent, {"Idempotency-Key": "once"})
    assert first.status == 200, first.body
    other = {"labels": {key: "letter"}}
    assert own.post(f"{SPACE}/inbox/decisions", other).status == 200
    again = own.post(SPACE + route, sent, {"Idempotency-Key": "once"})
    assert (again.status, again.json) == (200, first.json)
    assert decision_on(own) == "letter"


def test_a_document_whose_decision_was_taken_back_is_open_to_who_saw_it(own, key):
    state = {key: {"labels": ["invoice"]}}
    body = {"labels": {key: "cv"}, "as_seen": state}
    assert own.post(f"{SPACE}/inbox/decisions", body).status == 200


def test_decisions_that_are_taken_back_are_there_again_after_a_return(own, key):
    decided = own.post(f"{SPACE}/inbox/decisions", {"labels": {key: "letter"}}).json
    change = own.post(f"{SPACE}/undo", {"keys": [key], "examples": "all"}).json["change"]
    assert change["kind"] == "remove"
    assert decision_on(own) == []
    back = {"kind": "return", "version": decided["version"]}
    assert own.post(f"{SPACE}/changes", back).status == 200
    assert decision_on(own) == "letter"
