"""The line of the log about an error that nobody raised on purpose: its type and its place.

What the error says is left out: it may quote a document.
"""

from __future__ import annotations

import json
import logging
import os
import traceback

log = logging.getLogger("protolabel.service")


def log_unforeseen(error: BaseException) -> None:
    """Log an error by its type, and the file and line where it was raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    log.error(json.dumps({"error": type(error).__name__, "where": where}))
