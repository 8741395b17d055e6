"""A real service in a process of its own, and a plain client."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from contract import check
from prepared_commands import PreparedCommand, start

from protolabel import LabelSpace


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass
class Client:
    """Asks one service. ``headers`` go with each request. ``log``: what the service writes."""

    port: int
    process: subprocess.Popen[str] | PreparedCommand
    log: IO[str]
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = dict(self.headers)
        if body is not None and not isinstance(body, bytes | Iterator):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        chunked = isinstance(body, Iterator)
        with closing(connection):
            connection.request(method, path, body, sent | (headers or {}), encode_chunked=chunked)
            answer = connection.getresponse()
            names = {k.lower(): v for k, v in answer.getheaders()}
            reply = Reply(answer.status, names, answer.read())
        check(method, path, reply.status, reply.headers, reply.body)
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
        return self.ask("POST", path, body, headers)

    def stop(self) -> tuple[int, str]:
        """End it as an operator does; return the exit code and what it wrote."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        self.log.seek(0)
        return self.process.wait(), self.log.read()


@contextmanager
def service(
    *arguments: str,
    environment: dict[str, str] | None = None,
    starter: Sequence[str] = (),
    folder: Path | None = None,
    port: int = 0,
) -> Iterator[Client]:
    """Serve until the block ends; ``arguments`` follow ``protolabel serve``.

    ``starter`` is a command that becomes the service, as ``setpriv``. It starts in ``folder``.
    ``port``: any that is free where it is 0.

    The log goes to a file: a pipe that nobody reads fills up, and then the service waits.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        words = ["serve", *arguments, "--port", str(port)]
        whole = os.environ | (environment or {})
        process: subprocess.Popen[str] | PreparedCommand
        if starter or environment:  # an import may read the environment
            command = [*starter, sys.executable, "-m", "protolabel", *words]
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=whole, cwd=folder
            )
        else:
            process = start(words, environment=whole, folder=folder, stderr=log)
        assert process.stdout is not None
        first = process.stdout.readline()
        if "http://" not in first:
            process.communicate()
            log.seek(0)
            raise AssertionError(f"no service: {first}{log.read()}")
        port = int(first.split("http://127.0.0.1:")[1].split("/")[0])
        try:
            yield Client(port, process, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


def make_space(path: Path, *, remember: str = "answers") -> Path:
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({"invoice": "a bill asking for payment", "cv": "work and skills"})
        space.add(["please pay the amount due", "my work so far"], ["invoice", "cv"])
        if remember != "answers":
            space.answer_log.remember(remember)
    return path
