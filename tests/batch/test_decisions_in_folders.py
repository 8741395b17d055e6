"""Whatever a person does in a sorted folder is found by `learn`, whatever is sorted meanwhile.

The oracle is a plain table: by each document's text, the folder that it was put into last. What
stands in another folder on the disk is a decision of a person.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.batch.sorting.corrections import corrections
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.learned_places import record_learned
from protolabel.batch.sorting.sorter import Sorter
from protolabel.label_space.view import View

FOLDERS = ("invoice", "cv", "letter")
WORDS = {"invoice": "please pay the bill", "cv": "I apply for the job"}
NAMES = ("x.txt", "y.txt", "d/x.txt", "e/x.txt")


@pytest.fixture(scope="module")
def view() -> View:
    with LabelSpace.create(encoder="hashing", background=False) as space:
        for label, text in WORDS.items():
            space.add([f"{text} {spelt(n)}" for n in range(4)], label)
        space.configure(threshold="none")
        yield space.view()


@dataclass
class Desk:
    """An inbox and a sorted folder, and the table of where each document was put."""

    root: Path
    view: View
    how: str
    put: dict[str, str] = field(default_factory=dict)
    n: int = 0

    @property
    def out(self) -> Path:
        return self.root / "out"

    def arrive(self, name: str, label: str) -> None:
        """A new document comes, or another one takes its place: its text is its own."""
        path = self.root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # a link in the sorted folder keeps what it is
        self.n += 1
        path.write_text(f"{WORDS[label]} {self.n:03}")

    def sort(self, again: str | None = None) -> None:
        journal = Journal(self.out, "space")
        sorter = Sorter(self.out, journal, self.how, again)  # type: ignore[arg-type]
        sorter.recover()
        files = [(str(self.root / "in" / n), n) for n in NAMES if (self.root / "in" / n).exists()]
        for outcome in sorter.run(self.view, sorter.due(files, AnsweredBy.of(self.view))):
            assert not outcome.faults, outcome
            if outcome.place is None:  # another file has its place: a person put it there
                continue
            text = (self.out / outcome.place).read_text()
            if not outcome.again or outcome.moved_from:
                self.put[text] = outcome.place.split("/")[0]
        journal.close()

    def files(self) -> list[Path]:
        return sorted(
            p for p in self.out.rglob("*") if p.is_file() and ".protolabel" not in p.parts
        )

    def by_hand(self, what: str, which: int, folder: str) -> None:
        files = self.files()
        if not files:
            return
        file, other = files[which % len(files)], files[(which + 1) % len(files)]
        target = self.out / folder / file.name
        if what == "delete":
            file.unlink()
        elif what == "rename":
            file.rename(file.with_name(f"{file.stem} seen{self.n}{which}.txt"))
        elif what == "swap":
            between = file.rename(self.root / "between")
            if other != file:
                other.rename(file)
            between.rename(other)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)

    def decisions(self) -> dict[str, str]:
        """Return the folder of each document that stands elsewhere than where it was put."""
        now = {p.read_text(): p.relative_to(self.out).parts[0] for p in self.files()}
        return {text: folder for text, folder in now.items() if self.put[text] != folder}

    def learn(self) -> dict[str, str]:
        """Learn what was found, and return it; another name in the same folder is no decision."""
        with closing(Journal(self.out, "space")) as journal:
            moved = corrections(self.out, journal, range(100))
            decided = [c for c in moved if not c.is_renamed]
            result = {(self.out / c.place).read_text(): c.label or "" for c in decided}
            record_learned(self.out, journal, moved, 1)
        self.put |= result
        return result


STEPS = st.one_of(
    st.tuples(st.just("arrive"), st.sampled_from(NAMES), st.sampled_from(list(WORDS))),
    st.tuples(st.sampled_from(["sort", "again", "learn"])),
    st.tuples(
        st.sampled_from(["move", "move", "swap", "rename", "delete"]),
        st.integers(0, 4),
        st.sampled_from(FOLDERS),
    ),
)
ARRIVE, MOVE = ("arrive", "x.txt", "invoice"), ("move", 0, "cv")
SORT, LEARN = ("sort",), ("learn",)


SEQUENCES = {
    "another of its name comes": [ARRIVE, SORT, MOVE, ARRIVE, SORT],
    "another comes after learn": [ARRIVE, SORT, MOVE, LEARN, ARRIVE, SORT, MOVE, ARRIVE, SORT],
    "a learned file has another name": [ARRIVE, SORT, MOVE, LEARN, ("rename", 0, "invoice")],
    "two change places": [ARRIVE, ("arrive", "d/x.txt", "cv"), SORT, ("swap", 0, "cv"), SORT],
    "one takes the place of one that left": [
        ("arrive", "x.txt", "cv"), ("arrive", "y.txt", "invoice"), SORT, ("move", 0, "letter"),
        ("delete", 0, "cv"), ARRIVE, ("again",),
    ],
}  # fmt: skip


def play(root: Path, view: View, how: str, steps: list[tuple]) -> None:
    """Carry out the steps, and compare what learn finds with the table."""
    desk = Desk(root, view, how)
    for step, *rest in (SORT, *steps, LEARN):
        if step == "arrive":
            desk.arrive(*rest)
        elif step in ("sort", "again"):
            desk.sort("all" if step == "again" else None)
        elif step == "learn":
            expected = desk.decisions()
            assert desk.learn() == expected
        else:
            desk.by_hand(step, *rest)
    assert desk.learn() == {}


@pytest.mark.parametrize("how", ["copy", "move"])
@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_decision_is_found_when(sequence, how, view, tmp_path):
    play(tmp_path, view, how, SEQUENCES[sequence])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["copy", "move", "link"])
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=14))
def test_every_file_that_a_person_put_elsewhere_is_found_by_learn(view, how, steps):
    root = Path(tempfile.mkdtemp())
    try:
        play(root, view, how, steps)
    finally:
        shutil.rmtree(root)


def test_a_file_that_was_moved_and_edited_is_found_by_its_name(view, tmp_path):
    desk = Desk(tmp_path, view, "move")
    desk.arrive("x.txt", "invoice")
    desk.sort()
    (file,) = desk.files()
    desk.by_hand("move", 0, "letter")
    (file,) = desk.files()
    file.write_text("Dear Sir")
    assert desk.learn() == {"Dear Sir": "letter"}
    assert desk.learn() == {}


ACTS = ("nothing", "delete", "edit", "move")


@pytest.mark.parametrize("acts", list(product(ACTS, repeat=3)))
def test_a_file_that_was_edited_where_it_stands_is_no_other_of_its_name(acts, view, tmp_path):
    desk = Desk(tmp_path, view, "move")
    places = {"x.txt": "invoice", "d/x.txt": "cv", "e/x.txt": "invoice"}
    for name, label in places.items():
        desk.arrive(name, label)
        desk.sort()
    moved = {}
    for (name, label), act in zip(places.items(), acts, strict=True):
        file = desk.out / label / name
        if act == "delete":
            file.unlink()
        elif act == "edit":
            file.write_text(f"{file.read_text()}, paid on Tuesday")
        elif act == "move":
            target = desk.out / "letter" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            moved[file.rename(target).read_text()] = "letter"
    assert desk.learn() == moved
    assert desk.learn() == {}


def test_a_file_at_the_place_of_one_that_left_is_no_edited_one(view, tmp_path):
    desk = Desk(tmp_path, view, "move")
    desk.arrive("x.txt", "invoice")
    desk.arrive("y.txt", "cv")
    desk.sort()
    (desk.out / "letter").mkdir()
    (desk.out / "invoice/x.txt").rename(desk.out / "letter/seen.txt")
    (desk.out / "invoice/x.txt").write_text("put here by hand")
    first, *_ = desk.put
    assert desk.learn() == {first: "letter", "put here by hand": "invoice"}
    (desk.out / "cv/y.txt").rename(desk.out / "letter/y.txt")
    (desk.out / "letter/y.txt").write_text("Dear Sir")  # moved and edited, to a place of its own
    assert desk.learn() == {"Dear Sir": "letter"}
    assert desk.learn() == {}


def test_a_learned_file_that_was_edited_where_it_stands_was_not_taken_back(view, tmp_path):
    desk = Desk(tmp_path, view, "copy")
    desk.arrive("x.txt", "invoice")
    desk.sort()
    (file,) = desk.files()
    copy = desk.out / "letter/copy.txt"
    copy.parent.mkdir()
    shutil.copy(file, copy)
    assert desk.learn() == {file.read_text(): "letter"}
    copy.write_text("a note")
    assert desk.learn() == {}


@pytest.mark.parametrize("first", ["file", "folder"])
def test_a_file_and_a_folder_of_one_name_are_both_placed(view, tmp_path, first):
    (tmp_path / "a").mkdir()
    (tmp_path / "b/x.txt").mkdir(parents=True)
    (tmp_path / "a/x.txt").write_text(f"{WORDS['invoice']} 1")
    (tmp_path / "b/x.txt/y.txt").write_text(f"{WORDS['invoice']} 2")
    works = [(str(tmp_path / "a/x.txt"), "x.txt"), (str(tmp_path / "b/x.txt/y.txt"), "x.txt/y.txt")]
    with closing(Journal(tmp_path / "out", "space")) as journal:
        sorter = Sorter(tmp_path / "out", journal, "copy", None)
        due = sorter.due(works if first == "file" else works[::-1], AnsweredBy.of(view))
        outcomes = list(sorter.run(view, due))
    assert [outcome.faults for outcome in outcomes] == [(), ()]
    texts = {path.read_text() for path in Desk(tmp_path, view, "copy").files()}
    assert texts == {f"{WORDS['invoice']} 1", f"{WORDS['invoice']} 2"}
