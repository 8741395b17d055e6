"""The name of a row is its number, and so that of another document once the table has changed."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from protolabel import LabelSpace, read_documents
from protolabel.errors import InputError


@pytest.fixture
def space(invoices_and_jobs: LabelSpace) -> LabelSpace:
    return invoices_and_jobs


FIRST, SECOND, NEW = "please pay 1", "I apply for work 2", "Sunny weather today"


def answer(space: LabelSpace, path: str, texts: list[str] | None = None) -> None:
    """Write a table of these texts, if there are any, and answer its rows."""
    if texts is not None:
        write(path, texts)
    list(space.label_many(read_documents(path)))
    space.answer_log.write()


def write(path: str, texts: list[str]) -> None:
    objects = [json.dumps({"text": text}) for text in texts]
    with open(path, "w") as file:
        if path.endswith(".csv"):
            file.write("\n".join(["text", *texts]) + "\n")
        elif path.endswith(".json"):
            file.write(f"[{', '.join(objects)}]")
        else:
            file.write("\n".join(objects) + "\n")


NAMES = {  # of the rows of a table, by the form of its numbers
    "g.csv": ["g.csv:2", "g.csv:3", "g.csv:4"],
    "g.jsonl": ["g.jsonl:1", "g.jsonl:2", "g.jsonl:3"],
    "g.json": ["g.json:item 1", "g.json:item 2", "g.json:item 3"],
}


def taught(space: LabelSpace) -> list[str | None]:
    return [example.text for example in space.show("refund")[1]]


def teach(space: LabelSpace, name: str, way: str) -> None:
    if way == "not":
        space.refute(name, "job")
    else:
        space.correct(name, "refund")


@pytest.mark.parametrize("way", ["to", "not"])
@pytest.mark.parametrize("remember", ["answers", "text"])
@pytest.mark.parametrize("absolute", [False, True])
def test_a_row_in_the_place_of_the_one_that_was_answered_is_refused(space, way, remember, absolute):
    space.answer_log.remember(remember)
    path = os.path.abspath("g.csv") if absolute else "g.csv"
    answer(space, path, [FIRST, SECOND])
    write(path, [NEW, FIRST, SECOND])
    version = space.version
    with pytest.raises(InputError, match="holds another document than the one that was answered"):
        teach(space, f"{path}:2", way)
    with pytest.raises(InputError, match="holds another document"):
        teach(space, os.path.abspath(f"{path}:2"), way)
    assert space.version == version


def test_a_row_that_was_answered_there_is_taught_as_it_stands(space):
    answer(space, "g.csv", [FIRST, SECOND])
    answer(space, "g.csv", [NEW, FIRST, SECOND])
    space.correct("g.csv:2", "refund")
    space.correct("g.csv:4", "refund")
    assert taught(space) == [NEW, SECOND]


def test_a_row_of_a_table_that_was_never_answered_is_taught(space):
    answer(space, "other.csv", [FIRST])
    write("g.csv", [NEW])
    space.correct("g.csv:2", "refund")
    assert taught(space) == [NEW]


def test_the_rows_of_other_lines_whose_number_begins_alike_do_not_count(space):
    """The row 21 holds what now stands in row 2, which was answered with another text."""
    with open("h.csv", "w") as file:
        file.write("id,text\nA,first\n" + "".join(f"{n},row {n}\n" for n in range(3, 21)))
        file.write("Z,last\n")
    answer(space, "h.csv")
    with open("h.csv", "w") as file:
        file.write("id,text\nA,last\n")
    with pytest.raises(InputError, match="holds another document"):
        space.correct("A", "refund")


def test_a_row_that_has_moved_is_found_by_its_id_in_a_table_of_a_whole_path(space, tmp_path):
    path = str(tmp_path / "h.csv")
    with open(path, "w") as file:
        file.write("id,text\nA,first\nB,second\n")
    answer(space, path)
    with open(path, "w") as file:
        file.write("id,text\nC,new\nA,first\nB,second\n")
    space.correct("A", "refund")
    assert taught(space) == ["first"]


def test_a_message_in_the_place_of_another_one_of_a_mailbox_is_refused(space):
    mails = [f"From a@b Mon Jan  1 00:00:00 2024\nSubject: s\n\n{text}\n\n" for text in "xy"]
    mails = [mail.replace("\n\nx", f"\n\n{FIRST}").replace("\n\ny", f"\n\n{NEW}") for mail in mails]
    with open("box.mbox", "w") as file:
        file.write(mails[0])
    answer(space, "box.mbox")
    with open("box.mbox", "w") as file:
        file.write(mails[1] + mails[0])
    with pytest.raises(InputError, match="holds another document"):
        space.correct("box.mbox/1", "refund")
    space.correct("box.mbox/2", "refund")


def test_a_row_that_a_person_decided_on_is_remembered_where_it_stands_now(space):
    answer(space, "g.csv", [FIRST, SECOND])
    space.correct("g.csv:2", "refund")
    space.correct("g.csv:3", "refund")
    answer(space, "g.csv", [SECOND, FIRST])
    assert {(one.source, one.by) for one in space.answer_log.documents()} == {
        ("g.csv:2", "person"),
        ("g.csv:3", "person"),
    }
    space.correct("g.csv:2", "job")
    assert taught(space) == [FIRST]


@pytest.mark.parametrize("path", NAMES)
def test_a_decision_stays_when_a_row_is_put_before_its_own(space, path):
    first, second, third = NAMES[path]
    answer(space, path, [FIRST, SECOND])
    space.correct(first, "refund")
    answer(space, path, [NEW, FIRST, SECOND])
    assert {(one.source, one.by) for one in space.answer_log.documents()} == {
        (first, "label space"), (second, "person"), (third, "label space"),
    }  # fmt: skip


@pytest.mark.parametrize("path", NAMES)
def test_a_row_is_refused_where_another_one_was_answered(space, path):
    answer(space, path, [FIRST, SECOND])
    write(path, [NEW, FIRST, SECOND])
    with pytest.raises(InputError, match="holds another document"):
        space.correct(NAMES[path][0], "refund")


def test_a_row_that_is_a_vector_is_known_again(space):
    vectors = np.random.default_rng(0).normal(size=(2, space.view().embedder.dim)).astype("<f4")
    lines = [json.dumps({"embedding": vector.tolist()}) + "\n" for vector in vectors]
    with open("v.jsonl", "w") as file:
        file.writelines(lines)
    answer(space, "v.jsonl")
    space.correct("v.jsonl:2", "refund")
    assert len(space.show("refund")[1]) == 1
    with open("v.jsonl", "w") as file:
        file.writelines(lines[::-1])
    with pytest.raises(InputError, match="holds another document"):
        space.correct("v.jsonl:1", "job")


def test_a_file_whose_text_has_changed_is_taught_as_it_is_now(space):
    """A path names a file for good, and a row by its number only as long as nothing moves."""
    with open("1.txt", "w") as file:
        file.write(FIRST)
    answer(space, "1.txt")
    with open("1.txt", "w") as file:
        file.write(NEW)
    space.correct("1.txt", "refund")
    assert taught(space) == [NEW]


@pytest.mark.parametrize("way", ["to", "not"])
@pytest.mark.parametrize("path", NAMES)
def test_a_key_whose_document_has_left_its_table_teaches_no_other_one(space, path, way):
    """Once the table was answered again, the row that stood there then was taught."""
    answer(space, path, [FIRST, SECOND])
    key = next(one.key for one in space.answer_log.documents() if one.source == NAMES[path][0])
    answer(space, path, [NEW, SECOND])
    with pytest.raises(InputError, match="holds another document than the one of the name"):
        teach(space, key, way)
    assert space.show("job")[0].examples == 1
    assert NEW not in {one.text for one in space.show("job")[1]}


def test_a_key_whose_text_is_remembered_teaches_that_text(space):
    space.answer_log.remember("text")
    answer(space, "g.csv", [FIRST, SECOND])
    key = next(one.key for one in space.answer_log.documents() if one.source == "g.csv:2")
    answer(space, "g.csv", [NEW, SECOND])
    space.correct(key, "refund")
    assert taught(space) == [FIRST]
