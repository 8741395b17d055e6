"""A request that says which label space it is for, once another one has that name."""

from __future__ import annotations

import shutil

import pytest
from service_process import make_space, service

ADDITION = {"kind": "add", "examples": [{"label": "cv", "text": "more work"}]}
PLACE = "/v1/spaces/mail"


@pytest.fixture
def two(tmp_path):
    """Return a label space, a backup of it, and another one of the same name."""
    paths = [tmp_path / name / "mail.space" for name in ("one", "backup", "other")]
    for path in paths:
        path.parent.mkdir()
    make_space(paths[0])
    shutil.copy(paths[0], paths[1])
    make_space(paths[2])
    return paths


def header(identity):
    return {"Label-Space": identity}


def test_a_request_for_one_label_space_is_not_carried_out_in_another(two):
    with service(str(two[0]), "--no-browser") as client:
        identity = client.get(PLACE).json["identity"]
        assert client.post(f"{PLACE}/changes", ADDITION, header(identity)).status == 200
        assert client.get(PLACE).json["identity"] == identity
    with service(str(two[2]), "--no-browser") as client:
        about = client.get(PLACE).json
        assert about["identity"] != identity
        n_changes = len(client.get(f"{PLACE}/history").json["changes"])
        documents = {"documents": [{"text": "wet snow"}]}
        replies = [
            client.post(f"{PLACE}/changes", ADDITION, header(identity)),
            client.post(f"{PLACE}/inbox", documents, header(identity)),
            client.post(f"{PLACE}/label", documents, header(identity)),
            client.post(f"{PLACE}/jobs", {"kind": "settle"}, header(identity)),
            client.ask("GET", f"{PLACE}/classes", headers=header(identity)),
        ]
        assert [reply.status for reply in replies] == [412] * len(replies)
        assert {reply.json["type"] for reply in replies} == {"urn:protolabel:PreconditionFailed"}
        assert client.get(PLACE).json["version"] == about["version"]
        assert len(client.get(f"{PLACE}/history").json["changes"]) == n_changes
        assert client.post(f"{PLACE}/changes", ADDITION).status == 200


def test_a_backup_is_the_label_space_that_it_was_made_of(two):
    with service(str(two[0]), "--no-browser") as client:
        identity = client.get(PLACE).json["identity"]
    with service(str(two[1]), "--no-browser") as client:
        assert client.post(f"{PLACE}/changes", ADDITION, header(identity)).status == 200
