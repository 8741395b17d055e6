"""Documents that cannot be used: reported one by one, while the good ones go on."""

from __future__ import annotations

import json

import numpy as np
import pytest

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples


def read(sources, reader=read_documents, **options):
    bad = []
    documents = list(reader(sources, on_unreadable=bad.append, **options))
    return [d.text for d in documents], [u.source for u in bad], [u.reason for u in bad]


def test_json_lines_go_on_after_a_bad_one(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [b'{"text": "one"}', b"{", b'{"text": ""}', '{"text": "é'.encode() + b'\xff"}', b"[1]",
             b'{"embedding": [1]}', b'{"embedding": [1, 2]}', b'{"text": "two"}',
             b'{"text": "' + b"x" * 2000 + b'"}', b'{"text": "three"}']  # fmt: skip
    path.write_bytes(b"\n".join(lines))
    texts, sources, reasons = read(path, max_bytes=1000)
    assert texts == ["one", "", None, None, "two", "three"]
    assert sources == [f"{path}:{n}" for n in (2, 4, 5, 9)]
    assert all(reasons)
    assert not any(str(path) in reason for reason in reasons[:1])


def test_tables_go_on_after_a_bad_row(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        "text,id",
        "one,1",
        "",
        '"y"z,2',
        "two",
        ",3",
        '"two\nlines",4',
        "caf\udce9 é,5",
        "six,6",
    ]
    path.write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    texts, sources, _ = read(path)
    assert texts == ["one", "", "two\nlines", "six"]
    assert sources == [f"{path}:{n}" for n in (4, 5, 9)]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,id\none,1\n"two,2\nthree,3\nfour,4\n')
    texts, sources, _ = read(path)
    assert texts == ["one", "three", "four"]
    assert sources == [f"{path}:3"]


def test_many_open_quotes_take_bounded_work(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text\n" + 'a"b\n"open\n' * 2000)
    texts, sources, _ = read(path, max_bytes=1000)
    assert sources
    assert len(texts) + len(sources) < 5000


def test_lines_go_on_after_a_bad_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("é\n".encode() + b"\xff\xfe\n" + "\u200b\nlast".encode())
    texts, sources, _ = read(path, fmt="lines")
    assert texts == ["é", "\u200b", "last"]
    assert sources == [f"{path}:2"]


def test_vectors_go_on_after_a_bad_row(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[1.0, 2], [np.nan, 0], [3, 4]]))
    bad = []
    documents = list(read_documents(tmp_path / "a.npy", on_unreadable=bad.append))
    assert [d.id for d in documents] == ["0", "2"]
    assert [u.source for u in bad] == [f"{tmp_path / 'a.npy'}:row 1"]


def test_folders_go_on_after_a_bad_file(tmp_path):
    for name, data in (("1.txt", b"one"), ("2.txt", b"\x89PNG"), ("3.csv", b"text\nx"), ("4", b""),
                       ("sub/5.png", b"no"), ("sub/6.txt", b"six")):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    texts, sources, _ = read(tmp_path)
    assert texts == ["one", "x", "", "six"]
    names = ["2.txt", "gone", "sub/5.png"]
    assert sources == [str(tmp_path / name) for name in names]


def test_sources_go_on_after_a_bad_one(tmp_path):
    good, bad, empty = tmp_path / "a.txt", tmp_path / "b.csv", tmp_path / "c.jsonl"
    good.write_text("fine")
    bad.write_text("title\nx\n")
    empty.write_text("\n")
    texts, sources, reasons = read([bad, good, empty])
    assert texts == ["fine"]
    assert sources == [str(bad), str(empty)]
    assert reasons[0].startswith("1: no text field among its fields ('title')")


def test_examples_go_on_after_a_bad_one(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [{"text": "a", "label": "x", "id": "1"}, {"text": "b"}, {"text": "c", "label": "\x07"},
            {"text": "d", "label": "y", "id": "1"}, {"text": "e", "label": 2}]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    texts, sources, _ = read(path, read_examples)
    assert texts == ["a", "e"]
    assert sources == [f"{path}:{n}" for n in (2, 3, 4)]


def test_without_a_callback_the_first_bad_document_ends_the_stream(tmp_path):
    (tmp_path / "1.txt").write_text("one")
    (tmp_path / "2.txt").write_bytes(b"\x89PNG")
    (tmp_path / "3.txt").write_text("three")
    stream = read_documents(tmp_path)
    assert next(stream).text == "one"
    with pytest.raises(InputError, match=r"2.txt: a PNG image"):
        next(stream)
    assert next(stream, None) is None


def test_a_missing_source_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "1.txt").write_text("one")
    with pytest.raises(InputError, match=r"no such file"):
        read_documents([tmp_path / "1.txt", tmp_path / "2.csv"], on_unreadable=print)


@pytest.mark.parametrize("text", ["\u200b", "\xad\xad", "\ufeff \u2060", "\u0301", "\u3164"])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_text_without_a_visible_character_is_no_evidence(tmp_path, name, text):
    contents = {"a.txt": text, "a.jsonl": json.dumps({"text": text}), "a.csv": f'text\n"{text}"\n'}
    (tmp_path / name).write_text(contents[name], encoding="utf-8")
    (document,) = read_documents(tmp_path / name)
    assert "without a visible character" in document.unreadable
    with pytest.raises(InputError, match=r"without a visible character"):
        list(read_examples(tmp_path / name, label="bill"))
