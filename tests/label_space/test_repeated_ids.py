"""Rows of one table that have one id and hold different texts are different documents."""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from pictures import drawn
from stored import store_of

from protolabel import LabelSpace, read_documents, read_examples
from protolabel.errors import InputError
from protolabel.label_space.waiting_answers import answer_queue
from protolabel.readers import devices, paths, repeated_ids
from protolabel.readers.rows import Row

TEXTS = [f"parcel {n} is late" for n in ("one", "two", "three")]


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["please pay the amount", "I apply as a cook"], ["invoice", "job"])
        space.answer_log.remember("text")
        yield space


def answer(space: LabelSpace, rows: list[tuple[str, str]], path: str = "t.csv") -> None:
    write(rows, path)
    list(space.label_many(read_documents(path)))
    space.answer_log.write()


def write(rows: list[tuple[str, str]], path: str) -> None:
    with open(path, "w") as file:
        if path.endswith("csv"):
            file.write("id,text\n" + "".join(f"{name},{text}\n" for name, text in rows))
        elif path.endswith("json"):
            json.dump([{"id": name, "text": text} for name, text in rows], file)
        else:
            file.writelines(json.dumps({"id": name, "text": text}) + "\n" for name, text in rows)


def remembered(space: LabelSpace) -> list[str]:
    rows = store_of(space).answers.rows(texts=True)
    return sorted(str(row.text) for row in rows)


def ids_that_are_own(lines: list[dict[str, object]], *, piped: bool = False) -> list[bool]:
    def send() -> None:
        with open("t.jsonl", "w") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

    with suppress(FileNotFoundError):
        os.remove("t.jsonl")
    if not piped:
        send()
        return [one.has_own_id for one in read_documents("t.jsonl")]
    os.mkfifo("t.jsonl")
    with ThreadPoolExecutor() as pool:
        writer = pool.submit(send)
        own = [one.has_own_id for one in read_documents("t.jsonl", fmt="jsonl")]
        writer.result()
    return own


def test_of_rows_without_texts_vectors_and_images_say_whether_they_are_the_same(tmp_path, space):
    for name, picture in (("bar", drawn("bar", 0)), ("ring", drawn("ring", 0))):
        (tmp_path / f"{name}.png").write_bytes(picture)
    for one, other in (({"embedding": [1, 0]}, {"embedding": [0, 1]}),
                       ({"image": "bar.png"}, {"image": "ring.png"})):  # fmt: skip
        lines = [{"id": "a", **one}, {"id": "a", **one}, {"id": "a", **other}]
        assert ids_that_are_own(lines[:2]) == [True, True]
        assert ids_that_are_own(lines) == [False, False, False]


def test_of_the_rows_of_a_pipe_the_first_has_the_id_for_its_own(space):
    lines: list[dict[str, object]] = [{"id": "a", "text": text} for text in ("one", "one", "two")]
    assert ids_that_are_own(lines, piped=True) == [True, True, False]


def test_of_many_ids_the_newest_are_held(space, monkeypatch):
    monkeypatch.setattr(repeated_ids, "MOST_IDS", 2)
    lines: list[dict[str, object]] = [{"id": name, "text": f"{name} one"} for name in "abc"]
    lines += [{"id": name, "text": f"{name} two"} for name in "ca"]
    assert ids_that_are_own(lines) == [True, True, True, False, True]


def test_a_long_table_without_ids_is_looked_through_at_its_beginning_alone():
    rows = iter([Row("t", f"t.csv:{n}", "", f"text {n}") for n in range(1000)])
    assert repeated_ids.shared_ids(rows) == frozenset()
    assert sum(1 for _ in rows) > 800


def test_a_table_of_documents_is_looked_through_first_and_one_of_examples_is_not(
    space, monkeypatch
):
    """The ids of examples name no remembered document."""
    names, open_file = list[str](), devices.open_file

    def counting(path: str, name: str) -> BinaryIO:
        names.append(name)
        return open_file(path, name)

    monkeypatch.setattr(paths, "open_file", counting)
    Path("t.csv").write_text("id,text,label\na,one,invoice\nb,two,job\n")
    assert len(list(read_examples("t.csv"))) == 2
    n_openings = len(names)
    assert len(list(read_documents("t.csv", text_field="text"))) == 2
    assert len(names) == 2 * n_openings + 1


@pytest.mark.parametrize("path", ["t.csv", "t.jsonl", "t.json"])
@pytest.mark.parametrize("at_once", [1, 2, 4096])
def test_each_text_of_a_repeated_id_is_remembered(space, path, at_once, monkeypatch):
    """However many of them are written at once."""
    monkeypatch.setattr(answer_queue, "MOST_WAITING", at_once)
    rows = [("cust7", text) for text in TEXTS]
    for _ in range(2):
        answer(space, [*rows, ("cust8", "hello")], path)
        assert remembered(space) == sorted([*TEXTS, "hello"])
    keys = Counter(one.id for one in space.answer_log.documents())
    assert keys == {"cust7": 3, "cust8": 1}


