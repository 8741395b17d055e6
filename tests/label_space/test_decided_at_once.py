"""What a person says of a document in the second in which it was answered counts all the same."""

from __future__ import annotations

import pytest
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import Correct, Import, Refute

TEXT = "pay my bill please"
WAYS = {
    "refute": lambda space: space.refute(Document("d", TEXT), "bill"),
    "add": lambda space: space.add([Example("bill", TEXT, negative=True)]),
    "add, with examples": lambda space: space.add(
        [Example("cv", "work study"), Example("bill", TEXT, negative=True)]
    ),
    "commit of a request": lambda space: space.commit(
        Refute((Example("bill", TEXT, negative=True),))
    ),
    "import": lambda space: space.commit(Import((), (Example("bill", TEXT, negative=True),))),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.space"
    with opened(path, new=True) as space:
        space.add(["pay bill now", "cv work"], ["bill", "cv"])
    return path


def opened(path, *, new: bool = False) -> LabelSpace:
    if new:
        return LabelSpace.create(path, encoder=WordEncoder(), background=False)
    return LabelSpace(path, encoder=WordEncoder(), background=False)


def label_of(space: LabelSpace) -> str | None:
    (document,) = space.answer_log.documents()
    return document.label


@pytest.mark.parametrize("way", WAYS)
def test_not_this_right_after_an_answer_refuses_the_label_that_is_remembered(path, way):
    with opened(path) as space:
        assert space.label(Document("d", TEXT)).label == "bill"
        WAYS[way](space)
        assert label_of(space) is None
        space.undo()
        assert label_of(space) == "bill"


def test_a_refutation_or_correction_that_is_repeated_decides_on_a_document_answered_meanwhile(path):
    """Another process answered it before the first one, and wrote that after it."""
    for request, label in (
        (Refute((Example("bill", TEXT, negative=True),)), None),
        (Correct((Example("cv", TEXT),)), "cv"),
    ):
        with opened(path) as space, opened(path) as other:
            other.label(Document("d", TEXT))
            version = space.commit(request).version
            other.answer_log.write()
            again = space.commit(request)
            assert again.version == version  # it changed nothing
            assert label_of(space) == label
            space.undo()
            space.answer_log.forget()
