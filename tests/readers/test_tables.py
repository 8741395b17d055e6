"""Tables as people have them: what Excel and other programs write, and how fields are chosen."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples
from protolabel.words.text import has_visible_text

ROWS = [("Où est ma carte ?", "arrivée"), ("Zwei Zeilen\nin einer; Zelle", "Übel"), ("x", "y")]


def written(rows, delimiter=",", end="\r\n", above="") -> str:
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL  # which forgets other line ends
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return above + stream.getvalue()


def read(path, **options):
    notices = []
    examples = list(read_examples(path, on_notice=notices.append, **options))
    return [(e.text, e.label) for e in examples], [n.message for n in notices]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("above", ["", "sep={};\r\n".replace("{};", "{}")])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
def test_csv_as_excel_writes_it(tmp_path, encoding, delimiter, above, end):
    above = above.format(delimiter).replace("\r\n", end)
    table = written([("text", "label"), *ROWS], delimiter, end, above)
    path = tmp_path / "t.csv"
    path.write_bytes(table.encode(encoding))
    pairs, notices = read(path)
    assert pairs == ROWS
    assert len(notices) == (encoding == "cp1252")
    assert all("Windows-1252" in notice for notice in notices)
    plain = list(read_documents(path))
    assert [d.text for d in plain] == [text for text, _ in ROWS]


def test_an_encoding_that_the_caller_says(tmp_path):
    path = tmp_path / "t.csv"
    rows = [("Zażółć gęślą jaźń", "ból")]
    path.write_bytes(written([("text", "label"), *rows]).encode("cp1250"))
    with pytest.raises(InputError, match=r"not UTF-8"):
        read(path)
    assert read(path, encoding="windows-1250") == (rows, [])
    with pytest.raises(InputError, match=r"text encoding"):
        read(path, encoding="base64")
    with pytest.raises(InputError, match=r"text that is not in utf-16"):
        read(path, encoding="utf-16")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1251", "Привет, мир"), ("cp1250", "Zapłaciłem dwa razy, proszę o zwrot"),
     ("shift_jis", "請求書を送付します"), ("gb18030", "请确认发票"), ("cp1253", "Καλημέρα"),
     ("mac_roman", "déjà payé à Zürich")],
)  # fmt: skip
def test_other_encodings_are_refused_and_not_guessed(tmp_path, encoding, text):
    path = tmp_path / "t.csv"
    path.write_bytes(written([("text", "label"), (text, "a")]).encode(encoding))
    with pytest.raises(InputError, match=r"t.csv:2: byte .* is not UTF-8.*say the encoding"):
        read(path)


def test_title_rows_and_empty_rows_and_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Complaints 2024;;;;\n;;;;\nby;post;;;\nText;Id;Label;;\n"
        "a;1;x;;\n;;;;\nb;2;y;;\n;;;;\n;;;;\n"
    )
    pairs, notices = read(path)
    assert pairs == [("a", "x"), ("b", "y")]
    assert any("2 rows above it are left out" in notice for notice in notices)
    assert [e.source for e in read_examples(path)] == [f"{path}:5", f"{path}:7"]
    assert [e.id for e in read_examples(path)] == ["1", "2"]


def test_a_full_row_above_a_name_is_no_title(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("hello there,greeting\nmessage,intent\n")
    with pytest.raises(InputError, match=r"t\.csv:1: no text field.*if line 1 is a document"):
        read(path)


@pytest.mark.parametrize("content", ['"', '"\n' * 3, "\n" * 50_000 + "x", "a\n" + "\n" * 50_000])
def test_a_table_without_a_header_is_refused(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=r"t.csv:\d+: no text field"):
        read(path)


def test_the_fields_that_an_error_names_are_those_of_the_widest_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Complaints 2024;;\n;;\nMeldung;Kategorie;Nr\nx;y;1\n")
    with pytest.raises(InputError, match=r"t.csv:3: no text field .*'Meldung', 'Kategorie', 'Nr'"):
        read(path)


def test_empty_lines_above_the_header(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n" * 5000 + ",,\ntext,label\na,b\n")
    assert [e.source for e in read_examples(path)] == [f"{path}:5003"]


def test_cells_beyond_the_header_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text;label;;\na;x;;\nb;y;z;\n")
    with pytest.raises(InputError, match=r"t.csv:3: 4 fields; expected 2"):
        read(path)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.json"])
@pytest.mark.parametrize(
    ("text", "label"),
    [("Body", "Category"), ("CONTENT", "intent"), ("utterance", "class"), ("Text", "Tag"),
     ("message", "type"), ("sentence", "Label"), ("document", "label")],
)  # fmt: skip
def test_usual_names_are_guessed_and_said(tmp_path, name, text, label):
    path = table(tmp_path / name, [{"n": "1", text: "hello", label: "x"}])
    pairs, notices = read(path)
    assert pairs == [("hello", "x")]
    chosen = [m for m in notices if repr(text) in m and "as the text" in m]
    assert len(chosen) == 1
    assert any(repr(label) in m and "as the label" in m for m in notices) == (label != "label")


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.json"])
def test_two_usual_names_are_ambiguous(tmp_path, name):
    path = table(tmp_path / name, [{"Body": "b", "message": "m", "Intent": "i", "tag": "t"}])
    with pytest.raises(InputError, match=r"'Body' and 'message' may each be the text"):
        read(path)
    with pytest.raises(InputError, match=r"'Intent' and 'tag' may each be the label"):
        read(path, text_field="Body")
    assert read(path, text_field="Body", label_field="tag") == ([("b", "t")], [])
    path = table(tmp_path / name, [{"text": "b", "message": "m", "label": "i", "tag": "t"}])
    assert read(path) == ([("b", "i")], [])


def table(path, rows):
    if path.suffix == ".csv":
        path.write_text(written([rows[0].keys(), *(row.values() for row in rows)]))
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows, indent=1))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("name", ["t.jsonl", "t.json"])
def test_nested_names(tmp_path, name):
    row = {"data": {"body": {"plain": "hello"}, "meta.id": 7}, "annotations": {"choice": "x"}}
    path = table(tmp_path / name, [row])
    options = {"text_field": "data.body.plain", "label_field": "annotations.choice"}
    assert read(path, **options) == ([("hello", "x")], [])
    with pytest.raises(InputError, match=r"'data.body.plain', 'data.meta.id', 'annotations"):
        read(path)
    with pytest.raises(InputError, match=r"no 'data.body.html' among its fields"):
        read(path, text_field="data.body.html")
    table(path, [{"a.b": "dots", "a": {"b": "nested"}, "label": "x"}])
    assert read(path, text_field="a.b")[0] == [("dots", "x")]


def test_a_wanted_name_in_another_case_in_a_table(tmp_path):
    path = table(tmp_path / "t.csv", [{"Kommentar": "hello", "Art": "x"}])
    assert read(path, text_field="kommentar", label_field="art")[0] == [("hello", "x")]


@pytest.mark.parametrize("name", ["t.jsonl", "t.json"])
@pytest.mark.parametrize(
    ("label", "word"), [(3, "3"), (0, "0"), (-1, "-1"), (True, "true"), (False, "false")]
)
def test_whole_numbers_and_booleans_are_labels(tmp_path, name, label, word):
    path = table(tmp_path / name, [{"text": "a", "label": label}])
    assert read(path)[0] == [("a", word)]
    assert len(read(path, label=word)[0]) == 1


def test_null_is_no_label(tmp_path):
    path = table(tmp_path / "t.jsonl", [{"text": "a", "label": None}])
    with pytest.raises(InputError, match=r"t.jsonl:1: 'label' is null, so the row has no label"):
        read(path)
    assert read(path, label="x")[0] == [("a", "x")]


def test_a_label_column_with_a_usual_name_is_none_where_the_label_is_given(tmp_path):
    path = table(tmp_path / "t.csv", [{"text": "a", "type": "letter"}])
    assert read(path, label="x") == ([("a", "x")], [])


# -- JSON arrays ----------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 0, 3])
def test_a_json_array_is_read_object_by_object(tmp_path, indent):
    rows = [{"text": "one", "id": 5}, {"embedding": [1, 2]}, {"text": "é\n]}"}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, indent=indent))
    one, two, three = read_documents(path)
    assert (one.text, one.id) == ("one", "5")
    assert (two.embedding.tolist(), two.id, two.source) == ([1, 2], "a.json:2", f"{path}:item 2")
    assert three.text == "é\n]}"


def test_a_single_object_and_objects_one_after_the_other(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{\n "text": "one"\n}\n')
    assert [d.text for d in read_documents(path)] == ["one"]
    path.write_text('{"text": "one"}\n{"text":\n"two"} {"text": "three"}')
    assert [d.text for d in read_documents(path)] == ["one", "two", "three"]
    assert [d.text for d in read_documents(path, fmt="text")] == [path.read_text()]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"text": "a"}', "the array is not closed"),
        ('[{"text": "a"},\n\n{"text": }]', r"a.json:3: not JSON at column 10"),
        ('[{"text": "a"},\n{"text": "b', r"a.json:2: not JSON.*Unterminated"),
        ('[{"text": "a"}]\n[1]', "item 2: the item is a number"),
        ("[[{}]]", "item 1: the item is a list"),
        ("[" * 100_000, "a.json"),
        ('{"a":' * 100_000, "a.json"),
        ('[{"a": NaN}, {"text": "a"}]', "item 1: no text field"),
        ("3", "the item is a number"),
        ("[]", "no documents"),
        ("", "no documents"),
        ('["\\ud800"]', "item 1: the item is a string"),
        (b'[{"text": "\xe9"}]', "a.json:1: byte 0xE9 at byte 11 is not UTF-8"),
        (b'[{"text": "a"}\0]', "a.json:1: byte 0x00"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path, content, message):
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=message) as caught:
        list(read_documents(path))
    assert str(caught.value).startswith(f"{path}:")
    assert len(str(caught.value)) < 1000


def test_an_object_over_the_limit_is_not_read_whole(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"text": "fine"}, {"text": "' + "x" * 10**6 + '"}]')
    stream = read_documents(path, max_bytes=1000)
    assert next(stream).text == "fine"
    with pytest.raises(InputError, match=r"an object of more than 1,000 bytes"):
        next(stream)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_characters="\0", codec="utf-8")).filter(has_visible_text),
            json_values,
        ),
        min_size=1,
        max_size=5,
    ),
    indent=st.none() | st.integers(0, 2),
    escaped=st.booleans(),
)
def test_json_array_round_trip(tmp_path, rows, indent, escaped):
    path = tmp_path / "r.json"
    table = [{"other": other, "text": text} for text, other in rows]
    path.write_text(json.dumps(table, indent=indent, ensure_ascii=escaped), encoding="utf-8")
    assert [d.text for d in read_documents(path)] == [text for text, _ in rows]


@pytest.mark.parametrize(
    "rows",
    [
        [{"label": ["bill"], "labels": ["urgent"]}, {"label": "job"}],
        [{"label": "bill", "labels": ["bill", "urgent"]}, {"labels": "job"}],
        [{"label": None, "labels": ["bill", "urgent"]}, {"label": "job", "labels": None}],
    ],
)
def test_no_label_of_a_row_is_dropped(tmp_path, rows):
    """Under ``label``, under ``labels`` or under both, in one file."""
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps({"text": "pay"} | row) + "\n" for row in rows))
    labels = [e.label for e in read_examples(path, several_labels=True)]
    assert labels == ["bill", "urgent", "job"]


def test_two_columns_of_labels_are_refused_and_one_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text,label,labels\npay,bill,urgent\n")
    with pytest.raises(InputError, match="'label' and 'labels' may each be the label"):
        list(read_examples(path, several_labels=True))
    path.write_text("text,labels\npay,bill;urgent\n")
    read = read_examples(path, several_labels=True, label_separator=";")
    assert [e.label for e in read] == ["bill", "urgent"]
