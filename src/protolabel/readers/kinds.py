"""Which kind a file is: by its first bytes, and by its suffix where these leave it open."""

from __future__ import annotations

import codecs
import lzma
import os
import re
import zipfile
import zlib

from protolabel.readers.bounded_archives import bounded_zip
from protolabel.readers.encodings import is_no_text
from protolabel.readers.image_files import is_image
from protolabel.readers.mail_beginnings import BOM, mail_kind
from protolabel.readers.packed_names import unpacked_name
from protolabel.readers.paths import opened, refuse_unreadable
from protolabel.readers.text_beginnings import text_beginning, text_encoding

HEAD_BYTES = 4096
_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl", ".ldjson": "jsonl",
    ".json": "json",
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".npy": "npy",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".eml": "mail", ".emlx": "mail", ".mht": "mhtml", ".mhtml": "mhtml",
    ".mbox": "mbox", ".mbx": "mbox",
}  # fmt: skip
_BY_BYTES = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"!BDN", "outlook"),
    (b"\xcf\xad\x12\xfe", "outlook"),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_NAMES_BYTES = 2**16
_STREAMS = (
    ("__properties_version1.0", "msg"), ("EncryptedPackage", "encrypted"), ("Workbook", "sheets"),
    ("Book", "sheets"), ("WordDocument", "doc"), ("PowerPoint Document", "ppt"),
)  # fmt: skip
_CONTENT_TYPES = "[Content_Types].xml"
_MOST_TYPES_BYTES = 2**20
_USUAL_PARTS = (
    ("docx", "word/document.xml"), ("pptx", "ppt/presentation.xml"),
    ("sheets", "xl/workbook.xml"), ("sheets", "xl/workbook.bin"),
)  # fmt: skip
_MAIN_TYPES = {
    b"wordprocessingml": "docx", b"ms-word": "docx",
    b"presentationml": "pptx", b"ms-powerpoint": "pptx",
    b"spreadsheetml": "sheets", b"ms-excel": "sheets",
}  # fmt: skip
_MAIN_TYPE = re.compile(b"(" + b"|".join(_MAIN_TYPES) + rb")\.[\w.-]{1,60}\.main(?:\+xml)?[\"']")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"
    rb"(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
MAILBOX_LINE = re.compile(  # as mail programs write it: "From a@b Mon Jan  1 00:00:00 2024"
    rb"From \S+\s+[A-Z][a-z]{2}\s+[A-Z][a-z]{2}\s+\d{1,2}\s+\d\d:\d\d.*\d{4}.*\r?\n"
)
FOREIGN = {  # files of programs that are known, but not read: what they are, and what to do
    "tnef": ("a winmail.dat file (TNEF), as Outlook sends it", "save what is in it with Outlook"),
    "outlook": ("a mail store of Outlook or Outlook Express", "save its messages as .eml or .msg"),
    "webarchive": ("a web archive of Safari", "save the page as HTML or PDF"),
    "doc": ("an old Word file (doc)", "save it as docx"),
    "ppt": ("an old PowerPoint file (ppt)", "save it as pptx"),
    "encrypted": ("an encrypted Office file", "save it without its password"),
    "package": ("a zip file of a program that is not known", "save it as PDF"),
    "xps": ("an XPS file", "save it as PDF"),
    "visio": ("a Visio drawing", "save it as PDF"),
    "iwork": ("a Pages, Numbers or Keynote file", "export it as PDF or docx"),
    "opendocument": ("an OpenDocument file without text, such as a formula", "save it as PDF"),
    "program": ("a program or library in a zip file", "leave it out"),
}
PACKED = ("gzip", "bzip2", "xz")
ARCHIVES = ("zip", "tar")
EXTRACTED = ("pdf", "html", "docx", "pptx", "odt", "epub", "sheets", "rtf", "mail", "msg",
             "mhtml")  # fmt: skip
MAILS = ("mail", "msg")
TABLES = ("csv", "tsv", "jsonl", "json")
TABLE_SUFFIXES = tuple(suffix for suffix, kind in _BY_SUFFIX.items() if kind in TABLES)
OF_LINES = ("csv", "tsv", "jsonl", "mail", "mbox")
"""Kinds of several documents whose reader cannot tell a file that was cut from a whole one."""
DOCUMENTS = (
    "text", "image", "pdf", "html", "docx", "pptx", "odt", "epub", "rtf", "mail", "msg", "mbox",
    "mhtml",
)  # fmt: skip
"""Kinds that have no labels of their own."""


