"""A program that has imported the command line, and runs each command in a fork of itself.

Every command is a process of its own, as when people type it, with its own working folder,
environment and streams. Only the imports are not made again, which take longer than most commands.

``python prepared_commands.py SOCKET`` is that program. ``prepared`` starts it, and writes a
``protolabel`` into a folder: a small program that hands its words and its streams over.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

IMPORTS = (  # what most commands import when they run
    "numpy", "openvino", "scipy.linalg", "scipy.special", "sqlite3", "protolabel.cli.commands",
    "protolabel.cli.examples", "protolabel.cli.file", "protolabel.cli.label",
    "protolabel.cli.review", "protolabel.cli.classes", "protolabel.cli.settings_and_history",
    "protolabel.encoders.load", "protolabel.encoders.text.encoder",
    "protolabel.encoders.text.inference",
)  # fmt: skip
CLIENT = """\
#!{python} -ISs
import json, os, socket, sys

words = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(words).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(words)
    os._exit(server.recv(1)[0])
"""


@contextmanager
def prepared(folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """Yield the folder of a ``protolabel`` that starts at once, for as long as this is open."""
    folder.mkdir()
    address = str(folder / "socket")
    script = folder / "protolabel"
    script.write_text(CLIENT.format(python=sys.executable, address=address))
    script.chmod(0o755)
    command = [sys.executable, __file__, address]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == b"ready\n"
            yield folder
        finally:
            server.kill()


def serve(address: str) -> None:
    """Run the commands that come, each in a process of its own."""
    for name in IMPORTS:
        import_module(name)
    signal.signal(signal.SIGCHLD, reap)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            with client:
                if not os.fork():
                    server.close()
                    run(client)
                    return


def reap(*_: object) -> None:
    """Take note of the forks that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def run(client: socket.socket) -> None:
    """Run the command of a client in a fork, and tell the client its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(client, 4, 3)
    with client.makefile("rb") as sent:
        words, place, environment = json.loads(sent.read(int.from_bytes(head, "big")))
    if pid := os.fork():
        _, status = os.waitpid(pid, 0)
        client.sendall(bytes([os.waitstatus_to_exitcode(status) % 256]))
        os._exit(0)
    client.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(place)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["protolabel", *words]
    from protolabel.__main__ import main

    main()


if __name__ == "__main__":
    serve(sys.argv[1])
