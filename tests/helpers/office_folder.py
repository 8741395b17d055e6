"""A folder as offices have it: all kinds of file, two languages, litter and ten broken files."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from office_files import docx, mail, odt, pdf, pptx, xlsx, zipped
from outlook_files import compound, msg

LETTERS = {
    ("bill", "en"): "Please pay the invoice number {n} of euros by Friday",
    ("bill", "de"): "Bitte zahlen Sie die Rechnung Nummer {n} bis Freitag",
    ("cv", "en"): "My work so far and my studies as an engineer since {n}",
    ("cv", "de"): "Mein Lebenslauf und meine Arbeit als Ingenieur seit {n}",
}
Content = Callable[[str, str, int], tuple[bytes, dict[str, str]]]


def _one(make: Callable[[str], bytes]) -> Content:
    return lambda name, text, n: (make(text), {name: text})


def _rtf(text: str) -> bytes:
    return b"{\\rtf1 " + text.encode("ascii") + b"\\par}"


def _mail(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    message = mail(text, "see below", a_pdf=pdf(text))
    return message.as_bytes(), {name: text, f"{name}/2/a.pdf": text}


def _apple_mail(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    message, texts = _mail(name, text, n)
    return b"%d\n%b<?xml version='1.0'?><plist/>" % (len(message), message), texts


def _saved_page(text: str) -> bytes:
    return (
        b"From: <Saved by Blink>\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
        b"<body>%b\n--x\nContent-Type: text/css\n\np {}\n--x--\n" % text.encode()
    )


def _mailbox(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    line = b"From a@b Thu Jan  1 00:00:00 2026\n"
    box = line + mail(text, "one").as_bytes() + b"\n" + line + mail(text, "two").as_bytes()
    return box, {f"{name}/1": text, f"{name}/2": text}


def _outlook(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    return msg(text, "see below", a_txt=text.encode()), {name: text, f"{name}/2/a.txt": text}


def _rows(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    return f"text,n\n{text},1\n{text} again,2\n".encode(), {f"{name}:2": text, f"{name}:3": text}


def _lines(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    return json.dumps({"text": text}).encode() + b"\n", {f"{name}:1": text}


def _workbook(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    return xlsx(S=[["text", "n"], [text, 1]]), {f"{name}/S:2": text}


def _archive(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    content = zipped({"in/a.docx": docx(text), "b.txt": text, "__MACOSX/x": b"no"})
    return content, {f"{name}/in/a.docx": text, f"{name}/b.txt": text}


def _tape(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue(), {f"{name}/a.txt": text}


KINDS: dict[str, Content] = {
    "txt": _one(str.encode),
    "md": _one(lambda text: f"# {text}".encode()),
    "html": _one(lambda text: f"<title>{text}</title><body><p>{text}".encode()),
    "pdf": _one(pdf),
    "docx": _one(docx),
    "pptx": _one(pptx),
    "odt": _one(odt),
    "rtf": _one(_rtf),
    "eml": _mail,
    "emlx": _apple_mail,
    "M1P2.host:2,S": _mail,
    "mht": _one(_saved_page),
    "mbox": _mailbox,
    "msg": _outlook,
    "csv": _rows,
    "jsonl": _lines,
    "xlsx": _workbook,
    "zip": _archive,
    "tar": _tape,
    "txt.gz": _one(lambda text: gzip.compress(text.encode())),
    "price.csv": _one(lambda text: f"item,note\nchair,{text}\n".encode()),
}
BROKEN = {
    "short.pdf": pdf("x")[:60],
    "secret.pdf": pdf("x", password="pw"),
    "short.docx": docx("x" * 5000)[:-40],
    "entities.docx": docx("&a;", prolog='<!DOCTYPE d [<!ENTITY a "aaaa">]>'),
    "old.doc": compound({"WordDocument": b"x" * 5000}),
    "store.pst": b"!BDN" + bytes(60),
    "page.webarchive": b"bplist00" + bytes(60),
    "short.zip": zipped({"a.txt": b"hello"})[:30],
    "short.gz": gzip.compress(bytes(range(256)) * 20)[:200],
    "winmail.dat": b"\x78\x9f\x3e\x22" + bytes(40),
    "program.txt": b"\x7fELF" + bytes(60),
    "book.xps": zipped({"[Content_Types].xml": "<Types/>", "FixedDocSeq.fdseq": "<x/>"}),
}
LITTER = (".DS_Store", "Thumbs.db", "~$letter.docx", "__MACOSX/a.txt", "desktop.ini", "a.txt~")


def make_office_folder(
    folder: Path, n_files: int, kinds_of: Mapping[str, Content] = KINDS
) -> dict[str, str]:
    """Fill a folder with ``n_files`` files, litter and broken ones; return the class of each id."""
    classes: dict[str, str] = {}
    kinds, letters = list(kinds_of), list(LETTERS)
    for n in range(n_files - len(BROKEN)):
        kind, (label, language) = kinds[n % len(kinds)], letters[n // len(kinds) % len(letters)]
        name = f"{language}/{label}-{n}.{kind}"
        content, texts = kinds_of[kind](name, LETTERS[label, language].format(n=n), n)
        write(folder / name, content)
        classes |= dict.fromkeys(texts, label)
    for name, content in BROKEN.items():
        write(folder / "mixed" / name, content)
    for name in LITTER:
        write(folder / "mixed" / name, b"litter")
    return classes


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
