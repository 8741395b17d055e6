"""What errors advise works when it is done to the letter: each command in backticks is run."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples

SRC = Path(__file__).parents[2] / "src"
TABLE = "text,label\none,a\ntwo,b\n"


def advice(path, reader=read_documents, **options) -> str:
    with pytest.raises(InputError) as caught:
        list(reader(path, **options))
    return caught.value.remedy


def run(remedy, cwd) -> None:
    (command,) = re.findall("`(.*?)`", remedy)
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"needs {command.split()[0]}")
    subprocess.run(command, shell=True, check=True, cwd=cwd, capture_output=True)


def test_a_table_in_another_encoding_is_converted_to_a_table(tmp_path):
    path = tmp_path / "my table.csv"
    path.write_bytes("text,label\nZapłaciłem dwa razy,zwrot\n".encode("cp1250"))
    remedy = advice(path)
    assert "-f WINDOWS-1250" in remedy  # as Windows-1252 it reads as no text
    run(remedy, tmp_path)
    (example,) = read_examples(tmp_path / "my table.utf8.csv")
    assert (example.text, example.label) == ("Zapłaciłem dwa razy", "zwrot")
    assert read_documents(path, encoding="windows-1250")


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("gz", bytes),
     ("bz2", bytes), ("xz", bytes), ("br", bytes)],
)  # fmt: skip
def test_a_compressed_table_in_another_encoding_is_converted_to_a_table(tmp_path, suffix, pack):
    """Before: iconv took the compressed bytes, and the new name said no table."""
    path = tmp_path / f"my table.csv.{suffix}"
    path.write_bytes(pack("text\nZapłaciłem dwa razy\n".encode("cp1250")))
    run(advice(path), tmp_path)
    (document,) = read_documents(tmp_path / "my table.utf8.csv")
    assert document.text == "Zapłaciłem dwa razy"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "shift_jis", "cp1253", "iso-8859-5"])
def test_no_encoding_is_named_in_which_a_text_says_nothing(tmp_path, encoding):
    words = "請求書をお支払いください" if encoding == "shift_jis" else "Пожалуйста оплатите счет"
    words = "Παρακαλώ πληρώστε το τιμολόγιο" if encoding == "cp1253" else words
    path = tmp_path / "letter.txt"
    path.write_bytes(words.encode(encoding))
    assert "iconv -f ENCODING -t UTF-8" in advice(path)
    (document,) = read_documents(path, encoding=encoding)
    assert document.text == words


WORDS = "Bitte überweisen Sie 420 € für unsere Leistungen"


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.json", "t.txt"])
def test_a_file_in_utf8_with_one_bad_byte_keeps_its_letters(tmp_path, name, place):
    """Before: iconv from Windows-1252 or -1250, which made two wrong letters of each umlaut."""
    path = tmp_path / name
    rows = [WORDS.encode()] * 3
    rows.insert(place, b"Gr\xdf aus Bonn")
    if name == "t.csv":
        rows = [b"text", *rows]
    elif name != "t.txt":
        rows = [b'{"text": "' + row + b'"}' for row in rows]
    content = b",\n".join(rows) if name == "t.json" else b"\n".join(rows)
    path.write_bytes(b"[" + content + b"]" if name == "t.json" else content)
    remedy = advice(path)
    assert f"correct line {place + 1 + (name == 't.csv')}, since" in remedy
    run(remedy, tmp_path)
    texts = [d.text for d in read_documents(path.with_suffix(f".utf8{path.suffix}"))]
    lines = "\n".join(texts).split("\n")
    assert lines.count(WORDS) == 3
    assert lines[place] == "Gr aus Bonn"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_table_that_a_format_is_given_for_is_read_without_it(tmp_path, pack):
    path = tmp_path / "t.csv"  # packed, and named as if it were not
    path.write_bytes(pack(TABLE.encode()))
    assert "by its path, without a format (fmt=)" in advice(path, fmt="csv")
    assert [d.text for d in read_documents(path)] == ["one", "two"]


def test_a_json_array_with_the_wrong_suffix_is_renamed(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('[{"text": "one"},\n{"text": "two"}]')
    assert "give it the suffix .json" in advice(path)
    path.rename(tmp_path / "a.json")
    assert [d.text for d in read_documents(tmp_path / "a.json")] == ["one", "two"]


def test_a_link_to_nothing_is_removed(tmp_path):
    (tmp_path / "a.txt").write_text("fine")
    (tmp_path / "my link").symlink_to(tmp_path / "nowhere")
    run(advice(tmp_path), tmp_path)
    assert [d.id for d in read_documents(tmp_path)] == ["a.txt"]


def test_a_missing_path_is_listed_or_corrected(tmp_path):
    (tmp_path / "invoices.csv").write_text(TABLE)
    remedy = advice(tmp_path / "invioces.csv")
    (near,) = re.findall(r"did you mean (.*)\?", remedy)
    assert len(list(read_documents(near))) == 2
    run(advice(tmp_path / "deep" / "er" / "zzz"), tmp_path)


def test_a_table_of_embeddings_in_a_folder_is_given_by_its_own_path(tmp_path):
    path = tmp_path / "t.npy"
    np.save(path, np.eye(2, dtype=np.float32))
    assert "give the table by its own path" in advice(tmp_path)
    assert len(list(read_documents(path))) == 2


def test_fields_are_named_or_renamed(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("words,kind\nx,a\n")
    assert "the text field (text_field=), or rename it to 'text'" in advice(path)
    assert "the label field (label_field=)" in advice(path, read_examples, text_field="words")
    (example,) = read_examples(path, text_field="words", label_field="kind")
    path.write_text("text,label\nx,a\n")
    assert [example.text] == [e.text for e in read_examples(path)]


# -- standard input -------------------------------------------------------------------------------

SCRIPT = """
import sys
from functools import partial
from protolabel.errors import InputError
from protolabel.readers import read_documents, source_size
try:
    source_size("-")
    print([d.text for d in read_documents("-", fmt=(sys.argv[1:] or [None])[0])])
except InputError as error:
    print(error)
"""


def piped(shell: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "error", "-c", SCRIPT, *arguments]
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run(
        ["sh", "-c", shell, "sh", *command], capture_output=True, text=True, env=env, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_a_closed_standard_input_is_refused():
    assert piped('"$@" <&-').startswith("stdin: cannot be read (it is closed)")


def test_formats_of_standard_input():
    assert piped("printf 'Message;n\\none;1\\n' | \"$@\"", "csv") == "['one']\n"
    assert piped('printf \'\\n [{"text": "one"},{"text": "two"}]\' | "$@"') == "['one', 'two']\n"
    assert piped('printf \'{"text":\\n"one"}\' | "$@"', "json") == "['one']\n"
    assert piped("printf 'one\\rtwo' | \"$@\"") == "['one', 'two']\n"
    assert piped("printf '[one\\n' | \"$@\"", "lines") == "['[one']\n"
