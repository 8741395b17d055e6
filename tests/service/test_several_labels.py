"""What the service answers where documents may have several labels, against its own contract."""

from __future__ import annotations

import pytest
from service_process import service
from several_letters import make_letters

SPACE = "/v1/spaces/mail"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = make_letters(tmp_path_factory.mktemp("letters") / "mail.space")
    with service(str(path), "--no-browser") as client:
        yield client


def test_an_evaluation_is_as_the_contract_says(own):
    settings = own.get(f"{SPACE}/evaluation").json["settings"]
    assert settings["labels"] == "several"
    assert 0.0 < settings["threshold"] < 1.0


def test_a_change_has_its_key_and_what_changes_nothing_has_none(own):
    """So the page tells a version, which it can undo, from a decision about a remembered answer."""
    document = next(d for d in own.get(f"{SPACE}/inbox").json["documents"] if d["id"] == "fee")
    body = {"labels": {document["key"]: ["invoice", "urgent"]}}

    def decide(key):
        return own.post(f"{SPACE}/inbox/decisions", body, {"Idempotency-Key": key}).json

    assert decide("first-decision")["detail"]["key"] == "first-decision"
    assert "key" not in decide("the-same-again")["detail"]
    body["labels"][document["key"]] = ["invoice"]
    change = decide("one-label-less")
    assert change["detail"]["key"] == "one-label-less"
    assert len(change["detail"]["removed"]) == 1
    assert not change["detail"]["moved"]
    assert not change["detail"]["examples"]
