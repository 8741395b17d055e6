"""Whether a file begins as a mail, or as a web page that was saved as one. Its name says nothing.

Mail programs give their files names without a suffix (Maildir), or with one of their own (.emlx).
A letter may begin with "From: ..." lines, too, and stays a text.
"""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"
LENGTH_LINE = re.compile(rb"\d{1,10}[ \t]*\r?\n")
"""The first line of an .emlx file: how many bytes the message after it has."""
_NOTES = b"<?xml"  # how what follows the message there begins
_HEADER = re.compile(rb"([!-9;-~]+):[ \t]*(.*)", re.DOTALL)
_FOLD = re.compile(rb"\r?\n(?=[ \t]+\S)")
_RECIPIENTS = frozenset(
    (b"to", b"cc", b"bcc", b"received", b"delivered-to", b"return-path", b"x-original-to")
)
_OF_MAILS = _RECIPIENTS | frozenset(
    (
        b"from", b"sender", b"reply-to", b"subject", b"date", b"message-id", b"mime-version",
        b"content-type", b"content-transfer-encoding", b"in-reply-to", b"references",
    )
)  # fmt: skip
_OF_PROGRAMS = {  # headers that programs write, and people do not: how they must read
    b"mime-version": rb"1\.0\b",
    b"content-type": rb"[\w.+-]+/[\w.+-]+\s*(?:;|$)",
    b"message-id": rb"<[^<>\s]+>",
    b"received": rb"(?:\(|(?:from|by|via|with|for|id)\s).*;.*\d\d:\d\d(?::\d\d|\s+[+-]\d{4})",
    b"date": rb"(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s[A-Z][a-z]{2}\s\d{2,4}\s\d{1,2}:\d\d(?::\d\d)?"
    rb"\s+(?:[+-]\d{4}|[A-Z]{1,5}\b)",
}
_FIRST = {  # headers that servers put above all others: how they must read
    b"return-path": rb"<[^<>\s]*>|\S+@\S",
    b"delivered-to": rb".*\S@\S",
    b"x-original-to": rb".*\S@\S",
    b"received": _OF_PROGRAMS[b"received"],
    b"mime-version": _OF_PROGRAMS[b"mime-version"],
}
_FIRST_HEADER = re.compile(
    rb"([A-Za-z-]+):[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)\r?\n[A-Za-z0-9-]+:"
)
_OWN_TO_MAIL = re.compile(
    rb"^(?:From|To|Date|Subject|Message-ID|MIME-Version):", re.IGNORECASE | re.MULTILINE
)
_LEAST = 3  # usual headers, one of them written by a program
_BODY_OF_PROGRAMS = {b"mime-version", b"content-type"}  # which are enough together
_PAGE = b"multipart/related"
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"]+)\"|([^\s;\"]+))", re.IGNORECASE)
_LOCATION, _SNAPSHOT = b"content-location", b"snapshot-content-location"
_SAVED_BY = re.compile(rb"[\"<\s]*Saved by\b", re.IGNORECASE)  # who a browser says the sender is


def mail_kind(head: bytes, *, is_whole: bool) -> str | None:
    """Return "mail", "mhtml" for a saved web page, or None for what does not begin as a mail.

    Args:
        head: the beginning of a file.
        is_whole: whether it is all of it.
    """
    head = without_length(head.removeprefix(BOM))
    headers = _headers(head, is_whole=is_whole)
    of_programs = {
        name for name, form in _OF_PROGRAMS.items() if _reads(headers.get(name, b""), form)
    }
    if b"received" not in of_programs:
        headers.pop(b"received", None)  # a delivery note may have it, too
    is_mail = bool(of_programs) and len(_OF_MAILS & headers.keys()) >= _LEAST
    is_mail = is_mail or of_programs >= _BODY_OF_PROGRAMS
    if not is_mail and not (_begins_as_sent(head) and _has_mail_headers(head)):
        return None
    return "mhtml" if _is_saved_page(headers, head) else "mail"


def _is_saved_page(headers: dict[bytes, bytes], head: bytes) -> bool:
    """Return whether headers are of a web page that was saved, and not of a mail.

    A draft has no recipients either, and pictures in its page. So it takes a sign of a browser, or
    the address of the page where no sender has an address.
    """
    content_type = headers.get(b"content-type", b"")
    if not content_type.lower().startswith(_PAGE) or _RECIPIENTS & headers.keys():
        return False
    sender = headers.get(b"from", b"")
    if _SNAPSHOT in headers or _SAVED_BY.match(sender):
        return True
    first_part = _first_part_headers(content_type, head)
    return b"@" not in sender and (_LOCATION in headers or _LOCATION in first_part)


def _first_part_headers(content_type: bytes, head: bytes) -> dict[bytes, bytes]:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return {}
    delimiter = re.escape(b"--" + (boundary[1] or boundary[2]))
    _, *rest = re.split(rb"(?m)^" + delimiter + rb"[ \t]*\r?\n", head, maxsplit=1)
    return _headers(rest[0], is_whole=False) if rest else {}


def _reads(value: bytes, form: bytes) -> bool:
    """Return whether a header reads as programs write it."""
    return re.match(form, value, re.DOTALL) is not None


def _begins_as_sent(head: bytes) -> bool:
    """Return whether the first header is one that servers put there, as they write it.

    A delivery note may begin with "Received: 12 boxes", too.
    """
    first = _FIRST_HEADER.match(head)
    form = None if first is None else _FIRST.get(first[1].lower())
    return first is not None and form is not None and _reads(first[2], form)


def _has_mail_headers(head: bytes) -> bool:
    """Return whether two or more lines before the first empty one are headers that mails have."""
    headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len(_OWN_TO_MAIL.findall(headers)) >= 2


def without_length(raw: bytes) -> bytes:
    """Return the message of an .emlx file; any other mail as it is.

    After the message, such a file has the notes of the mail program, an XML property list.
    """
    line = LENGTH_LINE.match(raw)
    if line is None:
        return raw
    end = line.end() + int(line[0])
    notes = raw[end:].lstrip()[: len(_NOTES)]
    return raw[line.end() : end] if _NOTES.startswith(notes) else raw


def _headers(head: bytes, *, is_whole: bool) -> dict[bytes, bytes]:
    """Return the headers before the first empty line; none where another line is among them."""
    block, *rest = re.split(rb"\r?\n\r?\n", head, maxsplit=1)
    lines = _FOLD.sub(b"", block).rstrip(b"\r\n").splitlines()
    if not rest and not is_whole:
        lines = lines[:-1]  # it is cut off
    headers: dict[bytes, bytes] = {}
    for line in lines:
        header = _HEADER.fullmatch(line)
        if header is None:
            return {}
        headers.setdefault(header[1].lower(), header[2].strip())
    return headers
