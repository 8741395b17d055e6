"""A version that a backup gave again is another one, to a page or a program that stayed open."""

from __future__ import annotations

import json
import shutil

import pytest
from own_service import served
from service_process import make_space, service

from protolabel import LabelSpace
from protolabel.client import Client, ServiceError
from protolabel.store.restoring import restore_backup

pytestmark = pytest.mark.slow

SPACE = "/v1/spaces/mail"
RENAME = {"kind": "rename", "old": "cv", "new": "resume"}
ADDITION = {"kind": "add", "examples": [{"label": "cv", "text": "more work"}]}


@pytest.fixture
def histories(tmp_path):
    """A file that is served, and a copy that went its own way to the same version."""
    path, copy = make_space(tmp_path / "mail.space"), tmp_path / "copy.space"
    shutil.copy(path, copy)
    for one, name in ((path, "bill"), (copy, "account")):
        with LabelSpace(one, background=False) as space:
            space.rename("invoice", name)
    return path, copy


def put_back(copy, path) -> None:
    restore_backup(str(copy), str(path), replace_existing=True)


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("changes", RENAME),
        ("correct", {"document": "1", "to": "cv"}),
        ("refute", {"document": "1", "label": "cv"}),
        ("jobs", {"kind": "change", "change": ADDITION}),
    ],
)
def test_a_write_that_was_prepared_before_a_restore_is_refused_after_it(histories, route, body):
    path, copy = histories
    with served(path) as ask:
        before = ask("GET", "").headers["etag"]
    put_back(copy, path)
    with served(path) as ask:
        now = ask("GET", "").headers["etag"]
        assert before.partition("-")[0] == now.partition("-")[0]
        if "document" in body:
            examples = ask("GET", "/examples?label=account").json()["examples"]
            body = body | {"document": examples[0]["id"]}
        stale = ask("POST", f"/{route}", body, **{"If-Match": before})
        if route == "jobs":
            events = ask("GET", f"/jobs/{stale.json()['id']}/events").text.splitlines()
            assert json.loads(events[-1])["error"]["status"] == 412
        else:
            assert stale.status_code == 412
        assert ask("GET", "").headers["etag"] == now
        present = ask("POST", f"/{route}", body, **{"If-Match": now})
        assert present.is_success, present.text


def test_of_two_changes_of_one_number_that_of_the_other_copy_is_not_undone(histories):
    path, copy = histories
    with service(str(path)) as client:
        own = client.get(f"{SPACE}/history?limit=1").json["changes"][0]
    put_back(copy, path)
    with service(str(path)) as client:
        other = client.get(f"{SPACE}/history?limit=1").json["changes"][0]
        assert (own["version"], own["kind"]) == (other["version"], other["kind"])
        undo = {"version": own["version"], "mark": own["mark"]}
        assert client.post(f"{SPACE}/undo", undo).status == 409
        with Client(f"http://127.0.0.1:{client.port}", "mail") as mail:
            with pytest.raises(ServiceError) as refused:
                mail.undo(own)
            assert refused.value.status == 409
            assert mail.undo(other)["change"]["reverts"] == other["version"]


def test_a_program_holds_a_change_to_the_answer_that_it_has_seen(histories):
    path, copy = histories
    with service(str(path)) as client, Client(f"http://127.0.0.1:{client.port}", "mail") as mail:
        about = mail.info()
    put_back(copy, path)
    with service(str(path)) as client, Client(f"http://127.0.0.1:{client.port}", "mail") as mail:
        with pytest.raises(ServiceError) as stale:
            mail.change("rename", only_at=about, old="cv", new="resume")
        assert stale.value.status == 412
        change = mail.change("rename", only_at=mail.info(), old="cv", new="resume")
        assert mail.change("rename", only_at=change, old="resume", new="cv")["version"] > 0


def test_every_answer_of_a_version_has_its_mark(tmp_path):
    with served(make_space(tmp_path / "mail.space")) as ask:
        about = ask("GET", "").json()
        expected = '"{version}-{mark}"'.format_map(about)
        for route in ("", "/classes", "/history", "/inbox", "/proposals", "/jobs", "/conflicts"):
            assert ask("GET", route).headers["etag"] == expected
        changes = ask("GET", "/history").json()["changes"]
        audit = [json.loads(line) for line in ask("GET", "/audit").text.splitlines()]
        assert [one["mark"] for one in audit] == [one["mark"] for one in reversed(changes)]
        assert changes[0]["mark"] == about["mark"]
        assert len({one["mark"] for one in changes}) == len(changes)
