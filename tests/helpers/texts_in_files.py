"""Texts as the rows of a table, the items of a JSON array or the messages of a mailbox."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mailboxes import Mail, mailbox


def csv_table(texts: Sequence[str]) -> bytes:
    return "\n".join(["text", *texts, ""]).encode()


def json_array(texts: Sequence[str]) -> bytes:
    return json.dumps([{"text": text} for text in texts]).encode()


def messages(texts: Sequence[str]) -> bytes:
    """Return a mailbox; each message has an attachment with its text, too."""
    return mailbox(Mail(text, attachments=(("a.txt", f"{text} too"),)) for text in texts).encode()
