"""The path by which a mail of a Maildir is known, whoever reads or flags it.

Mail programs rename its file for that: ``new/1.host`` becomes ``cur/1.host:2,S``, and later
``cur/1.host:2,RS``. The name before the colon stays.
"""

from __future__ import annotations

import re

_READ = re.compile(r"(^|/)cur/([^/:]+):2,[A-Za-z]*(?=/|$)")


def lasting_path(path: str) -> str:
    """Return a path with the names that mails of a Maildir had when they came; others as it is."""
    return _READ.sub(r"\1new/\2", path) if ":2," in path else path
