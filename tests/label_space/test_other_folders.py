"""A document that was sent is one document, wherever the program works that it was sent to.

What an earlier program remembered of it under a key of its own working folder is its, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from stored import store_of

from protolabel import Document, LabelSpace, read_documents
from protolabel.identity.document_key import document_key, own_place
from protolabel.identity.other_folders import OtherFolders

FIRST, SECOND = "please pay 1", "I apply for work 2"
FILE, OTHER, ROW, ITEM = "few/a.txt", "few/b.txt", "few/t.csv:2", "few/t.json:item 1"
SOURCES = FILE, ROW, ITEM


@pytest.fixture(params=["text", "answers"])
def space(request, folders, monkeypatch):
    monkeypatch.chdir(folders[0])
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["please pay the amount", "I apply as a cook"], ["invoice", "job"])
        space.answer_log.remember(request.param)
        yield space


def answer(space: LabelSpace, *documents: Document) -> None:
    list(space.label_many(documents))
    space.answer_log.write()


def sent(source: str = FILE, text: str = FIRST) -> Document:
    return Document(source, text, source=source, has_own_id=False, folder="")


def as_earlier(source: str = FILE, text: str = FIRST) -> Document:
    """Return a document that was sent, as an earlier program took it: as a path from here."""
    return Document(source, text, source=source, has_own_id=False)


def remembered(space: LabelSpace) -> list[tuple[str, str]]:
    return sorted((one.source, one.by) for one in space.answer_log.documents())


@pytest.mark.parametrize("source", [*SOURCES, "stdin:3", "", "/in/a.txt"])
def test_what_was_sent_has_one_key_and_one_place_in_every_folder(folders, monkeypatch, source):
    document = sent(source)
    monkeypatch.chdir(folders[0])
    key, place = document_key(document), own_place(document)
    monkeypatch.chdir(folders[1])
    assert (document_key(document), own_place(document)) == (key, place)


def test_a_whole_path_that_was_sent_and_one_in_a_folder_are_those_of_the_command_line(tmp_path):
    path = str(tmp_path / FILE)
    here = Document("a", FIRST, source=path)
    assert document_key(Document("a", FIRST, source=path, folder="")) == document_key(here)
    below = Document("a", FIRST, source=FILE, folder=str(tmp_path))
    assert document_key(below) == document_key(here)
    assert OtherFolders.of(here) == OtherFolders()


@pytest.mark.parametrize("source", SOURCES)
def test_what_an_earlier_program_remembered_of_it_stays_decided(
    space, folders, monkeypatch, source
):
    answer(space, as_earlier(source))
    space.correct(as_earlier(source), "refund")
    assert remembered(space) == [(source, "person")]
    monkeypatch.chdir(folders[1])
    for _ in range(2):
        answer(space, sent(source))
        assert remembered(space) == [(source, "person")]
    space.undo()
    assert remembered(space) == [(source, "label space")]
    space.redo()
    assert remembered(space) == [(source, "person")]


def test_a_refused_class_stays_refused(space, folders, monkeypatch):
    answer(space, as_earlier())
    space.refute(as_earlier(), "invoice")
    refused = store_of(space).answers.refusals()
    monkeypatch.chdir(folders[1])
    answer(space, sent())
    moved = store_of(space).answers.refusals()
    assert len(refused) == len(moved) == 1
    assert moved == {(document_key(sent()), key) for _, key in refused}


def test_of_what_came_from_several_folders_the_decided_one_is_taken(space, folders, monkeypatch):
    answer(space, as_earlier())
    space.correct(as_earlier(), "refund")
    monkeypatch.chdir(folders[1])
    answer(space, as_earlier())
    monkeypatch.chdir("/")
    answer(space, sent())
    by_key = {one.key: one.by for one in space.answer_log.documents()}
    assert by_key[document_key(sent()).hex()] == "person"


def test_what_was_forgotten_stays_forgotten_where_the_folder_is_the_same(space):
    answer(space, as_earlier())
    space.answer_log.forget([FILE])
    answer(space, sent())
    assert remembered(space) == []


def test_other_documents_stay_their_own(space, folders, monkeypatch):
    answer(space, as_earlier())
    space.correct(as_earlier(), "refund")
    monkeypatch.chdir(folders[1])
    answer(space, sent(OTHER), sent(FILE, SECOND), sent("more/few/a.txt"))
    assert [by for _, by in remembered(space)].count("person") == 1
    assert len(remembered(space)) == 4


def test_a_file_that_was_sent_and_changed_leaves_as_one_that_is_read_here_does(
    space, folders, monkeypatch
):
    answer(space, sent())
    monkeypatch.chdir(folders[1])
    answer(space, sent(text=SECOND))
    assert remembered(space) == [(FILE, "label space")]


@pytest.mark.parametrize("spelling", [FILE, "whole"])
def test_a_file_below_the_working_folder_is_what_was_sent_of_it(space, folders, spelling):
    Path("few").mkdir()
    Path(FILE).write_text(FIRST)
    name = FILE if spelling == FILE else str(Path(FILE).absolute())
    for _ in range(2):
        answer(space, sent())
        if len(remembered(space)) == 1 and remembered(space)[0][1] != "person":
            space.correct(as_earlier(), "refund")
        answer(space, *read_documents(name))
        assert remembered(space) == [(name, "person")]