def kind_of(path: str) -> str:
    """Return the kind of a regular file: one of the names above, "npy", or "text" for the rest.

    Raises InputError for what cannot be read.
    """
    suffix = os.path.splitext(unpacked_name(path))[1].lower()
    try:
        with opened(path) as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        refuse_unreadable(path, error)
    kind = next((kind for magic, kind in _BY_BYTES if head.startswith(magic)), None)
    if kind is None and _BZIP2.match(head):
        kind = "bzip2"
    if kind is not None:
        return kind
    if suffix == ".parquet" or (head.startswith(b"PAR1") and _ends_with(path, b"PAR1")):
        return "parquet"
    if suffix == ".pdf" and b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP) and suffix != ".npy":
        return _kind_in_zip(path)
    if head.startswith(_OLD_OFFICE):
        return _kind_in_compound(path, head, suffix)
    if head[257:262] == b"ustar" or (suffix == ".tar" and b"\0" in head):
        return "tar"
    return _kind_by_beginning(head, suffix) or (
        "image" if is_image(path) else _kind_by_suffix(path, head)
    )


def holds_attachments(path: str) -> bool:
    """Return whether a file is a mail, whatever its name, or may be a portfolio of documents.

    Raises InputError for what cannot be read.
    """
    return kind_of(path) in (*MAILS, "pdf")


def _kind_by_suffix(path: str, head: bytes) -> str:
    """Return the kind by the suffix; "text" for what is packed in a way that is not known here."""
    name = unpacked_name(path)
    kind = _BY_SUFFIX.get(os.path.splitext(name)[1].lower(), "text")
    return "text" if kind in TABLES and name != path and is_no_text(head) else kind


def _kind_by_beginning(head: bytes, suffix: str) -> str | None:
    """Return the kind of a page or a mail by how it begins, and of what is like them."""
    if head.startswith(b"bplist00") and (suffix == ".webarchive" or b"WebMainResource" in head):
        return "webarchive"
    if _PAGE.match(_in_utf8(head)):
        return "html"
    is_whole, head = len(head) < HEAD_BYTES, head.removeprefix(BOM)
    if MAILBOX_LINE.match(head):
        return "mbox"
    kind = mail_kind(head, is_whole=is_whole)
    return "mhtml" if kind and _BY_SUFFIX.get(suffix) == "mhtml" else kind


def _in_utf8(head: bytes) -> bytes:
    """Return the first bytes of a text in UTF-8; others stay as they are without a mark."""
    encoding = text_encoding(head)
    return head if encoding == "utf-8-sig" else text_beginning(head).encode()


def _ends_with(path: str, mark: bytes) -> bool:
    with opened(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - len(mark)))
        return size > 2 * len(mark) and stream.read() == mark


def _kind_in_compound(path: str, head: bytes, suffix: str) -> str:
    """Return which program wrote a compound file (OLE2), by the names in its list of streams."""
    shift, first = int.from_bytes(head[30:32], "little"), int.from_bytes(head[48:52], "little")
    with opened(path) as stream:
        stream.seek(min((first + 1) << min(shift, 12), 2**40))
        names = stream.read(_MOST_NAMES_BYTES)
    for name, kind in _STREAMS:
        if name.encode("utf-16-le") in names:
            return kind
    return "sheets" if suffix in (".xls", ".xlsx", ".xlsm", ".xlsb") else "text"


def _kind_in_zip(path: str) -> str:
    """Return which program wrote a zip file; "zip" for any other, damaged ones too."""
    try:
        with bounded_zip(path) as archive:
            names = set(archive.namelist())
            for kind, part in _USUAL_PARTS:
                if part in names:
                    return kind
            if _CONTENT_TYPES in names:
                return _kind_of_package(_beginning(archive, _CONTENT_TYPES))
            if "mimetype" in names:
                return _kind_of_mimetype(names, _beginning(archive, "mimetype"))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError,
            zlib.error, lzma.LZMAError):  # fmt: skip
        return "zip"
    if names & {"Index/Document.iwa", "Index.zip", "index.apxl", "index.numbers"}:
        return "iwork"
    if names & {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} or _is_wheel(names):
        return "program"
    return "zip"


def _is_wheel(names: set[str]) -> bool:
    return any(name.endswith(".dist-info/WHEEL") for name in names)


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read(_MOST_TYPES_BYTES)


def _kind_of_package(types: bytes) -> str:
    """Return the kind of an Open Packaging file by the types that it says its parts have.

    The parts themselves may have any name.
    """
    if types[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        types = types.decode("utf-16", "replace").encode()
    main = _MAIN_TYPE.search(types)
    if main is not None:
        return _MAIN_TYPES[main[1]]
    if b"ms-visio" in types:
        return "visio"
    return "xps" if b"xps-fixeddocument" in types else "package"


def _kind_of_mimetype(names: set[str], words: bytes) -> str:
    """Return the kind of a zip file that says what it is in its part ``mimetype``."""
    if words.strip() == b"application/epub+zip":
        return "epub"
    if b"opendocument" in words or b"vnd.sun.xml" in words:
        if "encrypted-package" in names:  # all parts in one, since OpenDocument 1.4
            return "encrypted"
        if b"spreadsheet" in words or b"calc" in words:
            return "sheets"
        readable = (b"text", b"presentation", b"graphics", b"writer", b"impress", b"draw")
        is_text = "content.xml" in names and any(word in words for word in readable)
        return "odt" if is_text else "opendocument"
    return "package" if words.strip().startswith(b"application/") else "zip"
