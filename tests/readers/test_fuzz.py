"""Any bytes under any name give documents or an InputError with the place, and nothing else."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_files import RTF, docx, mail, odt, pdf, pptx, xlsx, zipped

from protolabel.errors import InputError
from protolabel.readers import read_descriptions, read_documents, read_examples
from protolabel.words.text import has_visible_text

NAMES = ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a.npy", "a.png", "folder/a", "a.lines"]
DOCUMENTS = ["a.pdf", "a.docx", "a.xlsx", "a.html", "a.eml", "a.mbox", "a.zip", "a.tar", "a.gz",
             "a.rtf", "folder/a.csv", "a"]  # fmt: skip


def _npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.eye(3, dtype=np.float32))
    return stream.getvalue()


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.npy", _npy())
    return stream.getvalue()


SEEDS = [
    b"", b'text,label\n"a\nb",x\nc,y\n',
    "sep=;\r\nTitel;\r\ntext;label\r\nä;ö\r\n".encode("cp1252"),
    b'{"text": "a", "id": 1, "embedding": [1, 2]}\n{"text": "b"}\n',
    b'[{"text": "a"}, {"text": 1}]',
    "text\tlabel\nZażółć\tx\n".encode("utf-16"), _npy(), _zip(), b"\x89PNG\r\n\x1a\n" + bytes(30),
    b"one\rtwo\r", b'"' * 50, b"[" * 3000, b'{"a":' * 3000, b"text\n" + b'"a\n' * 40,
    "\u200b\ufeff\n".encode(), b"\xff\xfe\0\0", b"\0" * 20, b"text|label\n\x80|\x9f\n",
]  # fmt: skip
PIECES = [b"\n", b"\r", b'"', b";", b",", b"\t", b"\0", b"\xff", b"\xc3", b"[", b"]", b"{", b"}",
          b"text", b"label", b"sep=;\n", b"\\ud800", b"1e999", b"NaN", b"\xef\xbb\xbf"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SEEDS) | st.binary(max_size=200))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 5))
        data = data[:at] + draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + data[at + cut :]
    return data


def check(name: str, data: bytes, limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        source = path.parent if name.startswith("folder") else path
        options = {"max_bytes": limit, "fmt": "lines" if name.endswith("lines") else None}
        readers: tuple[Any, ...] = (read_documents, read_examples)
        for reader in readers:
            strict, fault = [], None
            try:
                strict.extend(reader(source, **options))
            except InputError as error:
                fault = error
                assert str(path) in error.got or str(source) in error.got
                assert error.expected
                assert len(str(error)) < 2000
            for document in strict:
                assert document.source.startswith(str(path))
                says_nothing = document.text is not None and not has_visible_text(document.text)
                assert not says_nothing or document.unreadable
                json.dumps([document.id, document.text]).encode()
            bad: list[Any] = []
            try:
                lenient = list(reader(source, **options, on_unreadable=bad.append))
            except InputError as error:  # refused at the call
                assert fault is not None
                assert str(error) == str(fault)
                continue
            assert not bad or fault is not None
            assert [d.source for d in lenient[: len(strict)]] == [d.source for d in strict]
        try:
            read_descriptions(source, max_bytes=limit)
        except InputError as error:
            assert str(source) in error.got


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(NAMES), mutated(), st.sampled_from([50, 10_000]))
def test_any_bytes_give_documents_or_an_input_error(name, data, limit):
    check(name, data, limit)


def _documents() -> list[bytes]:
    message = mail("subject", "text", "<p>page", a_pdf=pdf("one"), b_zip=zipped({"c.txt": "text"}))
    return [
        pdf("text"), docx("text"), pptx("text"), odt("text"), xlsx(A=[["text"], ["row"]]), RTF,
        message.as_bytes(), b"From a Thu Jan  1 00:00:00 2026\n" + message.as_bytes(),
        b"<html><p>text", zipped({"a/b.txt": "text", "c.csv": "text\nrow\n"}),
        gzip.compress(b"text"), gzip.compress(docx("text")),
        b"%d\n%b<?xml" % (len(message.as_bytes()), message.as_bytes()),
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
        b"Content-Type: text/html\n\n<p>text\n--x--\n",
    ]  # fmt: skip


DOCUMENT_SEEDS = _documents()


@st.composite
def mutated_documents(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(DOCUMENT_SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.sampled_from([0, 1, 4, 100, len(data)]))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        data = data[:at] + piece + data[at + cut :]
    return data


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(DOCUMENTS), mutated_documents())
def test_any_bytes_of_documents_give_documents_or_an_input_error(name, data):
    check(name, data, 10_000)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(st.sampled_from(DOCUMENTS), mutated_documents())
def test_many_bytes_of_documents_give_documents_or_an_input_error(name, data):
    check(name, data, 10_000)


@pytest.mark.slow
@settings(max_examples=5000, deadline=None)
@given(st.sampled_from(NAMES), mutated(), st.sampled_from([1, 50, 10_000]))
def test_many_bytes_give_documents_or_an_input_error(name, data, limit):
    check(name, data, limit)
