"""Several remembered documents are of none of the classes: one change, held to what was seen."""

from __future__ import annotations

import json

import pytest
from service_process import make_space

SPACE = "/v1/spaces/mail"
TEXTS = ["please pay this bill", "my skills and work so far", "the amount is due"]


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space", remember="text")


@pytest.fixture
def keys(own):
    body = {"documents": [{"id": text[:6], "text": text} for text in TEXTS]}
    return [one["key"] for one in own.post(f"{SPACE}/inbox", body).json["documents"]]


def classes(own):
    return {one["name"] for one in own.get(f"{SPACE}/classes").json["classes"]}


def refused(own):
    documents = own.get(f"{SPACE}/inbox").json["documents"]
    return {one["key"]: set(one["refused"]) for one in documents if one.get("refused")}


@pytest.mark.parametrize("way", ["at once", "as a job"])
def test_an_empty_list_says_that_each_document_is_of_none_of_the_classes(own, keys, way):
    before = own.get(SPACE).json["version"]
    decisions = {"labels": {key: [] for key in keys[:2]}, "as_seen": {key: {} for key in keys[:2]}}
    if way == "at once":
        reply = own.post(f"{SPACE}/inbox/decisions", decisions)
        assert reply.status == 200, reply.body
        version = reply.json["version"]
    else:
        job = own.post(f"{SPACE}/jobs", {"kind": "decide", "decisions": decisions}).json
        lines = own.get(f"{SPACE}/jobs/{job['id']}/events").body.splitlines()
        version = json.loads(lines[-1])["version"]
    assert version == before + 1
    assert refused(own) == dict.fromkeys(keys[:2], classes(own))
    undo = {"version": version, "keys": keys[:2]}
    assert own.post(f"{SPACE}/undo", undo).status == 200
    assert refused(own) == {}


def test_a_class_for_some_and_none_for_others_is_refused_and_decides_nothing(own, keys):
    before = own.get(SPACE).json["version"]
    reply = own.post(f"{SPACE}/inbox/decisions", {"labels": {keys[0]: "cv", keys[1]: []}})
    assert reply.status == 422
    assert own.get(SPACE).json["version"] == before


def test_it_is_refused_where_somebody_has_given_one_of_them_a_class_since(own, keys):
    assert own.post(f"{SPACE}/inbox/decisions", {"labels": {keys[0]: "cv"}}).status == 200
    body = {"labels": {key: [] for key in keys}, "as_seen": {key: {} for key in keys}}
    reply = own.post(f"{SPACE}/inbox/decisions", body)
    assert (reply.status, reply.json["type"]) == (409, "urn:protolabel:DecidedOtherwise")
    assert refused(own) == {}


def test_who_said_the_same_meanwhile_stands_in_nobodys_way(own, keys):
    body = {"labels": {key: [] for key in keys}, "as_seen": {key: {} for key in keys}}
    assert own.post(f"{SPACE}/inbox/decisions", body).status == 200
    assert own.post(f"{SPACE}/inbox/decisions", body).status == 200


def test_the_name_of_an_answer_without_a_class_is_refused_in_a_sentence(own, keys):
    """Before: `a class named 'none of these' a name that an answer without a class does not`."""
    reply = own.post(f"{SPACE}/inbox/decisions", {"labels": {keys[0]: "none of these"}})
    assert reply.status == 409
    assert reply.json["title"] == "no class can be named 'none of these'"
