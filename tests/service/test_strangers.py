"""Whoever shows no key that is known hears of the key; no part of the body is read."""

from __future__ import annotations

import asyncio
import json

from service_process import make_space, service
from service_routes import routes

from protolabel.service.app import make_app
from protolabel.service.keys import add_key, remove_key
from protolabel.service.options import Options


def strangers(keys):
    """Return headers of those who are not known: of nobody, and of a key that was removed."""
    add_key(keys, "bot", "label")
    secret = add_key(keys, "old", "label")
    remove_key(keys, "old")
    return [{}, {"Authorization": f"Bearer {secret}"}]


def test_no_part_of_a_strangers_body_is_asked_for(tmp_path):
    """By any route with a role, whatever the body is; its size is nobody's concern then."""
    headers = strangers(tmp_path / "keys.json")
    make_space(tmp_path / "mail.space")
    options = Options(keys_path=str(tmp_path / "keys.json"))
    _, guarded = make_app({"mail": tmp_path / "mail.space"}, options)
    lengths = [{"content-length": str(2**n)} for n in (4, 14, 30)]
    lengths.append({"transfer-encoding": "chunked"})
    changing = [(method, path) for method, path, role in routes() if role and method != "GET"]
    for method, path in changing:
        for who in headers:
            for length in lengths:
                kind = {"host": "localhost", "content-type": "application/json"}
                status = asyncio.run(
                    unread_status(
                        guarded, method, path.replace("{space}", "mail"), who | length | kind
                    )
                )
                assert status == 401, (method, path, length)


async def unread_status(app, method, path, headers):
    """Return the status of the answer to a request whose body must not be asked for."""
    sent = []

    async def receive():
        raise AssertionError(f"{method} {path}: the body is read")

    async def send(message):
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": raw, "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"]


def test_a_stranger_is_told_of_the_key_whatever_the_body_is(tmp_path):
    headers = strangers(tmp_path / "keys.json")
    space = make_space(tmp_path / "mail.space")
    letter = json.dumps({"documents": [{"text": "pay the bill " * 800}]}).encode()
    large = b"[" + b"{}," * 100_000 + b"{}]"
    with service(str(space), "--keys", str(tmp_path / "keys.json")) as client:
        for who in headers:
            for body in (b"{}", b"{", letter, large):
                for route in ("label", "label/stream", "inbox", "changes", "read?name=a.txt"):
                    kind = {"Content-Type": "application/json"}
                    reply = client.ask("POST", f"/v1/spaces/mail/{route}", body, who | kind)
                    assert reply.status == 401, (route, len(body), reply.body)
                    assert "key" in reply.json["title"]
        reply = client.post("/v1/session", {"key": "x" * 9000})  # no key is as long
        assert reply.status == 413
