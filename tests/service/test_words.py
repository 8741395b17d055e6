"""Words of remembered documents are for those who may label; role read sees names and answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from service_process import make_space, service
from service_routes import ask, routes
from spelt_numbers import spelt

from protolabel import Document, LabelSpace
from protolabel.open_world.accepting import refuse
from protolabel.open_world.discovery import discover
from protolabel.service.keys import ROLES, add_key

WEATHER = [f"sunny weather with wind from Zanzibar on day {spelt(n)}" for n in range(6)]
SOUP = [f"tomato soup and bread from Zanzibar for lunch {spelt(n)}" for n in range(5)]
BILLS = ["please pay Zanzibar", "pay the amount due to Zanzibar"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A label space with groups that were proposed and refused, and one that was suggested."""
    folder = tmp_path_factory.mktemp("words")
    with LabelSpace(make_space(folder / "mail.space"), background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many([Document(f"b{i}", text) for i, text in enumerate(BILLS)]))
        space.answer_log.write(5)
        space.add(["please pay", "pay the amount due"], "payment")
        space.configure(threshold=0.95)
        list(space.label_many([Document(f"w{i}", text) for i, text in enumerate(WEATHER)]))
        list(space.label_many([Document(f"s{i}", text) for i, text in enumerate(SOUP)]))
        refuse(space, discover(space).proposals[1:])
    return folder


def test_no_route_sends_words_of_remembered_documents_to_role_read(folder):
    secrets = {role: add_key(folder / "keys.json", role, role) for role in ROLES}
    gets = [path for method, path, role in routes() if method == "GET" and role]
    with service(str(folder / "mail.space"), "--keys", str(folder / "keys.json")) as client:
        key = client.get("/v1/spaces/mail/inbox", Authorization=f"Bearer {secrets['read']}").json[
            "documents"
        ][0]["key"]
        full = set()
        for path in gets:
            place = path.replace("{key}", key).replace("{version}", "3")
            place += "?label=cv" if path.endswith("/examples") else ""
            body = ask(client, "GET", place, secrets["read"]).body
            assert b"Zanzibar" not in body, path
            assert b"zanzibar" not in body.lower(), path
            if b"zanzibar" in ask(client, "GET", place, secrets["label"]).body.lower():
                full.add(path.removeprefix("/v1/spaces/{space}/"))
        assert {"inbox", "inbox/{key}", "next", "proposals", "proposals/refused"} <= full
