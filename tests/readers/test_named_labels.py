"""Tables that name documents and say their labels, in each way in which people write them."""

from __future__ import annotations

import json

import pytest

from protolabel.errors import InputError
from protolabel.readers.truth import read_named_labels

ROWS = [("001.txt", "invoice"), ("sub/002.txt", "cv"), ("003.txt", "")]


def pairs(path, **options):
    return [(row.names, row.labels) for row in read_named_labels(str(path), **options)]


def expected(rows=ROWS):
    return [((name,), (label,) if label else ()) for name, label in rows]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_text_is_read_with_any_usual_mark_and_title_rows(tmp_path, mark):
    lines = ["The truth about May", "", mark.join(("id", "label"))]
    path = tmp_path / "truth.csv"
    path.write_text("\n".join([*lines, *(mark.join(row) for row in ROWS)]) + "\n")
    assert pairs(path) == expected()


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_a_workbook_and_a_parquet_file_are_tables_too(tmp_path, suffix):
    path = tmp_path / f"truth.{suffix}"
    if suffix == "xlsx":
        workbook = pytest.importorskip("xlsxwriter").Workbook(str(path))
        sheet = workbook.add_worksheet()
        for row, cells in enumerate([("file", "category"), *ROWS]):
            sheet.write_row(row, 0, cells)
        workbook.close()
    else:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        names, labels = zip(*ROWS, strict=True)
        columns = {"file": list(names), "category": [label or None for label in labels]}
        parquet.write_table(pyarrow.table(columns), path)
    notices = []
    assert pairs(path, on_notice=notices.append) == expected()
    assert sorted(notice.message for notice in notices)[-1].endswith("is read as the source")


@pytest.mark.parametrize("as_array", [False, True])
def test_json_may_have_null_lists_and_numbers(tmp_path, as_array):
    objects = [
        {"id": 17, "label": "invoice", "more": {"x": 1}},
        {"id": "18", "label": None},
        {"id": "19", "label": ["cv", "urgent"]},
        {"id": "20", "label": " None of  these "},
    ]
    path = tmp_path / ("truth.json" if as_array else "truth.jsonl")
    path.write_text(json.dumps(objects) if as_array else "\n".join(map(json.dumps, objects)))
    labels = [("invoice",), (), ("cv", "urgent"), ()]
    assert [label for _, label in pairs(path)] == labels
    assert [name for name, _ in pairs(path)] == [("17",), ("18",), ("19",), ("20",)]


def test_the_answers_of_label_are_read_as_they_were_written(tmp_path):
    """Of several labels a document, JSON has them as objects beside the likeliest one."""
    answers = [
        {
            "id": "a",
            "source": "in/a.txt",
            "label": "cv",
            "labels": [{"label": "cv"}, {"label": "x"}],
        },
        {"id": "b", "source": "in/b.txt", "label": None, "labels": []},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, answers)))
    assert pairs(path) == [(("a", "in/a.txt"), ("cv", "x")), (("b", "in/b.txt"), ())]
    table = tmp_path / "answers.csv"
    table.write_text("id,source,label,chance\na,in/a.txt,cv; x,0.9\nb,in/b.txt,,\n")
    assert pairs(table, label_separator=";") == pairs(path)


def test_columns_with_other_names_are_named_with_dots_too(tmp_path):
    table = tmp_path / "truth.csv"
    table.write_text("Nr;Art;Datei\n1;invoice;x.txt\n")
    assert pairs(table, id_field="Nr", label_field="Art") == [(("1",), ("invoice",))]
    path = tmp_path / "truth.jsonl"
    path.write_text('{"document": {"name": "1"}, "meta": {"kind": "cv"}}\n')
    named = pairs(path, id_field="document.name", label_field="meta.kind")
    assert named == [(("1",), ("cv",))]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "label,text\ncv,hello\n", "no id field.*the name of its file: 'source'"),
        ("a.csv", "id,text\n1,hello\n", "no label field"),
        ("a.jsonl", '{"label": "cv"}\n', "no id field"),
        ("a.jsonl", '{"id": "1"}\n', "no label field"),
        ("a.csv", "id,label\n,cv\n", r"a\.csv:2: it names no document"),
        ("a.csv", "id,id,label\n1,2,cv\n", "two columns named 'id'"),
        ("a.txt", "001.txt is an invoice", "no row of a table"),
    ],
)
def test_what_is_no_table_of_labels_is_refused_with_what_is_missing(
    tmp_path, name, content, message
):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_named_labels(str(tmp_path / name))
