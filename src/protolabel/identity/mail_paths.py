"""Which mail a document is attached to, by its source: that of ``a.eml/2/bill.pdf`` is ``a.eml``.

The source of an attachment is that of its mail, its number there, and its own name. A mail is known
by its name, since it may have no text of its own, and so be no document. A file in a folder
``2024``, in an archive or not, is no attachment. A PDF portfolio counts as a mail of its files.
"""

from __future__ import annotations

import re
from collections.abc import Container

_NUMBER = re.compile(r"/(?=\d+/)")
_NAME = re.compile(
    r"\.(?:eml|emlx|msg|pdf)$"
    r"|\.(?:mbox|mbx)/\d+$"
    r"|(?:^|/)(?:cur|new)/\d{9,}\.[^/]+$",  # of a Maildir
    re.IGNORECASE,
)


def is_mail(path: str) -> bool:
    """Return whether a path is that of a mail by its name."""
    return _NAME.search(path) is not None


def mail_of(source: str, mails: Container[str] = ()) -> str:
    """Return the outermost mail that a document is attached to; empty where it is no attachment.

    Args:
        source: of the document.
        mails: files that are known to be mails, whatever their names.
    """
    paths = (source[: number.start()] for number in _NUMBER.finditer(source))
    return next((path for path in paths if path in mails or is_mail(path)), "")
