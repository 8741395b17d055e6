"""Several processes that answer at one address: starts them, starts dead ones again, ends them.

Each worker is a whole service of its own over the same files. The kernel shares the connections out
between their sockets, which belong to this process too: a connection that nobody has accepted yet
outlives a dead worker. At the stop this process closes its own first, so that nobody connects in
vain. A worker ends when this process does, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from protolabel import errors
from protolabel.errors import InputError, ProtolabelError
from protolabel.service.options import Options
from protolabel.system.stop_signals import StopRequest, stop_signals

log = logging.getLogger("protolabel.service")

_GRACE_SECONDS = 60.0  # for which the end of a worker is waited for
_STABLE_SECONDS = 10.0  # a worker that lived as long is started again at once
_LONGEST_PAUSE = 30.0  # before a worker is started again that dies at once
_FIRST_PAUSE = 0.2


class Workers:
    """The processes of one service."""

    def __init__(
        self, paths: Mapping[str, Path], options: Options, encoder: str | None, folder: str
    ) -> None:
        self._folder = folder
        self._message = {
            "paths": {name: str(path) for name, path in paths.items()},
            "options": asdict(options),
            "encoder": encoder,
            "shared": os.path.join(folder, "state"),
        }
        self._stopping = StopRequest()
        self._processes: dict[int, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()

    def run(self, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        """Start a worker for each socket, and keep them running until a signal ends them.

        Raises:
            ProtolabelError: a worker cannot begin at all, such as for a missing encoder.
        """
        failures: queue.SimpleQueue[ProtolabelError | None] = queue.SimpleQueue()
        keepers = [
            threading.Thread(target=self._keep, args=(n, one.fileno(), failures), daemon=True)
            for n, one in enumerate(sockets)
        ]
        with stop_signals(self._stopping.make):
            for keeper in keepers:
                keeper.start()
            try:
                for _ in keepers:
                    failure = self._next(failures)
                    if failure is not None:
                        raise failure
                if not self._stopping.is_made():
                    ready()
                while not self._stopping.wait(1.0):
                    pass
            finally:
                self._end(keepers, sockets)

    def _next(self, failures: queue.SimpleQueue[ProtolabelError | None]) -> ProtolabelError | None:
        """Return how the start of a worker went; None also where the service is being stopped."""
        while not self._stopping.is_made():
            with contextlib.suppress(queue.Empty):
                return failures.get(timeout=0.2)
        return None

    def _keep(
        self,
        number: int,
        descriptor: int,
        failures: queue.SimpleQueue[ProtolabelError | None],
    ) -> None:
        """Run one worker, and again whenever it dies; ``descriptor``: of its socket."""
        pause, is_first = _FIRST_PAUSE, True
        while not self._stopping.is_made():
            start = time.monotonic()
            process = self._process(number, descriptor)
            if process is None:
                return
            failure = self._begin(process, number, descriptor)
            if is_first or failure is None:
                failures.put(failure)
                is_first = False
            code = process.wait()
            folder = os.path.join(self._folder, "metrics")
            mark_process_dead(process.pid, folder)  # type: ignore[no-untyped-call]
            if self._stopping.is_made():
                return
            log.error(json.dumps({"worker": number, "ended": code}))
            is_stable = time.monotonic() - start >= _STABLE_SECONDS
            pause = _FIRST_PAUSE if is_stable else min(2 * pause, _LONGEST_PAUSE)
            self._stopping.wait(pause)

    def _process(self, number: int, descriptor: int) -> subprocess.Popen[str] | None:
        """Return the process of a worker that does nothing yet; None once the service stops."""
        environment = os.environ | {
            "PROMETHEUS_MULTIPROC_DIR": os.path.join(self._folder, "metrics")
        }
        with self._lock:
            if self._stopping.is_made():  # the socket may be closed
                return None
            process = self._processes[number] = subprocess.Popen(
                [sys.executable, "-m", "protolabel.service.worker"],
                stdin=subprocess.PIPE,  # stays open: its end tells the worker that this one is gone
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
                pass_fds=(descriptor,),
                process_group=0,  # Ctrl-C comes to this process alone
            )
        return process

    def _begin(
        self, process: subprocess.Popen[str], number: int, descriptor: int
    ) -> ProtolabelError | None:
        """Tell a worker what it serves, and wait until it answers; return why it cannot."""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            message = self._message | {"number": number, "socket": descriptor}
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        words = process.stdout.readline()
        record: dict[str, Any] = json.loads(words) if words else {}
        return None if record.get("ready") else _failure(record)

    def _end(self, keepers: list[threading.Thread], sockets: list[socket.socket]) -> None:
        """Let each worker finish what it has accepted, then end it."""
        self._stopping.make()
        with self._lock:
            processes = list(self._processes.values())
            for one in sockets:
                one.close()
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for keeper in keepers:
            keeper.join(1.0)


@contextmanager
def shared_folder() -> Iterator[str]:
    """Yield a folder of this user alone for what workers share; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="protolabel-") as folder:
        os.mkdir(os.path.join(folder, "metrics"))
        yield folder


def bound_sockets(make: Callable[[int, bool], socket.socket], n: int) -> list[socket.socket]:
    """Return a socket for each worker, all at one address.

    Args:
        make: binds a socket to a port, where others may be bound if the second argument says so.
        n: of the workers.

    Raises:
        InputError: the address is taken, or several workers cannot be had here.
    """
    if sys.platform == "win32":
        raise InputError(
            "several workers on Windows",
            expected="one worker here",
            remedy="leave --workers out",
        )
    first = make(0, False)  # alone at the port: another service there is seen
    if not hasattr(socket, "SO_REUSEPORT") or sys.platform == "darwin":
        return [first] * n  # connections go to whoever takes them first
    port = first.getsockname()[1]
    first.close()
    return [make(port, True) for _ in range(n)]


def _failure(record: Mapping[str, Any]) -> ProtolabelError:
    """Return the error that kept a worker from its work."""
    kind = getattr(errors, str(record.get("kind")), ProtolabelError)
    parts = {name: str(record.get(name, "")) for name in ("expected", "remedy", "command")}
    got = str(record.get("got") or "a worker that ended before it answered")
    return kind(got, **parts) if issubclass(kind, ProtolabelError) else ProtolabelError(got)
