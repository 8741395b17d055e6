"""A row of a table in a folder, an archive or a workbook may move, as one of a table alone may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from office_files import xlsx, zipped

from protolabel import LabelSpace, read_documents
from protolabel.identity.document_key import place_of


@pytest.fixture
def space(invoices_and_jobs: LabelSpace) -> LabelSpace:
    return invoices_and_jobs


FIRST, SECOND, NEW = "please pay 1", "I apply for work 2", "Sunny weather today"
TABLES = {  # what is labelled: the first and the second row of the table in it
    "in/sub/t.csv": ("in/sub/t.csv:2", "in/sub/t.csv:3"),
    "in/sub/t.json": ("in/sub/t.json:item 1", "in/sub/t.json:item 2"),
    "in/t.xlsx": ("in/t.xlsx/Sheet:2", "in/t.xlsx/Sheet:3"),
    "in/a.zip": ("in/a.zip/sub/t.csv:2", "in/a.zip/sub/t.csv:3"),
}


def write(path: str, texts: list[str]) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    csv = "\n".join(["text", *texts]) + "\n"
    contents = {
        ".csv": csv.encode(),
        ".json": json.dumps([{"text": text} for text in texts]).encode(),
        ".xlsx": xlsx(Sheet=[["text"], *([text] for text in texts)]),
        ".zip": zipped({"sub/t.csv": csv}),
    }
    Path(path).write_bytes(contents[Path(path).suffix])


def answer(space: LabelSpace, path: str, texts: list[str]) -> None:
    write(path, texts)
    list(space.label_many(read_documents("in")))
    space.answer_log.write()


@pytest.mark.parametrize("path", TABLES)
def test_a_decision_stays_when_a_row_is_put_before_its_own(space, path):
    first, second = TABLES[path]
    answer(space, path, [FIRST, SECOND])
    space.correct(first, "refund")
    answer(space, path, [NEW, FIRST, SECOND])
    documents = list(space.answer_log.documents())
    assert [one.source for one in documents if one.by == "person"] == [second]
    assert len(documents) == 3


@pytest.mark.parametrize("path", TABLES)
def test_the_number_of_such_a_row_names_no_document_for_good(space, path):
    write(path, [FIRST])
    (document,) = read_documents("in")
    assert not place_of(document.source, document.id).own


def test_an_id_of_its_own_that_looks_like_a_number_is_one(space):
    Path("in").mkdir()
    Path("in/t.csv").write_text("id,text\nother.csv:2,one\nt.csv:7,two\nin:4,three\n")
    for document in read_documents("in"):
        assert place_of(document.source, document.id).own
