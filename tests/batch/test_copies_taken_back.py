"""Of equal files in a sorted folder, `learn` tells the one that a person took back to its class."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.sorting.corrections import corrections
from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.learned_places import record_learned
from protolabel.batch.sorting.placing import digest_of, place

BILL = "pay the bill"


class Office:
    """A folder into which a run has put a bill, and equal bills of other names."""

    def __init__(self, root: Path, how: str, names: tuple[str, ...] = ("a.txt",)) -> None:
        self.out, self.how, self.version = root / "out", how, 1
        for folder in ("invoice", "cv", "_review"):
            (self.out / folder).mkdir(parents=True)
        with closing(Journal(self.out, "space")) as journal:
            for n, name in enumerate(names):
                source = root / name
                source.write_text(BILL)
                os.utime(source, (10**9 + n, 10**9 + n))
                stamp, digest = Stamp.of(source).numbers, digest_of(source)
                place(str(source), self.out / "invoice" / name, how, digest)  # type: ignore[arg-type]
                label = "invoice"
                journal.folders.folder(label)
                journal.folders.folder("cv")
                at = f"invoice/{name}"
                entry = Entry(at, str(source), digest, stamp, 0, how, label, 0.9, 1)  # type: ignore[arg-type]
                journal.write([entry])

    def learn(self) -> list[tuple[str, str, str | None]]:
        self.version += 1
        with closing(Journal(self.out, "space")) as journal:
            moves = corrections(self.out, journal, range(100))
            record_learned(self.out, journal, moves, self.version)
        return [(move.entry.place, move.place, move.label) for move in moves]

    def move(self, before: str, after: str) -> None:
        os.replace(self.out / before, self.out / after)


COPIES = {
    "copy": shutil.copy,
    "copy with its time": shutil.copy2,
    "hard link": os.link,
}


@pytest.mark.parametrize("how", ["copy", "link", "move"])
@pytest.mark.parametrize("kind", COPIES)
@pytest.mark.parametrize("back", ["invoice/a.txt", "invoice/other.txt", "_review/a.txt"])
def test_a_learned_copy_that_is_taken_back_is_a_correction(back, kind, how, tmp_path):
    office = Office(tmp_path, how)
    COPIES[kind](office.out / "invoice/a.txt", office.out / "cv/a.txt")
    assert office.learn() == [("cv/a.txt", "cv/a.txt", "cv")]
    (office.out / "invoice/a.txt").unlink()
    assert office.learn() == []
    office.move("cv/a.txt", back)
    label = "invoice" if back.startswith("invoice") else None
    assert office.learn() == [("cv/a.txt", back, label)]
    assert office.learn() == []
    office.move(back, "cv/again.txt")
    assert office.learn() == [(back, "cv/again.txt", "cv")]
    assert office.learn() == []


@pytest.mark.parametrize("how", ["copy", "link", "move"])
def test_an_equal_file_that_stays_where_it_was_put_takes_nothing_back(how, tmp_path):
    office = Office(tmp_path, how, ("a.txt", "b.txt"))
    office.move("invoice/a.txt", "cv/a.txt")
    assert office.learn() == [("invoice/a.txt", "cv/a.txt", "cv")]
    (office.out / "cv/a.txt").unlink()  # filed elsewhere
    assert office.learn() == []
    office.move("invoice/b.txt", "invoice/renamed.txt")
    assert office.learn() == []


def test_a_copy_that_still_stands_in_the_class_keeps_it(tmp_path):
    office = Office(tmp_path, "copy")
    for name in ("a.txt", "b.txt"):
        shutil.copy(office.out / "invoice/a.txt", office.out / "cv" / name)
    office.learn()
    office.move("cv/a.txt", "invoice/a.txt")
    assert office.learn() == []


def test_a_later_word_about_an_equal_file_counts(tmp_path):
    office = Office(tmp_path, "copy")
    shutil.copy(office.out / "invoice/a.txt", office.out / "cv/a.txt")
    office.learn()
    (office.out / "letter").mkdir()
    office.move("invoice/a.txt", "letter/a.txt")
    assert office.learn() == [("invoice/a.txt", "letter/a.txt", "letter")]
    (office.out / "cv/a.txt").unlink()
    assert office.learn() == []
