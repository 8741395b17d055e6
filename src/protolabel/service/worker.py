"""One process of a service that has several: ``python -m protolabel.service.worker``.

``workers`` starts it. One line on its standard input says what it serves; the end of that input
says that the service has ended. It answers with one line on its standard output, which nobody reads
any further: what a library prints goes to the log.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from protolabel.errors import ProtolabelError
from protolabel.service.limits import Bounds
from protolabel.service.options import Options
from protolabel.service.server import log_to_stderr, serve_at
from protolabel.service.side.shared_state import SharedState


def main() -> None:
    """Serve until the process that started this one says so, or is gone."""
    line = sys.stdin.readline()
    if not line:
        return
    message: dict[str, Any] = json.loads(line)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_follow_parent, daemon=True).start()
    log_to_stderr()
    options = _options(message["options"])
    if message["number"]:  # one of the workers follows the folder
        options = replace(options, follow="")
    paths = {name: Path(path) for name, path in message["paths"].items()}
    bound = socket.socket(fileno=message["socket"])
    try:
        shared = SharedState(message["shared"])
        serve_at(
            bound, paths, options, message["encoder"], lambda url: _say(answers, {"ready": True}),
            shared,
        )  # fmt: skip
    except ProtolabelError as error:
        names = ("got", "expected", "remedy", "command")
        parts = {name: getattr(error, name) for name in names}
        _say(answers, {"kind": type(error).__name__} | parts)
        sys.exit(1)
    gc.freeze()  # the memory goes with the process, without another look through it


def _options(record: dict[str, Any]) -> Options:
    """Return the options that JSON holds."""
    fields: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in record.items()
    }
    fields["bounds"] = Bounds(**record["bounds"])
    return Options(**fields)


def _say(answers: TextIO, record: dict[str, Any]) -> None:
    with suppress(OSError):
        answers.write(json.dumps(record) + "\n")
        answers.flush()


def _follow_parent() -> None:
    """End as a signal would once the standard input has ended."""
    with suppress(OSError, ValueError):
        os.read(0, 1)
    logging.getLogger("protolabel.service").info('{"worker": "its service has ended"}')
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
