"""A document that was sent is one document, in whatever folder the service was started."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from commands import call
from mailboxes import Mail, write_mailbox
from service_process import make_space, service
from waiting import until

pytestmark = pytest.mark.slow

SPACE = "/v1/spaces/mail"
FILES = {"few/a.txt": "please pay this bill", "few/b.txt": "my skills and work"}
ROWS = "few/rows.csv", "text\npay the rent\nthe work of years\n"


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space", remember="text")


def read(client, tmp_path):
    """Read files as the page does, and return their documents."""
    write_mailbox(tmp_path / "box.mbox", [Mail("two chairs"), Mail("a table")])
    contents = {name: text.encode() for name, text in [*FILES.items(), ROWS]}
    contents["few/box.mbox"] = (tmp_path / "box.mbox").read_bytes()
    documents = []
    for name, content in contents.items():
        reply = client.post(f"{SPACE}/read?name={quote(name)}", content)
        documents += reply.json["documents"]
    return [{name: one[name] for name in ("id", "text", "source")} for one in documents]


def by_inbox(client, tmp_path):
    body = {"documents": read(client, tmp_path)}
    assert client.post(f"{SPACE}/inbox", body).status == 200


def by_label(client, tmp_path):
    body = {"documents": read(client, tmp_path)}
    assert client.post(f"{SPACE}/label", body).status == 200


def by_stream(client, tmp_path):
    lines = [json.dumps(one).encode() + b"\n" for one in read(client, tmp_path)]
    assert client.post(f"{SPACE}/label/stream", iter(lines)).status == 200


def by_file(client, tmp_path):
    write_mailbox(tmp_path / "box.mbox", [Mail("two chairs"), Mail("a table")])
    contents = {name: text.encode() for name, text in [*FILES.items(), ROWS]}
    contents["few/box.mbox"] = (tmp_path / "box.mbox").read_bytes()
    for name, content in contents.items():
        assert client.post(f"{SPACE}/label/file?name={quote(name)}", content).status == 200


WAYS = by_inbox, by_label, by_stream, by_file


def listed(client):
    return client.get(f"{SPACE}/inbox").json["documents"]


def decide(client):
    labels = {one["key"]: "cv" for one in listed(client)[::2]}
    assert client.post(f"{SPACE}/inbox/decisions", {"labels": labels}).status == 200
    return {(one["key"], one["source"], one["by"]) for one in listed(client)}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_sent_stays_decided_where_the_service_is_started_elsewhere(
    path, folders, tmp_path, way
):
    with service(str(path), folder=folders[0]) as client:
        way(client, tmp_path)
        before = decide(client)
        assert len(before) == 6
    with service(str(path), folder=folders[1]) as client:
        way(client, tmp_path)
        assert {(one["key"], one["source"], one["by"]) for one in listed(client)} == before


def test_a_file_of_the_followed_folder_is_that_of_the_command_line(path, folders):
    (folders[1] / "may").mkdir()
    (folders[1] / "may" / "a.txt").write_text("please pay this bill")
    with service(str(path), "--follow", str(folders[1]), folder=folders[0]) as client:
        until(lambda: len(listed(client)) == 1)
        before = decide(client)
    call("label", path, folders[1])
    with service(str(path), folder=folders[0]) as client:
        (one,) = listed(client)
        assert [(one["key"], one["by"])] == [(key, by) for key, _, by in before]


def test_what_the_followed_folder_holds_is_one_document_with_what_is_dropped(path, folders):
    (folders[1] / "a.txt").write_text("please pay this bill")
    with service(str(path), "--follow", str(folders[1]), folder=folders[0]) as client:
        until(lambda: len(listed(client)) == 1)
        before = decide(client)
        documents = [{"id": "a.txt", "text": "please pay this bill", "source": "a.txt"}]
        assert client.post(f"{SPACE}/inbox", {"documents": documents}).status == 200
        assert {(one["key"], one["source"], one["by"]) for one in listed(client)} == before
