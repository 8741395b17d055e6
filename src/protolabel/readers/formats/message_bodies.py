"""The body of a mail message: which of its parts are read, and their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.readers.encodings import read_as
from protolabel.readers.formats.extraction import RefusalError
from protolabel.words.text import has_visible_text, n_words

if TYPE_CHECKING:
    from email.message import EmailMessage

PLAIN, HTML = BODIES = ("text/plain", "text/html")
PAGES = (HTML, "application/xhtml+xml")
_MORE = 2  # times the words of the plain part has an HTML part that says more
"""Measured on the 928 messages with words in both parts in three public collections of messages
(the fixtures of two mail libraries, and phishing). In 753 the HTML has at most twice as many words.
In the others it has at least 2.3 times as many, of which the plain part shares fewer than two in
five: it says that HTML is needed, names the subject, or is left over from a template.
"""


def bodies_of(parts: list[tuple[EmailMessage, int]], limit: int) -> dict[int, str]:
    """Return the texts of the parts that are read as the body, by their numbers from 1.

    Of alternatives it is the plain one. Where that shows nothing, or the HTML has more than twice
    as many words, it is the HTML: many programs write a plain part that only says to read it.

    Args:
        parts: of a message, each with the alternative it belongs to, 0 for none.
        limit: of each text, in characters.
    """
    bodies: dict[int, str] = {}
    alternatives: dict[int, list[int]] = {}
    for number, (part, alternative) in enumerate(parts, start=1):
        if part.get_content_type() not in BODIES or is_file(part):
            continue
        if alternative:
            alternatives.setdefault(alternative, []).append(number)
        else:
            bodies[number] = content_of(part, limit)
    for numbers in alternatives.values():
        number, text = _chosen([(number, parts[number - 1][0]) for number in numbers], limit)
        bodies[number] = text
    return bodies


def _chosen(parts: list[tuple[int, EmailMessage]], limit: int) -> tuple[int, str]:
    """Return the number and text of the alternative that is read."""
    visible: dict[str, tuple[int, str]] = {}  # the first part of each kind that shows something
    for number, part in parts:
        kind = part.get_content_type()
        if kind in visible:
            continue
        try:
            text = content_of(part, limit)
        except RefusalError:  # too long a page
            if PLAIN not in visible:
                raise
            continue
        if has_visible_text(text):
            visible[kind] = number, text
    if len(visible) < len(BODIES):
        return next(iter(visible.values()), (parts[0][0], ""))
    plain, page = visible[PLAIN], visible[HTML]
    return page if n_words(page[1]) > _MORE * n_words(plain[1]) else plain


def content_of(part: EmailMessage, limit: int) -> str:
    """Return a body as text: as it declares if that reads, else as pages are decoded.

    Scripts often send text without an encoding, or with a wrong one. Bytes that no encoding has
    become U+FFFD.
    """
    from protolabel.readers.formats.web import decoded, page_text

    raw = payload_of(part)
    try:
        charset = part.get_content_charset() or ""
    except (ValueError, LookupError, AttributeError, TypeError):
        charset = ""
    try:
        content = raw.decode("" if charset == "us-ascii" else read_as(charset))
    except (LookupError, UnicodeError, ValueError):
        content = decoded(raw, None)
    return page_text(content, limit) if part.get_content_type() in PAGES else content


def is_file(part: EmailMessage) -> bool:
    """Return whether a part is a file, and no text of the message."""
    return part.get_content_disposition() == "attachment" or bool(raw_name(part))


def payload_of(part: EmailMessage) -> bytes:
    """Return the content of a part, as bytes; empty where it cannot be decoded."""
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        if isinstance(inner, list) and inner:
            from email import policy

            return inner[0].as_bytes(policy=policy.compat32)  # type: ignore[union-attr]
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def raw_name(part: EmailMessage) -> str:
    """Return the name of a part as it stands there; empty where it has none."""
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""
