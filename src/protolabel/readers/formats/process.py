"""The process that reads files of other programs: a request a line in, an answer a line out.

It may crash, and is ended from outside when it hangs. The next file gets a new process.
"""

from __future__ import annotations

import importlib
import os
import sys

from protolabel.readers.formats.extraction import RefusalError, Request

READERS = {
    "pdf": "pdf", "html": "web", "docx": "office", "pptx": "office", "odt": "office",
    "sheets": "sheets", "rtf": "rtf", "mail": "message",
}  # fmt: skip
MOST_MEMORY = 4 * 2**30


def main() -> None:
    """Answer requests until the standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    for line in sys.stdin.buffer:
        answers.write(_answer(Request.of_line(line)))
        answers.flush()


def _answer(request: Request) -> bytes:
    reader = importlib.import_module(f"protolabel.readers.formats.{READERS[request.kind]}")
    try:
        return bytes(reader.extract(request).line())
    except RefusalError as refusal:
        return refusal.line()
    except MemoryError:
        return _refusal("a file that needs more memory than it may have").line()
    except Exception as error:  # a damaged file fails in many ways, which all mean the same
        reason = (str(error).splitlines() or [""])[0][:120]
        return _refusal(f"a file that cannot be read ({type(error).__name__}: {reason})").line()


def _refusal(got: str) -> RefusalError:
    return RefusalError(
        got,
        "a whole file",
        "open it in the program that wrote it and save it again, or leave it out",
    )


def bound() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
