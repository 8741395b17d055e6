"""In whose name changes are made: the name that a caller passes, or that of the user.

Who may make them is for the service to decide.
"""

from __future__ import annotations

import getpass
import os
from contextlib import suppress

from protolabel.arguments import require_name


def author_name(who: str | None) -> str:
    """Return in whose name changes are made: ``who``, ``$PROTOLABEL_USER``, or the user's name.

    Bytes of the system that are no UTF-8 become the replacement character.

    Raises:
        InputError: ``who`` is no text that a person can see.
    """
    if who is not None and not (isinstance(who, str) and who == ""):
        return require_name(who, "who")
    with suppress(Exception):  # no passwd entry: a container, say
        name = os.environ.get("PROTOLABEL_USER") or getpass.getuser()
        name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return require_name(name, "PROTOLABEL_USER")
    return "unknown"
