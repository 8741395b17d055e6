"""A table without a line of names: the advice of its error, done to the letter, loses nothing."""

from __future__ import annotations

import re

import pytest
from commands import call

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples
from protolabel.readers.missing_headers import missing_naming_header

DOCUMENTS = [("please pay the bill", "invoice"), ("my cv and studies", "cv"),
             ("sunny with rain", "weather")]  # fmt: skip
TABLES = {
    "comma.csv": "please pay the bill,invoice\nmy cv and studies,cv\nsunny with rain,weather\n",
    "label_first.csv": "invoice;please pay the bill\ncv;my cv and studies\n"
    "weather;sunny with rain\n",
    "tabs.tsv": "please pay the bill\tinvoice\nmy cv and studies\tcv\nsunny with rain\tweather\n",
    "numbered.csv": "1,please pay the bill,invoice\n2,my cv and studies,cv\n"
    "3,sunny with rain,weather\n",
    "titled.csv": "Mails\n\nplease pay the bill|invoice\nmy cv and studies|cv\n"
    "sunny with rain|weather\n",
}  # fmt: skip


def with_remedy(path, reader) -> str:
    """Put the line that the error advises above the line that it names; return the message."""
    with pytest.raises(InputError) as caught:
        list(reader(path))
    header, line = re.search(r"put a line `(.*?)` above line (\d+)", str(caught.value)).groups()
    lines = path.read_text().splitlines(keepends=True)
    lines.insert(int(line) - 1, header.replace("<tab>", "\t") + "\n")
    path.write_text("".join(lines))
    return str(caught.value)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("reader", [read_documents, read_examples])
def test_the_remedy_to_the_letter_finds_every_document(name, reader, tmp_path):
    """Before: `--text-field 'please pay the bill'`, which took the first document for a name."""
    path = tmp_path / name
    path.write_text(TABLES[name])
    message = with_remedy(path, reader)
    assert "seems to be a document, not the names of the fields" in message
    assert "please pay" not in message
    assert "looks like" not in message
    assert [document.text for document in read_documents(path)] == [text for text, _ in DOCUMENTS]
    assert [(e.text, e.label) for e in read_examples(path)] == DOCUMENTS


