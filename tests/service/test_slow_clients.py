"""Clients that send their headers slowly, or do not read their answers, hold up no other."""

from __future__ import annotations

import json
import select
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
from service_process import Client, make_space, service

from protolabel import LabelSpace

SPACE = "/v1/spaces/mail"
N_SLOW = 100


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_space(tmp_path / "mail.space")


def opened(client: Client, stack: ExitStack, buffer: int = 0) -> socket.socket:
    """Connect to a service; ``buffer``: bytes of answers that the system may hold for us."""
    connection = stack.enter_context(socket.socket())
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", client.port))
    return connection


def rest_of(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(2**20):
        parts.append(part)
    return b"".join(parts)


def check_that_others_are_served(client: Client) -> None:
    """Label, read and change, as somebody does who is in no hurry and has no trouble."""
    reply = client.post(f"{SPACE}/label", {"documents": [{"text": "pay the amount"}]})
    assert reply.json["answers"][0]["label"] == "invoice"
    assert client.ask("POST", f"{SPACE}/label/file?name=a.txt", b"my work").status == 200
    assert client.get(f"{SPACE}/classes").status == 200
    change = {"kind": "describe", "texts": {"cv": "work and skills of a person"}}
    assert client.post(f"{SPACE}/changes", change).status == 200


def test_clients_that_send_their_headers_byte_by_byte_hold_up_no_other(own: Client):
    head = b"GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        slow = [opened(own, stack) for _ in range(N_SLOW)]
        for place in range(len(head)):
            for connection in slow:
                connection.sendall(head[place : place + 1])
            if place in (0, 30, len(head) - 2):
                check_that_others_are_served(own)
        for connection in slow:
            assert rest_of(connection).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.slow
def test_clients_that_do_not_read_their_answers_hold_up_no_other(tmp_path: Path):
    path = make_space(tmp_path / "mail.space")
    texts = [f"please pay the amount {n} " + "a" * 40_000 for n in range(400)]
    with LabelSpace(path, background=False) as space:
        space.add(texts, ["invoice"] * len(texts))
    ask = f"GET {SPACE}/export HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with service(str(path), "--no-browser") as client, ExitStack() as stack:
        slow = [opened(client, stack, 4096) for _ in range(8)]
        for connection in slow:
            connection.sendall(ask.encode())
        for connection in slow:
            assert connection.recv(12) == b"HTTP/1.1 200"
        check_that_others_are_served(client)
        for connection in slow[:2]:  # whoever reads at last gets the whole of it
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
            content = rest_of(connection)
            assert all(f"amount {n} aaa".encode() in content for n in range(len(texts)))
            assert content.endswith(b"0\r\n\r\n")
        check_that_others_are_served(client)  # while the others go without a word


def test_a_stream_whose_answers_nobody_reads_holds_up_no_other(own: Client):
    head = (
        f"POST {SPACE}/label/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    lines = (json.dumps({"text": "pay the amount"}).encode() + b"\n") * 500
    part = f"{len(lines):x}\r\n".encode() + lines + b"\r\n"
    with ExitStack() as stack:
        connection = opened(own, stack, 4096)
        connection.sendall(head.encode())
        connection.setblocking(False)
        n_bytes, left = 0, b""
        while select.select([], [connection], [], 2)[1]:  # until the service takes no more
            left = left or part
            n_sent = connection.send(left)
            left, n_bytes = left[n_sent:], n_bytes + n_sent
            assert n_bytes < 2**28, "the service reads on, though nobody reads its answers"
        check_that_others_are_served(own)
    check_that_others_are_served(own)
