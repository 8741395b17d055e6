"""A person's word about a document counts in the answer log, however it names the document.

``correct`` names the document itself, or an example of it; ``move`` and ``split`` name examples.
"""

from __future__ import annotations

import pytest
from stored import store_of

from protolabel import Document, Example, LabelSpace

LETTER = Document("1.txt", "please read my letter about my studies", source="inbox/1.txt")


def example_of_letter(space: LabelSpace, label: str) -> str:
    return next(e.id for e in space.show(label)[1] if e.text == LETTER.text)


WAYS = {
    "document": lambda space, label, to: space.correct(LETTER, to),
    "file name": lambda space, label, to: space.correct("1.txt", to),
    "source": lambda space, label, to: space.correct("inbox/1.txt", to),
    "id": lambda space, label, to: space.correct(example_of_letter(space, label), to),
    "move": lambda space, label, to: space.move(example_of_letter(space, label), to),
    "move by source": lambda space, label, to: space.move("inbox/1.txt", to),
}


@pytest.fixture(params=["one", "several"])
def space(request):
    with LabelSpace.create(encoder="hashing", labels=request.param, background=False) as space:
        space.add(["pay the amount due", "my work and studies", "sunny, then rain"], list("ict"))
        space.label(LETTER)
        space.answer_log.write()
        yield space


def remembered(space: LabelSpace) -> tuple[object, ...]:
    (one,) = space.answer_log.documents()
    return one.label, one.by, one.version, one.labels


@pytest.mark.parametrize("way", WAYS)
def test_the_last_word_of_a_person_is_what_is_remembered(space, way):
    space.correct(LETTER, "t")
    space.correct(LETTER, "c")
    WAYS[way](space, "c", "t")
    several = ("t",) if space.view().settings.several else None
    assert remembered(space) == ("t", "person", space.version, several)
    assert several or space.answer_log.suggestions() == []
    space.undo()
    assert remembered(space)[:2] == ("c", "person")
    space.redo()
    assert remembered(space)[:2] == ("t", "person")


@pytest.mark.parametrize("way", WAYS)
def test_a_machines_label_becomes_the_word_of_a_person_and_the_old_one_is_refused(space, way):
    space.add([Example("i", LETTER.text, source=LETTER.source)])
    (before,) = space.answer_log.documents()
    WAYS[way](space, "i", "t")
    assert remembered(space)[:2] == ("t", "person")
    assert len(store_of(space).answers.refusals()) == (before.label != "t")
    space.undo()
    assert remembered(space)[:2] == (before.label, "label space")
    assert store_of(space).answers.refusals() == set()


@pytest.mark.parametrize("way", WAYS)
def test_a_correction_that_finds_the_example_there_repairs_what_is_remembered(space, way):
    space.add([Example("t", LETTER.text, source=LETTER.source)])
    version, before = space.version, remembered(space)
    WAYS[way](space, "t", "t")
    assert remembered(space)[:2] == ("t", "person")
    if space.version > version:  # it decides on a document, so that an undo takes it back
        space.undo()
        assert remembered(space) == before


@pytest.mark.parametrize("space", ["several"], indirect=True)
def test_a_move_beside_an_equal_example_counts_too(space):
    """Of several labels: of one, equal examples of two classes are refused."""
    space.add([LETTER.text], "t")
    space.add([LETTER.text.upper()], "i")
    upper = next(e.id for e in space.show("i")[1] if e.text == LETTER.text.upper())
    space.move(upper, "t")
    assert remembered(space)[:2] == ("t", "person")


def test_a_moved_label_among_others_leaves_the_others():
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        space.add(["pay the amount due", "my work and studies", "sunny, then rain"], list("ict"))
        space.label(LETTER)
        space.answer_log.write()
        space.correct(LETTER, ["i", "c"])
        (before,) = space.answer_log.documents()
        (other,) = {"i", "c"} - {before.label}
        space.move(example_of_letter(space, other), "t")
        (after,) = space.answer_log.documents()
        assert (after.label, after.labels) == (
            before.label,
            tuple(sorted((before.label or "", "t"))),
        )
        space.move(example_of_letter(space, before.label), "x")
        (after,) = space.answer_log.documents()
        assert after.label in ("t", "x")
        assert after.labels == ("t", "x")


@pytest.mark.parametrize("name", ["id", "source", "file name"])
def test_the_parts_of_a_split_are_the_last_word(space, name):
    space.correct(LETTER, "t")
    names = {"id": example_of_letter(space, "t"), "source": "inbox/1.txt", "file name": "1.txt"}
    space.split("t", {"storm": [names[name]]})
    several = ("storm",) if space.view().settings.several else None
    assert remembered(space) == ("storm", "person", space.version, several)
    assert several or space.answer_log.suggestions() == []
    space.undo()
    assert remembered(space)[:2] == ("t", "person")
    space.redo()
    assert remembered(space)[:2] == ("storm", "person")


def test_the_label_of_a_document_with_several_is_one_that_it_has_after_a_merge():
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        space.add(["pay the amount due", "my work and studies", "sunny, then rain"], list("ict"))
        space.label(LETTER)
        space.answer_log.write()
        space.correct(LETTER, ["t", "c"])
        before = remembered(space)
        space.merge(["c", "t"], into="misc")
        label, _, _, labels = remembered(space)
        assert (label, labels) == ("misc", ("misc",))
        space.undo()
        assert remembered(space) == before


def test_an_addition_is_no_decision_on_a_remembered_document(space):
    space.correct(LETTER, "c")
    (before,) = space.answer_log.documents()
    space.add([LETTER.text.upper()], "t")
    (after,) = space.answer_log.documents()
    assert (after.label, after.by, after.version) == (before.label, "person", before.version)