@pytest.mark.parametrize("texts", [
    ["please pay the bill", "my cv", "sunny with rain"],
    ["my cv", "please pay the bill", "sunny with rain"],
    ["bill", "cv", "rain"],
])  # fmt: skip
def test_so_it_does_for_a_file_of_one_column(texts, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("".join(f"{text}\n" for text in texts))
    with_remedy(path, read_documents)
    assert [document.text for document in read_documents(path)] == texts


@pytest.mark.parametrize(("lines", "header"), [
    (["hello there,invoice,2024", "good bye now,cv,2024"], "text,label,column3"),
    (["id1,I would like to pay,en", "id2,this is my cv,en"], "column1,text,column3"),
    (["en,inv,please pay this bill now", "de,cv,here is my cv for you",
      "en,weather,rain and wind today"], "column1,column2,text"),
    (["inv,100.00,please pay this bill", "cv,0.00,here is my cv for you",
      "inv,100.00,pay the invoice at once"], "label,column2,text"),
    (["2024-01-01,please pay the bill now", "2024-01-02,here is my cv for you"], "column1,text"),
    (["please pay the bill now,invoice", "here is the bill for you,invoice"], "text,label"),
])  # fmt: skip
def test_a_column_that_says_the_same_of_each_or_numbers_them_is_no_label(lines, header, tmp_path):
    """All documents became the class 2024."""
    path = tmp_path / "year.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=f"put a line `{header}` above line 1"):
        list(read_examples(path))


def test_names_in_many_words_can_still_be_named(tmp_path):
    """A survey has its questions in the first line."""
    path = tmp_path / "survey.csv"
    question = "What could we do better for you?"
    path.write_text(f"Time,{question},Kind\nmonday,be quicker please,service\n")
    with pytest.raises(
        InputError, match=r"if line 1 does name the fields, say which .*text_field="
    ):
        list(read_examples(path))
    (example,) = read_examples(path, text_field=question, label_field="Kind")
    assert example.text == "be quicker please"


def test_a_table_of_truth_without_names_keeps_its_first_row(tmp_path):
    space, truth = tmp_path / "mail.space", tmp_path / "truth.csv"
    call("init", space, "--encoder", "hashing")
    call("add", space, "bill", "--text", "please pay")
    (tmp_path / "documents.csv").write_text("id,text\na1,pay me please\na2,pay the bill\n")
    truth.write_text("a1,bill\na2,bill\n")
    command = ("evaluate", "--space", space, tmp_path / "documents.csv", "--truth", truth)
    refused = call(*command, code=2).stderr
    assert "if line 1 is a document, put a line `id,label` above line 1" in " ".join(
        refused.split()
    )
    truth.write_text("id,label\n" + truth.read_text())
    assert "2 documents" in call(*command).stdout


@pytest.mark.parametrize(("rows", "line"), [
    (("cv\tin/0.txt", "bill\tin/1.txt"), "label<tab>id"),  # the advice called the labels ids
    (("in/0.txt\tcv", "in/1.txt\tbill"), "id<tab>label"),
    (("cv,a1", "bill,a2"), "label,id"),
    (("a1,bill", "a2,cv"), "id,label"),
    (("a1,bill", "a1,urgent"), "id,label"),
    (("cat1,7", "cat1,8", "cat2,9"), "label,id"),
    (("invoice,mail", "invoice,letter"), "label,id"),
    (("mail,invoice", "letter,cv"), "id,label"),
])  # fmt: skip
def test_the_labels_of_a_table_of_truth_without_names_are_known_by_their_looks(rows, line):
    cells = [row.replace("\t", ",").split(",") for row in rows]
    header = missing_naming_header(cells, "\t" if "\t" in rows[0] else ",", first=1)
    assert header is not None
    assert header.line == line


def test_a_table_of_truth_with_its_labels_first_is_read_below_the_advised_line(tmp_path):
    space, truth = tmp_path / "mail.space", tmp_path / "truth.tsv"
    call("init", space, "--encoder", "hashing")
    call("add", space, "bill", "--text", "please pay")
    (tmp_path / "in").mkdir()
    for n, text in enumerate(["please pay the bill", "pay me please"]):
        (tmp_path / "in" / f"{n}.txt").write_text(text)
    truth.write_text("bill\tin/0.txt\nbill\tin/1.txt\n")
    command = ("evaluate", "--space", space, tmp_path / "in", "--truth", truth)
    refused = " ".join(call(*command, code=2).stderr.split())
    line = refused.partition("put a line `")[2].partition("`")[0].replace("<tab>", "\t")
    truth.write_text(f"{line}\n{truth.read_text()}")
    assert "2 documents" in call(*command).stdout


@pytest.mark.parametrize("names", [
    ("Customer message", "Category"), ("Betreff der Nachricht", "Kategorie"),
    ("Customer complaint narrative", "Category"), ("What did the customer say?", "Category"),
    ("Was sagte der Kunde denn dazu?", "Bereich"),
])  # fmt: skip
@pytest.mark.parametrize("texts", [("late", "broken", "lost it"), ("it came late " * 9,) * 3])
def test_names_of_some_words_are_listed_beside_the_other_remedy(names, texts, tmp_path):
    """Before: "line 1 seems to be a document", and `--text-field` had no name to take."""
    path = tmp_path / "q.csv"
    rows = [names, *zip(texts, ("refund", "repair", "refund"), strict=True)]
    path.write_text("".join(f"{text},{label}\n" for text, label in rows))
    with pytest.raises(InputError) as caught:
        list(read_examples(path))
    message = str(caught.value)
    assert f"no text field among its fields ({names[0]!r}, {names[1]!r})" in message
    assert "text_field=" in message
    assert "if line 1 is a document, put a line `text,label` above line 1" in message
    assert len(list(read_examples(path, text_field=names[0], label_field=names[1]))) == 3


@pytest.mark.parametrize("table", [
    "my order,complaint\nwhere is it,complaint\nhello,praise\n",
    "late message,complaint\nwhere is it,complaint\n",
    "我昨天去医院检查结果是艾滋病阳性请帮助,medical\n我要退款因为东西坏了,refund\n",
])  # fmt: skip
def test_a_label_that_stands_below_again_is_no_name_of_a_field(table, tmp_path):
    """A text of many words is none either, with blanks between them or without."""
    path = tmp_path / "no_header.csv"
    path.write_text(table)
    assert "seems to be a document" in with_remedy(path, read_examples)
    assert len(list(read_examples(path))) == table.count("\n")


def test_a_text_without_blanks_is_the_column_with_most_words(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "内容甲,类别\n我昨天去医院检查结果请帮助,medical\n我要退款因为东西坏了,refund\n"
    )
    with pytest.raises(InputError, match="'内容甲' looks like one"):
        list(read_examples(path))


EMPTY_LAST = {
    "semicolons.csv": "Nr.;Nachricht;Kategorie\n1;my card was stolen;\n2;how do I change my pin;\n",
    "titled.csv": "Mails\n\nNumber,Note,Category\n1,my card was stolen,\n"
    "2,how do I change my pin,\n",
    "padded_title.csv": "Mails,,\nNumber,Note,Category\n1,my card was stolen,\n"
    "2,how do I change my pin,\n",
    "two_columns.csv": "Nachricht;Kategorie\nmy card was stolen;\nhow do I change my pin;\n",
    "two_empty.csv": "Nr.;Nachricht;Kategorie;Grund\n1;my card was stolen;;\n"
    "2;how do I change my pin;;\n",
    "empty_columns_behind.csv": "Nr.;Nachricht;Kategorie;;\n1;my card was stolen;;;\n"
    "2;how do I change my pin;;;\n",
    "one_row.csv": "Nr.;Nachricht;Kategorie\n1;my card was stolen;\n",
    "one_label.csv": "Nr.;Nachricht;Kategorie\n1;my card was stolen;\n"
    "2;how do I change my pin;\n3;my card was swallowed;card\n4;where is my card;\n",
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY_LAST)
def test_a_header_counts_the_empty_cells_below_it(name, tmp_path):
    """The usual sheet before it is labelled. Before: "line 2 seems to be a document"."""
    path = tmp_path / name
    path.write_text(EMPTY_LAST[name])
    with pytest.raises(InputError) as caught:
        list(read_documents(path))
    message = str(caught.value)
    (text,) = {"Nachricht", "Note"} & set(re.findall(r"\w+", message))
    assert "no text field among its fields (" in message
    assert f"{text!r} looks like one" in message
    assert f":{[*map(str.strip, path.read_text().splitlines())].index(header_of(path)) + 1}:" in (
        message
    )
    documents = list(read_documents(path, text_field=text))
    assert documents[0].text == "my card was stolen"


def header_of(path) -> str:
    return next(line for line in path.read_text().splitlines() if re.search("Nachr|Note", line))


@pytest.mark.parametrize("above", [
    "please pay,invoice,2024\n", "Nr.;Nachricht;Kategorie\n", "please, pay the bill, now, thanks\n",
])  # fmt: skip
def test_names_below_a_fuller_row_are_said_to_stand_too_low(above, tmp_path):
    """Before: "no text field among ('label', 'text'); 'text' looks like one; rename it"."""
    mark = ";" if ";" in above else ","
    path = tmp_path / "t.csv"
    path.write_text(f"{above}label{mark}text\ncv{mark}my studies are these\n")
    with pytest.raises(InputError) as caught:
        list(read_documents(path))
    message = str(caught.value)
    assert "t.csv:2: the names of the fields ('label', 'text') stand below line 1, which" in message
    assert "looks like" not in message
    assert "rename" not in message


def test_the_advised_line_stands_above_the_fuller_rows(tmp_path):
    """Below them, done to the letter, it was refused: a document would have been left out."""
    path = tmp_path / "ragged.csv"
    path.write_text(
        "we met, we ate, we paid, bill\nmy cv and studies,cv\nit is sunny now,weather\n"
    )
    message = with_remedy(path, read_documents)
    assert "above line 1; if line 2 does name the fields" in message  # it was "if it does"
    assert path.read_text().startswith("text,label\nwe met")
    with pytest.raises(InputError, match=r"ragged\.csv:2: 4 fields"):
        list(read_documents(path))


def test_names_put_between_the_header_and_its_rows_do_not_hide_it(tmp_path):
    path = tmp_path / "d1.csv"
    path.write_text("Nr.;Nachricht;Kategorie\nlabel;text\n1;my card was stolen;\n2;my pin;\n")
    with pytest.raises(InputError, match=r"d1\.csv:1: .*'Nachricht' looks like one"):
        list(read_documents(path))


@pytest.mark.parametrize(("title", "header", "row"), [
    ("2024,North,South", "id,text,label", "1,my studies are these,cv"),
    ("title one,title two", "text,label", "my studies are these,cv"),
    ("Letters of May", "text", "my studies are these"),
])  # fmt: skip
def test_names_below_an_equally_wide_row_are_said_to_stand_too_low(title, header, row, tmp_path):
    """The advised line, put above the title, made a document of the names."""
    path = tmp_path / "t.csv"
    path.write_text(f"{title}\n{header}\n{row}\n{row.replace('studies', 'papers')}\n")
    with pytest.raises(InputError) as caught:
        list(read_documents(path))
    message = str(caught.value)
    assert "t.csv:2: the names of the fields (" in message
    assert "stand below line 1, which has at least as many cells and may be a document" in message
    assert "remove line 1 if it is a title" in message
    path.write_text(path.read_text().partition("\n")[2])
    texts = [document.text for document in read_documents(path)]
    assert texts == ["my studies are these", "my papers are these"]


@pytest.mark.parametrize("rows", [
    ["please pay the bill,invoice", "late again today,message", "not there yet,message"],
    ["please pay the bill,invoice", "the train was late today,message", "my cv,cv"],
    ["please pay,1", "message,2", "my cv,3"],
    ["message,question", "my cv and studies,question", "message,other"],
])  # fmt: skip
def test_documents_with_a_usual_name_among_their_cells_are_no_header(rows, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(rows) + "\n")
    with_remedy(path, read_documents)
    assert len(list(read_documents(path))) == len(rows)


def test_names_that_may_be_a_document_too_are_said_to_need_a_line_above(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("hello there,greeting\nmessage,question\nbye,other\n")
    with pytest.raises(InputError) as caught:
        list(read_documents(path))
    line = re.search("if line 2 is a document too, put a line `(.*)` above both", str(caught.value))
    path.write_text(f"{line[1]}\n{path.read_text()}")
    assert [one.text for one in read_documents(path)] == ["hello there", "message", "bye"]
