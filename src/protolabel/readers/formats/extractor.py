"""One process that reads files of other programs, reused for many and ended when it hangs."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import IO, NoReturn

from protolabel.errors import InputError
from protolabel.readers.formats.extraction import Extraction, Request, read_answer
from protolabel.readers.paths import safe_suffix
from protolabel.readers.temporary import folder_error, new_folder, new_path

SECONDS = 120.0
"""How long one file may take."""
_GRACE = 5.0
# The packages above are empty there: the process starts without NumPy and the label space.
_SCRIPT = """
import sys, types
sys.path[:] = sys.argv[4:]
for name, folder in (("protolabel", ""), ("protolabel.readers", "/readers")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.argv[1] + folder]
from protolabel.readers.formats.process import bound, main
bound()
main(sys.argv[2], int(sys.argv[3]))
"""
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Extractor:
    """Reads files in a process of its own, which starts at the first one.

    A file that crashes the process, or keeps it busy for longer than ``seconds``, is refused; the
    next file gets a new process. ``close`` ends it; it also ends by itself with this process, and
    then deletes the folders that this one has not. It has made them, so no signal leaves any
    behind.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._root = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._last_resort: weakref.finalize[[subprocess.Popen[bytes]], Extractor] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process; None where none runs."""
        return None if self._process is None else self._process.pid

    @contextmanager
    def folder(self) -> Iterator[str]:
        """Make an empty private folder for files that lie in others, and delete it afterwards.

        Raises:
            TemporaryFolderError: none can be made.
        """
        self._start()
        folder = new_folder(self._root)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def extract(self, request: Request, name: str) -> Extraction:
        """Return what is in a file, which ``name`` names in errors.

        Raises:
            InputError: the file cannot be read, takes too long, or crashes the process.
        """
        try:
            request.path.encode()
        except UnicodeEncodeError:
            return self._extract_by_link(request, name)
        process = self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(request.line())
            answer = self._answers.get(timeout=self._seconds)
        except queue.Empty:
            self._end()
            raise InputError(
                f"{name}: not read after {self._seconds:g} seconds",
                expected="a file that can be read in that time",
                remedy="split it, save it again, or leave it out",
            ) from None
        except BrokenPipeError:
            answer = b""
        except BaseException:  # an answer may come later, to the next request
            self._end()
            raise
        if not answer:
            self._refuse_crash(name)
        return read_answer(answer, name)

    def _extract_by_link(self, request: Request, name: str) -> Extraction:
        """Return what is in a file whose path is not in UTF-8, which not every package takes."""
        with self.folder() as folder:
            link = os.path.join(folder, f"file{safe_suffix(name)}")
            os.symlink(request.path, link)
            return self.extract(replace(request, path=link), name)

    def close(self) -> None:
        """End the process, if there is one, and delete what is left of its folders."""
        self._end()
        root, self._root = self._root, ""
        if root:
            shutil.rmtree(root, ignore_errors=True)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if self._last_resort is not None:
            self._last_resort.detach()
        _kill(process)
        if self._listener is not None:  # it reads and closes the output, and nobody else does
            self._listener.join(_GRACE)

    def _start(self) -> subprocess.Popen[bytes]:
        """Return the process, started where none runs."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._root = self._root or new_path()
        env = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MALLOC_ARENA_MAX="2")
        path = [entry for entry in sys.path if entry]  # never the folder that we stand in
        arguments = [_PACKAGE, self._root, str(os.getpid()), *path]
        self._process = subprocess.Popen(  # noqa: S603 - this Python, this package
            [sys.executable, "-P", "-W", "ignore", "-c", _SCRIPT, *arguments],
            bufsize=0,  # a thread that reads holds no lock, so that this process can always end
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,  # Ctrl-C is for us; we end the process
        )
        self._last_resort = weakref.finalize(self, _kill, self._process)  # if nobody closes it
        self._answers = queue.SimpleQueue()
        self._listener = threading.Thread(
            target=_pass_on, args=(self._process.stdout, self._answers), daemon=True
        )
        self._listener.start()
        self._await_folder()
        return self._process

    def _await_folder(self) -> None:
        """Wait until the process has made the folder, which is its first answer.

        A process that has ended, or hangs, is left to the request that follows.

        Raises:
            TemporaryFolderError: it cannot make the folder.
        """
        try:
            answer = self._answers.get(timeout=self._seconds)
        except queue.Empty:
            return
        except BaseException:
            self._end()
            raise
        if not answer:
            self._answers.put(answer)
        elif reason := json.loads(answer).get("no_room"):
            self._end()
            raise folder_error(reason)

    def _refuse_crash(self, name: str) -> NoReturn:
        process = self._process
        assert process is not None
        code = process.wait(_GRACE)
        self._end()
        try:
            reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            reason = f"exit code {code}"
        raise InputError(
            f"{name}: reading it ended the process that reads it ({reason})",
            expected="a whole file",
            remedy="open it in the program that wrote it and save it again, or leave it out",
        )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that reads files, and close what it is asked by."""
    process.kill()
    process.wait(_GRACE)
    if process.stdin is not None:
        with suppress(OSError):  # a request that was never taken
            process.stdin.close()


def _pass_on(stream: IO[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    """Hand on each line of a stream, and an empty one at its end; then close it.

    If another thread closed it, its number could belong to the pipe of the next process by the time
    that this one reads again, and the answer of that process would come here.
    """
    beginning = b""
    with suppress(OSError), stream:
        while chunk := stream.read(2**20):
            *lines, beginning = (beginning + chunk).split(b"\n")
            for line in lines:
                answers.put(line)
    answers.put(b"")
