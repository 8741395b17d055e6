"""A body that stops coming is given up in time, and the answer says so."""

from __future__ import annotations

import asyncio
import json

from protolabel.service.app import make_app
from protolabel.service.limits import Bounds
from protolabel.service.options import Options


def test_a_body_that_stops_coming_is_answered_408():
    _, guarded = make_app({}, Options(bounds=Bounds(body_seconds=0.01)))
    parts = [{"type": "http.request", "body": b'{"docu', "more_body": True}]
    answer = []

    async def receive():
        if parts:
            return parts.pop()
        return await asyncio.Event().wait()

    async def send(message):
        answer.append(message)

    path = "/v1/spaces/mail/label"
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 9), "scheme": "http",
        "server": ("127.0.0.1", 80), "http_version": "1.1", "root_path": "",
    }  # fmt: skip

    async def bounded():
        async with asyncio.timeout(60):
            await guarded(scope, receive, send)

    asyncio.run(bounded())
    assert answer[0]["status"] == 408
    assert "within" in json.loads(answer[1]["body"])["title"]
