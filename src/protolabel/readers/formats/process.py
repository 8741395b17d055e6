"""The process that reads files of other programs: a request a line in, an answer a line out.

It may crash, and is ended from outside when it hangs. The next file gets a new process.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import threading
import time

from protolabel.readers.formats.extraction import NoRoomError, RefusalError, Request
from protolabel.words.text import first_line

READERS = {
    "pdf": "pdf", "html": "web", "docx": "office", "pptx": "office", "odt": "office",
    "sheets": "sheets", "rtf": "rtf", "mail": "message", "epub": "epub",
    "msg": "outlook", "mhtml": "saved_page", "parquet": "parquet", "picture": "ocr",
}  # fmt: skip
MOST_MEMORY = 4 * 2**30
MOST_SECONDS = 180  # of one file, where nobody is left who would end this process


def main(folder: str, parent: int) -> None:
    """Answer requests until the standard input ends, which is when the caller has ended.

    Args:
        folder: holds the caller's copies of files. It is made here, unless an earlier process has,
            and deleted here where the caller was killed.
        parent: the process id of the caller.
    """
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the caller, who gets it too, ends us
    deletion = threading.Lock()
    _end_with_parent(folder, parent, deletion)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        with deletion:
            line = _make(folder)
        answers.write(line)
        answers.flush()
        for line in sys.stdin.buffer:
            _alarm(MOST_SECONDS)
            answers.write(_answer(Request.of_line(line)))
            answers.flush()
            _alarm(0)
    except BrokenPipeError:  # the caller was killed
        pass
    shutil.rmtree(folder, ignore_errors=True)


def _make(folder: str) -> bytes:
    """Make the folder; return a line that says so, or why it cannot be."""
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        return NoRoomError(error.strerror or str(error)).line()
    return b"{}\n"


def _alarm(seconds: int) -> None:
    """Let the system end this process after so many seconds; 0 takes that back."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _end_with_parent(folder: str, parent: int, deletion: threading.Lock) -> None:
    """End this process soon after the one that started it, whatever it reads by then.

    Args:
        folder: is deleted first.
        parent: the process id of the caller.
        deletion: is never released, so that nobody makes the folder after its deletion.
    """

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        deletion.acquire()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _answer(request: Request) -> bytes:
    reader = importlib.import_module(f"protolabel.readers.formats.{READERS[request.kind]}")
    try:
        return bytes(reader.extract(request).line())
    except (RefusalError, NoRoomError) as refusal:
        return refusal.line()
    except MemoryError:
        return _refusal("a file that needs more memory than it may have").line()
    except Exception as error:  # a damaged file fails in many ways, which all mean the same
        reason = f"{type(error).__name__}: {first_line(error)}"
        return _refusal(f"a file that cannot be read ({reason})").line()


def _refusal(got: str) -> RefusalError:
    return RefusalError(
        got,
        "a whole file",
        "open it in the program that wrote it and save it again, or leave it out",
    )


def bound() -> None:
    """Bound the memory of this process, where the system can; a lower bound of the caller stays."""
    try:
        import resource
    except ImportError:
        return
    bounds = resource.getrlimit(resource.RLIMIT_AS)
    most = min([MOST_MEMORY, *(one for one in bounds if one != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
