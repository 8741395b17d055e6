"""A person's decision ends with the example by which it was made, if a person takes that out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from decided import BILL, LETTER, STRANGE, answer, correct, discovered, label_of, memory
from fakes import WORDS, WordEncoder

from protolabel import Document, LabelSpace
from protolabel.label_space.changes import Correct, Remove
from protolabel.open_world.discovery import discover
from protolabel.open_world.next_to_label import next_to_label
from protolabel.types import Example

OPEN = (None, "label space")
REFUSED = (None, "nobody")  # the label space had given a class, and a person has refused it


def members(space: LabelSpace) -> list[tuple[str, str, str]]:
    """Return the id, the text and the class of each example."""
    return [
        (one.id, one.text or "", info.name)
        for info in space.classes()
        for one in space.show(info.name)[1]
    ]


def ids_of(space: LabelSpace, *texts: str) -> list[str]:
    return [identity for identity, text, _ in members(space) if text in texts]


def pool_size(space: LabelSpace) -> int:
    discovery = discover(space, least=2)
    return discovery.documents + discovery.copies


def by_removing(space: LabelSpace, text: str) -> None:
    space.remove(ids_of(space, text))


def by_a_request(space: LabelSpace, text: str) -> None:
    space.commit(Remove(ids_of(space, text)))


def by_a_correction_of_another(space: LabelSpace, text: str) -> None:
    """As `learn` does where files were moved to a class, too."""
    space.commit(Correct([Example(WORDS[2], LETTER)], ids_of(space, text)))
    assert label_of(space, LETTER) == (WORDS[2], "person")


TAKE_BACK = pytest.mark.parametrize(
    "take_back", [by_removing, by_a_request, by_a_correction_of_another]
)


@TAKE_BACK
def test_what_was_declined_and_learned_is_open_again(mail, take_back):
    """It stayed a person's label, so that `discover` and `next` left it out."""
    text = STRANGE[0]
    mail.correct(Document("x", text), WORDS[0])
    version, decided = mail.version, label_of(mail, text)
    assert decided == (WORDS[0], "person")
    assert pool_size(mail) == len(STRANGE) - 1
    n_next = next_to_label(mail).documents
    take_back(mail, text)
    ended = memory(mail)
    assert label_of(mail, text) == OPEN
    assert pool_size(mail) == len(STRANGE)
    n_left_out = label_of(mail, LETTER)[1] == "person"  # decided on meanwhile
    assert next_to_label(mail).documents == n_next + 1 - n_left_out
    mail.undo()
    assert label_of(mail, text) == decided
    mail.redo()
    assert memory(mail) == ended
    mail.return_to(version)
    assert label_of(mail, text) == decided


@TAKE_BACK
def test_the_class_that_it_was_taken_out_of_is_refused_as_by_not_this(mail, take_back):
    correct(mail)
    take_back(mail, BILL)
    assert label_of(mail) == REFUSED
    (one,) = [one for one in mail.answer_log.documents() if one.text == BILL]
    assert set(one.refused) == {WORDS[0], WORDS[1]}
    mail.undo()
    assert label_of(mail) == (WORDS[1], "person")
    by_removing(mail, BILL)
    answer(mail)
    assert label_of(mail)[1] == "label space"


@pytest.mark.parametrize("decide", [correct, discovered])
def test_before_an_undo_of_both_the_memory_is_what_it_was(mail, decide):
    version, before = mail.version, memory(mail)
    decide(mail)
    by_removing(mail, BILL if decide is correct else STRANGE[0])
    mail.return_to(version)
    assert memory(mail) == before


def test_a_document_whose_old_example_is_taken_out_keeps_the_label_that_it_gets(mail):
    """One change names it twice, as `learn` does of a file that was moved to another class."""
    correct(mail)
    mail.commit(Correct([Example(WORDS[2], BILL)], ids_of(mail, BILL)))
    assert label_of(mail) == (WORDS[2], "person")
    mail.undo()
    assert label_of(mail) == (WORDS[1], "person")


def test_a_copy_in_the_class_keeps_the_decision_until_it_goes_too(mail):
    correct(mail)
    mail.add(f"  {BILL.upper()} ", WORDS[1])
    first, second = [i for i, text, _ in members(mail) if text.strip().lower() == BILL]
    mail.remove(first)
    assert label_of(mail) == (WORDS[1], "person")
    mail.remove(second)
    assert label_of(mail) == REFUSED


def test_an_equal_example_of_another_class_is_no_part_of_the_decision(mail):
    correct(mail)
    mail.add(BILL, WORDS[2])
    by_class = {label: i for i, text, label in members(mail) if text == BILL}
    mail.remove(by_class[WORDS[2]])
    assert label_of(mail) == (WORDS[1], "person")
    mail.undo()
    mail.remove(by_class[WORDS[1]])
    assert label_of(mail) == REFUSED


def test_a_decision_goes_along_with_its_class_through_renames_and_merges(mail):
    correct(mail)
    mail.rename(WORDS[1], "letter")
    mail.merge(["letter", WORDS[2]], into="mail")
    assert label_of(mail)[1] == "person"
    mail.add(BILL, WORDS[0])
    by_class = {label: i for i, text, label in members(mail) if text == BILL}
    mail.remove(by_class[WORDS[0]])
    assert label_of(mail)[1] == "person"
    mail.remove(by_class["mail"])
    assert label_of(mail) == REFUSED


@pytest.mark.parametrize("merged", [False, True])
def test_not_this_ends_the_label_of_a_class_under_it_and_of_one_that_went_into_it(mail, merged):
    """The example ended, and the label stayed a person's."""
    correct(mail)
    if merged:
        mail.merge([WORDS[1], WORDS[2]], into="mail")
    else:
        mail.nest(WORDS[1], under="mail", new=True)
    mail.refute(Document("x", BILL), "mail")
    assert ids_of(mail, BILL) == []
    assert label_of(mail) == REFUSED
    mail.undo()
    assert label_of(mail)[1] == "person"