def test_a_repeated_id_names_no_single_document(space):
    answer(space, [("cust7", text) for text in TEXTS])
    with pytest.raises(InputError, match="3 documents that were answered are called 'cust7'"):
        space.correct("cust7", "refund")
    key = next(one.key for one in space.answer_log.documents() if one.source == "t.csv:3")
    space.correct(key, "refund")
    assert [example.text for example in space.show("refund")[1]] == [TEXTS[1]]


def test_the_only_row_of_an_id_stays_one_document_when_its_text_changes(space):
    answer(space, [("a", "one"), ("b", "two")])
    answer(space, [("b", "two"), ("a", "one and more")])
    assert remembered(space) == ["one and more", "two"]
    assert len(store_of(space).answers.first_answers()) == 2


def test_an_item_of_an_array_that_moves_stays_one_document(space):
    answer(space, [("a", "one"), ("b", "two")], "t.json")
    answer(space, [("c", "three"), ("a", "one"), ("b", "two")], "t.json")
    assert sorted(one.id for one in space.answer_log.documents()) == ["a", "b", "c"]


def test_a_row_stays_where_another_of_its_id_is_put_before_it_and_is_not_read_again(space):
    """As with --resume, which answers what is new alone."""
    answer(space, [("cust7", TEXTS[0])])
    write([("cust7", TEXTS[1]), ("cust7", TEXTS[0])], "t.csv")
    list(space.label_many([next(iter(read_documents("t.csv")))]))
    space.answer_log.write()
    assert remembered(space) == sorted(TEXTS[:2])


def test_a_fault_in_a_table_is_reported_once_and_where_it_stands(space):
    with open("t.csv", "w") as file:
        file.write("id,text\na,one\na,two\nb;three\na,four\n")
    faults: list[object] = []
    documents = list(read_documents("t.csv", on_unreadable=faults.append))
    assert len(faults) == 1
    assert [(one.text, one.has_own_id) for one in documents] == [
        ("one", False), ("two", False), ("four", False)
    ]  # fmt: skip


def test_equal_rows_of_one_id_are_one_document_whose_text_may_change(space):
    answer(space, [("a", "one"), ("a", "one")])
    answer(space, [("a", "two"), ("a", "two")])
    assert remembered(space) == ["two"]


def test_a_decision_on_a_row_stays_when_another_row_of_its_id_comes_before_it(space):
    answer(space, [("cust7", TEXTS[0]), ("cust7", TEXTS[1])])
    space.correct("t.csv:2", "refund")
    answer(space, [("cust7", TEXTS[2]), ("cust7", TEXTS[0]), ("cust7", TEXTS[1])])
    assert remembered(space) == sorted(TEXTS)
    assert {(one.source, one.by) for one in space.answer_log.documents()} == {
        ("t.csv:2", "label space"), ("t.csv:3", "person"), ("t.csv:4", "label space"),
    }  # fmt: skip


def test_a_decision_stays_when_the_rows_of_its_id_come_in_another_order(space):
    """It left where another row of the id was written first, and its own in a later write."""
    rows = [("cust7", TEXTS[0]), ("cust8", "hello"), ("cust7", TEXTS[1])]
    answer(space, rows)
    key = next(one.key for one in space.answer_log.documents() if one.source == "t.csv:2")
    space.correct(key, "refund")
    write(rows[::-1], "t.csv")
    for document in read_documents("t.csv"):
        list(space.label_many([document]))
        space.answer_log.write()
    people = {one.key: one.label for one in space.answer_log.documents() if one.by == "person"}
    assert people == {key: "refund"}
    assert remembered(space) == sorted([TEXTS[0], TEXTS[1], "hello"])


def test_the_ids_of_two_tables_have_nothing_to_do_with_each_other(space):
    answer(space, [("a", "one")], "s.csv")
    answer(space, [("a", "two")], "t.csv")
    assert [one.has_own_id for one in read_documents(["s.csv", "t.csv"])] == [True, True]
    answer(space, [("a", "three")], "s.csv")
    assert remembered(space) == ["three", "two"]


def test_the_row_of_a_stored_file_that_comes_again_is_the_document_that_it_was(space):
    """A file from before holds one row of the id, with the place that the first row has now."""
    answer(space, [("cust7", TEXTS[1])])
    (before,) = space.answer_log.documents()
    answer(space, [("cust7", text) for text in TEXTS])
    assert before.key in {one.key for one in space.answer_log.documents()}
    assert remembered(space) == sorted(TEXTS)


def test_a_refusal_stays_when_another_row_of_its_id_is_written_in_its_place(space):
    """As from a pipe, where the first row of an id has it for its own."""
    answer(space, [("cust7", TEXTS[0]), ("cust8", "hello")])
    space.refute("t.csv:2", "invoice")
    row = next(iter(read_documents("t.csv")))
    list(space.label_many([replace(row, text=TEXTS[1])]))
    space.answer_log.write()
    assert remembered(space) == sorted([*TEXTS[:2], "hello"])
    refused = [one for one in space.answer_log.documents() if one.refused]
    assert [one.text for one in refused] == [TEXTS[0]]
