"""Where no column has a usual name, errors list the real columns and name the likely text."""

from __future__ import annotations

import itertools
import re

import pandas as pd
import pytest

from protolabel import LabelSpace, ProtolabelError, read_documents, read_examples

ROWS = [
    ("D0010", "I am unhappy with delivery 509, refund me, Thanks, Zoë", "complaint"),
    ("D0011", "Please, send, the bill", "invoice"), ("D0012", "hello my friend", "other"),
]  # fmt: skip
HEADER = ("Nr", "Inhalt", "Art")
TITLES = ["", "Beschwerden 2024\n", "Beschwerden, Lob und Tadel 2024;;\n\n", "Liste;2024\n"]


def message_of(call) -> str:
    with pytest.raises(ProtolabelError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("reader", [read_documents, read_examples])
def test_a_semicolon_table_with_a_title_and_foreign_names_lists_its_real_columns(
    title, reader, tmp_path
):
    """Before, the error had the cells of a data row, cut at its commas."""
    path = tmp_path / "excel.csv"
    table = title + "\n".join(";".join(row) for row in [HEADER, *ROWS]) + "\n"
    path.write_text(table, encoding="cp1252")
    line = 1 + title.count("\n")
    message = message_of(lambda: list(reader(path)))
    assert f"{path}:{line}: no text field among its fields ('Nr', 'Inhalt', 'Art')" in message
    assert "; 'Inhalt' looks like one; " in message
    named = list(read_examples(path, text_field="Inhalt", label_field="Art", id_field="Nr"))
    assert [(e.id, e.text, e.label) for e in named] == ROWS
    assert "('Nr', 'Inhalt', 'Art')" in message_of(lambda: list(reader(path, text_field="Inhald")))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_each_delimiter_is_known_by_its_rows(mark, tmp_path):
    path = tmp_path / "a.csv"
    cells = [tuple(cell.replace(",", "") for cell in row) for row in [HEADER, *ROWS]]
    path.write_text("\n".join(map(mark.join, cells)))
    assert "('Nr', 'Inhalt', 'Art')" in message_of(lambda: list(read_documents(path)))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_remedy_for_a_table_names_the_column_of_texts_and_never_an_id(order):
    """Before: `name it: text='Nr'`, the first column."""
    table = pd.DataFrame({HEADER[i]: [row[i] for row in ROWS] for i in order})
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add("pay the bill", "invoice")
        assert message_of(lambda: space.label_many(table)).endswith("name it: text='Inhalt'")
        assert message_of(lambda: space.label(table)).endswith(
            "for many: label_many(documents, text='Inhalt')"
        )
        remedy = message_of(lambda: space.add(table)).rpartition("name the columns: ")[2]
        assert remedy == "add(table, text='Inhalt', label=COLUMN)"
        assert len(space.label_many(table, text="Inhalt").collected()) == 3
        done = eval(remedy.replace("COLUMN", "'Art'"), {"add": space.add, "table": table})
        assert done.summary.startswith("added 3 examples")


def test_a_usual_name_comes_before_the_looks_and_without_either_nothing_is_guessed():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add("pay the bill", "invoice")
        table = pd.DataFrame({"note": ["a b c d", "e f g h"], "Body": ["pay", "cv"]})
        assert message_of(lambda: space.label(table)).endswith("text='Body')")
        codes = pd.DataFrame({"nr": ["D1", "D2"], "n": [1, 2]})
        assert re.search(r"text=COLUMN$", message_of(lambda: space.label_many(codes)))
