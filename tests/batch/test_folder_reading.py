"""What a sorted folder teaches is asked of the library; the command line is not needed for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.batch.sorting.folder_reading import FolderReading, folder_reading
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.learned_places import record_learned
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.batch.sorting.sorter import Sorter
from protolabel.readers.reports import Notice

WORDS = {"invoice": "please pay the bill", "cv": "I apply for the job"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[SortedFolder]:
    """A folder into which a bill was sorted."""
    source = tmp_path / "a.txt"
    source.write_text(f"{WORDS['invoice']} now")
    with LabelSpace.create(encoder="hashing", background=False) as space:
        for label, text in WORDS.items():
            space.add([f"{text} {spelt(n)}" for n in range(4)], label)
        space.configure(threshold="none")
        view, root = space.view(), tmp_path / "out"
        with closing(Journal(root, "space")) as journal:
            sorter = Sorter(root, journal, "copy", None)
            list(sorter.run(view, sorter.due([(str(source), "a.txt")], AnsweredBy.of(view))))
            yield SortedFolder(space, root, journal, {}, list[Notice]().append)


def move(folder: SortedFolder, place: str, target: str) -> None:
    (folder.root / target).parent.mkdir(exist_ok=True)
    (folder.root / place).rename(folder.root / target)


def learn(folder: SortedFolder) -> FolderReading:
    """Read the folder, and carry out what it teaches."""
    reading = folder_reading(replace(folder))
    assert reading.request is not None
    version = folder.space.commit(reading.request).version
    record_learned(folder.root, folder.journal, reading.corrections, version)
    return reading


def examples(folder: SortedFolder, label: str) -> list[str]:
    _, stored = folder.space.show(label)
    return [example.text for example in stored]


def test_a_folder_in_which_nobody_moved_a_file_teaches_nothing(folder):
    reading = folder_reading(folder)
    assert (reading.request, reading.moves, reading.unusable) == (None, (), ())


def test_a_file_that_was_moved_is_an_example_of_the_class_of_its_new_folder(folder):
    move(folder, "invoice/a.txt", "cv/a.txt")
    assert [(e.label, e.text) for e in learn(folder).examples] == [
        ("cv", "please pay the bill now")
    ]
    assert "please pay the bill now" in examples(folder, "cv")
    assert folder_reading(replace(folder)).request is None


def test_a_learned_file_that_was_moved_to_the_review_is_an_example_no_longer(folder):
    move(folder, "invoice/a.txt", "cv/a.txt")
    learn(folder)
    move(folder, "cv/a.txt", "_review/a.txt")
    reading = learn(folder)
    assert list(reading.withdrawn) == ["_review/a.txt"]
    assert len(reading.withdrawn_ids) == 1
    assert "please pay the bill now" not in examples(folder, "cv")


def test_one_document_in_the_folders_of_two_classes_is_an_example_of_neither(folder):
    move(folder, "invoice/a.txt", "cv/a.txt")
    (folder.root / "letter").mkdir()
    (folder.root / "letter" / "b.txt").write_text("please pay the bill now")
    folder.journal.folders.add([("letter",)])
    folder.space.describe({"letter": "by post"})
    reading = folder_reading(folder)
    assert reading.examples == ()
    assert len(reading.unusable) == 2


def test_what_a_reader_chose_goes_to_the_caller(folder):
    """The library prints nothing itself: a row's field with a usual name is noted by the caller."""
    (folder.root / "cv").mkdir(exist_ok=True)
    (folder.root / "cv" / "rows.csv").write_text("body,date\nI apply for a post,1\n")
    notices: list[Notice] = []
    reading = folder_reading(replace(folder, on_notice=notices.append))
    assert [e.text for e in reading.examples] == ["I apply for a post"]
    assert "body" in notices[0].message
