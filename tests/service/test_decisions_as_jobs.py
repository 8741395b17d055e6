"""Decisions on many documents as long work: one change, held to what was seen, or nothing."""

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


def last_line(own, body):
    reply = own.post(f"{SPACE}/jobs", body)
    assert reply.status == 202, reply.body
    lines = own.get(f"{SPACE}/jobs/{reply.json['id']}/events").body.splitlines()
    return json.loads(lines[-1])


def decided(own):
    documents = own.get(f"{SPACE}/inbox").json["documents"]
    return {one["key"]: one["label"] for one in documents if one["by"] == "person"}


def test_a_job_decides_on_all_documents_as_one_change_that_one_undo_takes_back(own, keys):
    labels = dict(zip(keys, ["invoice", "cv", "letter"], strict=True))
    before = own.get(SPACE).json["version"]
    sights = {key: {} for key in keys}
    decisions = {"labels": labels, "as_seen": sights}
    job = last_line(own, {"kind": "decide", "decisions": decisions})
    assert (job["state"], job["version"]) == ("done", before + 1)
    assert decided(own) == labels
    undo = {"version": job["version"], "keys": keys}
    assert own.post(f"{SPACE}/undo", undo).status == 200
    assert decided(own) == {}


def correction(label):
    return [{"label": label, "text": text} for text in TEXTS]


@pytest.mark.parametrize("kind", ["decide", "change"])
def test_a_job_decides_nothing_where_somebody_has_decided_otherwise_on_one_document(
    own, keys, kind
):
    assert own.post(f"{SPACE}/inbox/decisions", {"labels": {keys[1]: "invoice"}}).status == 200
    before = own.get(SPACE).json["version"]
    sights = {key: {} for key in keys}
    body = (
        {"decisions": {"labels": dict.fromkeys(keys, "cv"), "as_seen": sights}}
        if kind == "decide"
        else {"change": {"kind": "correct", "examples": correction("cv"), "as_seen": sights}}
    )
    job = last_line(own, {"kind": kind} | body)
    assert job["state"] == "failed"
    assert job["error"]["type"] == "urn:protolabel:DecidedOtherwise"
    assert own.get(SPACE).json["version"] == before
    assert decided(own) == {keys[1]: "invoice"}


@pytest.mark.parametrize(
    "body",
    [{"kind": "decide"}, {"kind": "settle", "decisions": {"labels": {"a": "cv"}}}],
)
def test_decisions_belong_to_the_kind_decide_and_to_no_other(own, body):
    assert own.post(f"{SPACE}/jobs", body).status == 422
