"""A first line that is surely a document is no header, though a cell of it is a usual name."""

from __future__ import annotations

import re

import pytest
from commands import call

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples

KINDS = (
    "text,where is my parcel please\nimage,please pay the amount\ntext,call me back\nimage,my cv\n"
)
SENDERS = KINDS.replace("text", "message").replace("image", "bill")


@pytest.mark.parametrize("table", [KINDS, SENDERS])
@pytest.mark.parametrize("reader", [read_documents, read_examples])
def test_a_label_with_a_usual_name_of_a_text_is_no_header(tmp_path, table, reader):
    """Before: the labels were answered, and the first document was lost."""
    path = tmp_path / "t.csv"
    path.write_text(table)
    with pytest.raises(InputError, match="line 1 seems to be a document") as caught:
        list(reader(path))
    assert "parcel" not in str(caught.value)
    (line,) = re.findall("put a line `(.*?)` above line 1", str(caught.value))
    path.write_text(f"{line}\n{table}")
    texts = [row.partition(",")[2] for row in table.splitlines()]
    assert [document.text for document in read_documents(path)] == texts


@pytest.mark.parametrize("table", [
    "text,label\ntext,cv\nmy cv,cv\n",  # a document whose text is the name of its field
    "text,label\nmy cv,cv\ntext,label\nmy bill,bill\n",  # two tables, one below the other
    "message,What did the customer say to us?\nlate,it came late\nlost,it is lost\n",
    "label,text\ncv,my cv\n",
    ",text,label\n,my cv,cv\n,my bill,bill\n",  # a column without a name, and without a value
    "text,,,label\nmy cv,,,cv\nmy bill,,,bill\n",
])  # fmt: skip
def test_a_header_stays_a_header(tmp_path, table):
    path = tmp_path / "t.csv"
    path.write_text(table)
    assert len(list(read_documents(path))) == table.count("\n") - 1


def test_who_names_the_field_is_taken_at_their_word(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(KINDS)
    texts = [document.text for document in read_documents(path, text_field="text")]
    assert texts == ["image", "text", "image"]


@pytest.mark.parametrize("rows", [
    ["1,please pay the bill now", "2,here is my cv for you"],
    ["c1,please pay the bill now", "c2,here is my cv for you"],
    ["1\tplease pay the bill now", "2\there is my cv for you"],
])  # fmt: skip
def test_the_advice_for_a_table_without_a_clear_label_says_how_to_name_it(tmp_path, rows):
    path = tmp_path / ("t.tsv" if "\t" in rows[0] else "t.csv")
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(InputError) as caught:
        list(read_examples(path))
    message = str(caught.value)
    pattern = r"put a line `(.*?)` above line 1 and say which column is the label \(label_field=\)"
    (line,) = re.findall(pattern, message)
    path.write_text(line.replace("<tab>", "\t") + "\n" + path.read_text())
    assert len(list(read_examples(path, label_field="column1"))) == 2
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    call("import", space, path, "--label-field", "column1", "--new")


def test_the_advice_for_documents_alone_says_who_takes_them(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("please pay the bill now\nhere is my cv for you\n")
    with pytest.raises(InputError) as caught:
        list(read_examples(path))
    assert "put a line `text` above line 1 and a label into each row, or" in str(caught.value)
    assert "`protolabel add SPACE CLASS FILE`" in str(caught.value)
    path.write_text("text\n" + path.read_text())
    assert len(list(read_examples(path, label="cv"))) == 2
