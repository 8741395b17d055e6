"""Which kind a file is: by its first bytes, and by its suffix where these leave it open."""

from __future__ import annotations

import os
import re
import zipfile

from protolabel.readers.image_files import is_image
from protolabel.readers.paths import opened, refuse_unreadable

HEAD_BYTES = 4096
_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".npy": "npy",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".eml": "mail", ".mbox": "mbox", ".mbx": "mbox",
}  # fmt: skip
_BY_BYTES = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"
    rb"(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
MAILBOX_LINE = re.compile(  # as mail programs write it: "From a@b Mon Jan  1 00:00:00 2024"
    rb"From \S+\s+[A-Z][a-z]{2}\s+[A-Z][a-z]{2}\s+\d{1,2}\s+\d\d:\d\d.*\d{4}.*\r?\n"
)
_MESSAGE = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|X-Original-To|MIME-Version):.*\r?\n"
    rb"(?:[A-Za-z0-9-]+:|[ \t])"
)
_OWN_TO_MAIL = re.compile(
    rb"^(?:From|To|Date|Subject|Message-ID|MIME-Version):", re.IGNORECASE | re.MULTILINE
)
PACKED = ("gzip", "bzip2", "xz")
ARCHIVES = ("zip", "tar")
EXTRACTED = ("pdf", "html", "docx", "pptx", "odt", "sheets", "rtf", "mail")
TABLES = ("csv", "tsv", "jsonl", "json")
DOCUMENTS = ("text", "image", "pdf", "html", "docx", "pptx", "odt", "rtf", "mail", "mbox")
"""Kinds that have no labels of their own."""


def kind_of(path: str) -> str:
    """Return the kind of a regular file: one of the names above, "npy", or "text" for the rest.

    Raises InputError for what cannot be read.
    """
    suffix = os.path.splitext(path)[1].lower()
    try:
        with opened(path) as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        refuse_unreadable(path, error)
    kind = next((kind for magic, kind in _BY_BYTES if head.startswith(magic)), None)
    if kind is not None:
        return kind
    if suffix == ".pdf" and b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP) and suffix != ".npy":
        return _kind_in_zip(path)
    if head.startswith(_OLD_OFFICE) and suffix in (".xls", ".xlsx", ".xlsm", ".xlsb"):
        return "sheets"  # an old workbook, or an encrypted one
    if head[257:262] == b"ustar" or (suffix == ".tar" and b"\0" in head):
        return "tar"
    if _PAGE.match(head):
        return "html"
    if MAILBOX_LINE.match(head):
        return "mbox"
    if _MESSAGE.match(head) and (suffix == ".eml" or _has_mail_headers(head)):
        return "mail"
    return "image" if is_image(path) else _BY_SUFFIX.get(suffix, "text")


def _has_mail_headers(head: bytes) -> bool:
    """Return whether two or more lines before the first empty one are headers that mails have.

    A delivery note may begin with "Received: 12 boxes", too.
    """
    headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len(_OWN_TO_MAIL.findall(headers)) >= 2


def _kind_in_zip(path: str) -> str:
    """Return which office program wrote a zip file; "zip" for any other, damaged ones too."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "ppt/presentation.xml" in names:
                return "pptx"
            if names & {"xl/workbook.xml", "xl/workbook.bin"}:
                return "sheets"
            if {"mimetype", "content.xml"} <= names:
                with archive.open("mimetype") as stream:
                    return "sheets" if b"spreadsheet" in stream.read(200) else "odt"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return "zip"
    return "zip"