def test_of_several_labels_those_that_are_left_stay_a_persons():
    with LabelSpace.create(encoder=WordEncoder(), labels="several", background=False) as space:
        space.add([f"{label} {label} {n}" for n in range(4) for label in WORDS[:3]],
                  list(WORDS[:3]) * 4)  # fmt: skip
        space.answer_log.remember("text")
        answer(space)
        space.correct(Document("x", BILL), WORDS[:2])
        space.remove([i for i, text, label in members(space) if (text, label) == (BILL, WORDS[0])])
        (one,) = [one for one in space.answer_log.documents() if one.text == BILL]
        assert (one.label, one.labels, one.by) == (WORDS[1], (WORDS[1],), "person")
        by_removing(space, BILL)
        assert label_of(space)[0] is None
        assert label_of(space)[1] != "person"
        space.undo()
        assert label_of(space) == (WORDS[1], "person")


# -- any history, beside a model that knows the rule and nothing else -----------------------------

TEXTS = [BILL, LETTER, *STRANGE[:2]]
Decisions = dict[str, str]  # of texts that a person gave a class, by the name that it has now


@dataclass
class History:
    """What people do to four remembered documents, and who decides about each by the rule."""

    space: LabelSpace
    random: Random
    decisions: Decisions = field(default_factory=dict)
    at: dict[int, Decisions] = field(default_factory=dict)  # by version
    names: list[str] = field(default_factory=lambda: list(WORDS[:3]))
    names_at: dict[int, list[str]] = field(default_factory=dict)
    n_ended: int = 0

    def note(self) -> None:
        self.at[self.space.version] = dict(self.decisions)
        self.names_at[self.space.version] = list(self.names)

    def back(self, version: int) -> None:
        self.decisions, self.names = dict(self.at[version]), list(self.names_at[version])

    def classes_of(self, text: str) -> list[str]:
        return [label for _, one, label in members(self.space) if one == text]

    def ends(self, text: str, label: str) -> None:
        """An example of a class has gone: so has the decision, unless there is another one."""
        if self.decisions.get(text) == label and label not in self.classes_of(text):
            del self.decisions[text]
            self.n_ended += 1

    def correct(self, text: str, label: str) -> None:
        if set(self.classes_of(text)) != {label}:
            self.space.correct(Document("x", text), label)
            self.decisions[text] = label

    def add(self, text: str, label: str) -> None:
        self.space.add(text, label)

    def refute(self, text: str, label: str) -> None:
        self.space.refute(Document("x", text), label)
        self.ends(text, label)

    def remove(self, text: str, label: str) -> None:
        ids = [(i, label) for i, one, label in members(self.space) if one == text]
        if ids:
            identity, former = self.random.choice(ids)
            self.space.remove(identity)
            self.ends(text, former)

    def learn(self, text: str, label: str) -> None:
        """One document gets a class, and an example of another one is taken back."""
        other = TEXTS[TEXTS.index(text) - 1]
        ids = [(i, former) for i, one, former in members(self.space) if one == other]
        if ids:
            identity, former = self.random.choice(ids)
            self.space.commit(Correct([Example(label, text)], [identity]))
            self.decisions[text] = label
            self.ends(other, former)

    def move(self, text: str, label: str) -> None:
        ids = [i for i, one, former in members(self.space) if one == text and former != label]
        if ids:
            self.space.move(self.random.choice(ids), label)
            self.decisions[text] = label

    def rename(self, text: str, label: str) -> None:
        self.space.rename(label, new := f"name {self.space.version}")
        self.follow({label: new})

    def merge(self, text: str, label: str) -> None:
        others = [name for name in self.names if name != label]
        if others:
            other = self.random.choice(others)
            self.space.merge([label, other], into=(new := f"class {self.space.version}"))
            self.follow({label: new, other: new})

    def follow(self, names: dict[str, str]) -> None:
        self.names = list(dict.fromkeys(names.get(name, name) for name in self.names))
        self.decisions = {t: names.get(label, label) for t, label in self.decisions.items()}

    def make(self, text: str, label: str) -> None:
        self.space.describe(name := f"new {self.space.version}", text)
        self.names.append(name)

    def answer(self, text: str, label: str) -> None:
        answer(self.space)


KINDS: list[Callable[[History, str, str], None]] = [
    History.correct, History.correct, History.add, History.refute, History.remove, History.remove,
    History.learn, History.move, History.rename, History.merge, History.make, History.answer,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 11))
def test_whatever_people_do_a_decision_stands_as_long_as_its_example(mail, seed):
    history = History(mail, random := Random(seed))
    history.note()
    done, undone = list[int](), list[tuple[int, int]]()  # changes; and with the version of the undo
    for _ in range(60):
        version, way = mail.version, random.random()
        if way < 0.15 and done:
            mail.undo()
            undone.append((done.pop(), mail.version))
            history.back(undone[-1][0] - 1)
        elif way < 0.25 and undone:
            mail.redo()
            done.append(undone[-1][0])
            history.back(undone.pop()[1] - 1)
        else:
            if way < 0.27:
                mail.return_to(earlier := random.choice(list(history.at)))
                history.back(earlier)
            else:
                random.choice(KINDS)(history, random.choice(TEXTS), random.choice(history.names))
            if mail.version > version:
                done.append(mail.version)
                undone.clear()
        history.note()
        people = {
            one.text for one in mail.answer_log.documents()
            if one.by == "person" and one.text in TEXTS
        }  # fmt: skip
        assert people == set(history.decisions)
    assert history.n_ended > 0
