"""The stop of a service: who has connected is answered, and told that the connection is closed."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from service_process import Client, make_space, service

from protolabel import LabelSpace
from protolabel.service.app import make_app
from protolabel.service.listening_socket import AcceptingServer
from protolabel.service.options import Options
from protolabel.service.server import bound_socket

pytestmark = pytest.mark.slow

LABEL = b'{"documents": [{"text": "please pay"}]}'
REQUEST = (
    b"POST /v1/spaces/mail/label HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(LABEL), LABEL)
)


class AtTheStop(asyncio.Event):
    """Something that happens in the last moment in which the service accepts connections."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def set(self) -> None:
        self._act()
        super().set()


def stop_of(
    path: Path, request: bytes = REQUEST, *, connects_before: bool = True, grace: int | None = None
) -> bytes:
    """Return what is answered to a request that is sent in the moment in which a service stops.

    ``grace``: seconds in which the service finishes requests; None has no end.
    """
    caller = socket.socket()
    caller.settimeout(20)

    def send() -> None:
        app.state.service.stopping.set()
        if not connects_before:
            caller.connect(listening.getsockname())
        caller.sendall(request)

    async def serve_and_stop() -> None:
        started = asyncio.Event()
        server = AcceptingServer(
            uvicorn.Config(
                guarded, log_config=None, lifespan="on", timeout_graceful_shutdown=grace
            ),
            started.set,
            AtTheStop(send),
        )
        serving = asyncio.create_task(server.serve([listening]))
        await started.wait()
        if connects_before:
            caller.connect(listening.getsockname())
            while not server.server_state.connections:
                await asyncio.sleep(0)
        server.should_exit = True
        await serving

    app, guarded = make_app({"mail": path}, Options())
    listening = bound_socket(Options(port=0))
    listening.listen()
    with caller:
        asyncio.run(serve_and_stop())
        return reply_to(caller)


@pytest.mark.parametrize("connects_before", [True, False])
def test_a_request_that_comes_in_the_last_moment_is_answered(tmp_path, connects_before):
    reply = stop_of(make_space(tmp_path / "mail.space"), connects_before=connects_before)
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"answers":[{' in reply
    assert b"\r\nconnection: close\r\n" in reply


def test_an_evaluation_ends_with_the_service(tmp_path):
    """The page asks for it. It changes nothing, and would hold up the stop for seconds."""
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.add(["another bill", "more work"], ["invoice", "cv"])
    request = b"GET /v1/spaces/mail/evaluation HTTP/1.1\r\nHost: localhost\r\n\r\n"
    reply = stop_of(path, request)
    assert reply.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: " in reply
    assert b"a service that is being stopped" in reply


def test_a_request_that_is_cut_off_gets_a_problem_that_says_what_may_have_been_done(tmp_path):
    """It got a bare 500, which looks like a fault."""
    reply = stop_of(make_space(tmp_path / "mail.space"), REQUEST[:-1], grace=1)
    check_cut_off(reply)


def check_cut_off(reply: bytes) -> None:
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\ncontent-type: application/problem+json" in head
    assert b"\r\nretry-after: " in head
    assert b"\r\nconnection: close" in head
    record = json.loads(body)
    assert record["status"] == 503
    assert "may be done" in record["title"]
    assert "Idempotency-Key" in record["remedy"]


PAIRS = [
    (signal.SIGTERM, signal.SIGTERM),
    (signal.SIGINT, signal.SIGINT),
    (signal.SIGTERM, signal.SIGINT),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_signals_at_once_are_one_and_cut_off_nothing(tmp_path, pair):
    """A Ctrl-C after another signal cut off what had been accepted: 500."""
    with service(str(make_space(tmp_path / "mail.space"))) as own, begun_request(own) as caller:
        for number in pair:
            own.process.send_signal(number)
            time.sleep(0.05)
        time.sleep(1)
        caller.sendall(REQUEST[-1:])
        assert reply_to(caller).startswith(b"HTTP/1.1 200 OK\r\n")
        assert own.process.wait(60) == 0


def test_a_later_ctrl_c_cuts_off_what_is_still_being_answered(tmp_path):
    with service(str(make_space(tmp_path / "mail.space"))) as own, begun_request(own) as caller:
        own.process.send_signal(signal.SIGTERM)
        time.sleep(1.2)
        own.process.send_signal(signal.SIGINT)
        check_cut_off(reply_to(caller))
        assert own.process.wait(60) == 0


def test_a_ctrl_c_that_the_caller_of_the_service_ignores_does_not_stop_it(tmp_path):
    path = make_space(tmp_path / "mail.space")
    starter = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    with service(str(path), starter=starter) as own:
        own.process.send_signal(signal.SIGINT)
        time.sleep(1)
        assert own.get("/v1/live").status == 200
        assert own.stop()[0] == 0


@contextmanager
def begun_request(own: Client) -> Iterator[socket.socket]:
    """Yield a connection on which all of a request has arrived but its last byte."""
    with socket.create_connection(("127.0.0.1", own.port), timeout=60) as caller:
        caller.sendall(REQUEST[:-1])
        time.sleep(0.5)
        yield caller


def reply_to(caller: socket.socket) -> bytes:
    return b"".join(iter(lambda: caller.recv(65536), b""))


def test_all_who_have_connected_before_the_signal_are_answered(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as own:
        callers = [http.client.HTTPConnection("127.0.0.1", own.port, timeout=60) for _ in range(12)]
        for n, caller in enumerate(callers):
            body = b'{"kind": "add", "examples": [{"label": "cv", "text": "work %d"}]}' % n
            headers = {"Content-Type": "application/json"}
            caller.request("POST", "/v1/spaces/mail/changes", body, headers)
        own.process.send_signal(signal.SIGTERM)
        replies = [caller.getresponse() for caller in callers]
        assert [reply.status for reply in replies] == [200] * len(callers)
        for caller in callers:
            caller.close()
        assert own.stop()[0] == 0
    with LabelSpace(path, background=False) as space:
        assert space.show("cv")[0].examples == 1 + len(callers)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the workers have one socket")
def test_nobody_connects_to_workers_in_vain_while_they_finish_a_request(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path), "--workers", "2") as own, socket.socket() as caller:
        caller.settimeout(60)
        caller.connect(("127.0.0.1", own.port))
        caller.sendall(REQUEST[:-1])
        own.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", own.port)).close()
            except ConnectionRefusedError:
                break
            assert time.monotonic() < deadline, "connections are let in that nobody accepts"
        assert own.process.poll() is None
        caller.sendall(REQUEST[-1:])
        assert reply_to(caller).startswith(b"HTTP/1.1 200 OK\r\n")
        assert own.process.wait(60) == 0
