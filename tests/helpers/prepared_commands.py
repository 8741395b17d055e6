"""A program that has imported the command line, and runs each command in a fork of itself.

Every command is a process of its own, as when people type it, with its own working folder,
environment and streams. Only the imports are not made again, which take longer than most commands.

``start`` gives a command to that program, and ``write_program`` makes a ``protolabel`` for shells.
That one passes Ctrl-C and SIGTERM on to its command, which ends soon after a kill, too.
``prepared_program()`` is the path of one; its ``-c SCRIPT`` runs a script, as Python's own does.
``python prepared_commands.py SOCKET`` is the program: it ends when its standard input does.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

IMPORTS = (  # what most commands import when they run
    "numpy", "scipy.linalg", "scipy.special", "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto", "protolabel.cli.classes", "protolabel.cli.examples",
    "protolabel.cli.file", "protolabel.cli.label", "protolabel.cli.review", "protolabel.cli.serve",
    "protolabel.cli.settings_and_history", "protolabel.encoders.load",
    "protolabel.encoders.text.encoder", "protolabel.encoders.text.inference",
    "protolabel.service.app", "protolabel.service.server",
)  # fmt: skip
NUMBER = 4  # bytes of a process number, and of an exit code
PROGRAM = """\
#!{python} -ISs
import json, os, signal, socket, sys

words = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(words).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(words)
    number = int.from_bytes(server.recv(4), "big")
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda one, _: os.kill(number, one))
    code = int.from_bytes(server.recv(4), "big", signed=True)
    if code < 0:  # it was killed, and so is this program
        if code != -signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
"""


@cache
def program() -> str:
    """Start the program of this process, unless it runs; return the address that it listens at."""
    folder = Path(tempfile.mkdtemp(prefix="protolabel"))
    address = str(folder / "socket")
    command = [sys.executable, __file__, address]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None

    def end() -> None:
        process.stdin.close()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder)

    atexit.register(end)
    assert process.stdout.readline() == b"ready\n"
    return address


def write_program(path: Path) -> None:
    """Write a small program that hands its words and its streams over."""
    path.write_text(PROGRAM.format(python=sys.executable, address=program()))
    path.chmod(0o755)


@cache
def prepared_program() -> str:
    """Return the path of a ``protolabel`` that starts at once."""
    folder = tempfile.TemporaryDirectory(prefix="protolabel")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "protolabel"
    write_program(path)
    return str(path)


class PreparedCommand:
    """A command that runs: what tests use of a ``subprocess.Popen``."""

    def __init__(self, server: socket.socket, stdout: IO[str]) -> None:
        self._server, self.stdout = server, stdout
        self.pid = int.from_bytes(server.recv(NUMBER), "big")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code."""
        if self.returncode is None:
            if not select.select([self._server], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("protolabel", timeout or 0.0)
            self.returncode = int.from_bytes(self._server.recv(NUMBER), "big", signed=True)
            self._server.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end, and return what it printed since it was read last."""
        self.wait(timeout)
        if self.stdout.closed:
            return "", None
        with self.stdout:
            return self.stdout.read(), None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended since
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def start(
    words: list[str], *, environment: dict[str, str], folder: Path | None, stderr: IO[str]
) -> PreparedCommand:
    """Start ``protolabel`` with these words; what it prints is read at ``stdout``."""
    command = json.dumps([words, str(folder or Path.cwd()), environment]).encode()
    address = program()
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    ours, its = os.pipe()
    with open(os.devnull, "rb") as nothing:
        streams = [nothing.fileno(), its, stderr.fileno()]
        socket.send_fds(server, [len(command).to_bytes(NUMBER, "big")], streams)
    os.close(its)
    server.sendall(command)
    return PreparedCommand(server, open(ours, encoding="utf-8"))


def serve(address: str) -> None:
    """Run the commands that come, each in a process of its own."""
    for name in IMPORTS:
        import_module(name)
    from protolabel.encoders.engine import openvino

    openvino()
    gc.collect()
    gc.freeze()  # no fork goes through what was imported, and copies it, to look for garbage
    assert threading.active_count() == 1  # a fork has one thread alone
    signal.signal(signal.SIGCHLD, reap)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
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
    """Run the command of a client in a fork, and tell the client its number and its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(client, NUMBER, 3)
    with client.makefile("rb") as sent:
        words, folder, environment = json.loads(sent.read(int.from_bytes(head, "big")))
    if pid := os.fork():
        for stream in streams:  # whoever reads its output sees the end of it
            os.close(stream)
        os.close(0)
        os.close(1)
        client.sendall(pid.to_bytes(NUMBER, "big"))
        process, caller = os.pidfd_open(pid), client.fileno()
        if caller in select.select([caller, process], [], [])[0]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # the client is gone: somebody killed it
        os.close(process)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        with suppress(BrokenPipeError):
            client.sendall(code.to_bytes(NUMBER, "big", signed=True))
        os._exit(0)
    client.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if environment.get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    if words[:1] == ["-c"]:
        sys.argv = ["-c", *words[2:]]
        scope = {"__name__": "__main__"}
        exec(compile(words[1], "<string>", "exec"), scope)
        end(scope)
    sys.argv = ["protolabel", *words]
    from protolabel.__main__ import main

    main()


def end(scope: dict[str, object]) -> None:
    """End a script as Python does, but for the modules: to take them down takes a second."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    scope.clear()  # what it left open is closed
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
