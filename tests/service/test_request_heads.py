"""A connection whose headers never end, or stop coming, is closed, and the answer says why."""

from __future__ import annotations

import asyncio
import json
import re
import socket

import pytest
import uvicorn
from service_process import Client
from uvicorn.server import ServerState

from protolabel.service.app import make_app
from protolabel.service.limits import Bounds
from protolabel.service.options import Options
from protolabel.service.request_heads import BoundedHeads

HEAD = b"GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def _answers(parts: list[bytes]) -> bytes:
    """Send parts of a request to a service of short patience; return all that it sends."""
    bounds = Bounds(head_seconds=0.2)
    config = uvicorn.Config(make_app({}, Options(bounds=bounds))[1], lifespan="off")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: BoundedHeads(config, ServerState(), {}, bounds=bounds), "127.0.0.1", 0
    )
    async with server, asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.05)
        content = await reader.read()
        writer.close()
    return content


def answers(*parts: bytes) -> bytes:
    return asyncio.run(_answers([*parts]))


@pytest.mark.parametrize("beginning", [HEAD[:9], HEAD, HEAD + b"X-Long: a"])
def test_headers_that_stop_coming_are_answered_408(beginning):
    head, body = answers(beginning).split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nconnection: close" in head
    assert b"\r\nx-content-type-options: nosniff" in head
    problem = json.loads(body)
    assert "within 0.2 s" in problem["title"]
    assert problem["expected"]


def test_headers_of_a_second_request_that_stop_coming_are_answered_408():
    content = answers(HEAD + b"\r\n", HEAD)
    assert re.findall(rb"HTTP/1\.1 (\d+)", content) == [b"200", b"408"]


def test_headers_that_are_too_large_are_answered_431():
    long_value = b"X-Long: " + b"a" * 40_000
    head, body = answers(HEAD, long_value, b"a" * 40_000).split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert "65,536 bytes" in json.loads(body)["title"]


@pytest.mark.parametrize("parts", [(), (b"\r\n",), (HEAD + b"\r\n", b"\r\n")])
def test_a_connection_on_which_nobody_asks_is_closed_without_a_word(parts):
    content = answers(*parts)
    assert content.count(b"HTTP/1.1 ") == content.count(b"HTTP/1.1 200 OK") == (len(parts) > 1)


def test_headers_that_come_in_time_are_answered_however_they_are_cut():
    whole = HEAD + b"Connection: close\r\n\r\n"
    assert answers(whole[:30], whole[30:50], whole[50:]).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("beginning", "more"),
    [(HEAD, b"X-More: " + b"a" * 1000 + b"\r\n"), (HEAD + b"X-Long: ", b"a" * 1000),
     (b"GET /", b"a" * 1000)],
    ids=["headers", "value", "address"],
)  # fmt: skip
def test_a_head_without_end_is_cut_off_before_it_fills_the_memory(client: Client, beginning, more):
    most = 64 * 2**20  # far more than the buffers of the system hold
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        connection.sendall(beginning)
        n_bytes = 0
        with pytest.raises(ConnectionError):
            while n_bytes < most:
                connection.sendall(more)
                n_bytes += len(more)
    assert client.get("/v1/live").status == 200
