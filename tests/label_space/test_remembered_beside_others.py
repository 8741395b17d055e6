"""What others change of the settings while documents are encoded counts for what is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import WORDS, WordEncoder

from protolabel import Document, LabelSpace
from protolabel.errors import InputError

TEXT = f"{WORDS[0]} {WORDS[1]} private"


class ActingEncoder(WordEncoder):
    """An encoder during whose work somebody else acts, once."""

    act: Callable[[], object] | None = None

    def encode(self, texts):
        act, self.act = self.act, None
        if act is not None:
            act()
        return super().encode(texts)


@pytest.fixture
def encoder():
    return ActingEncoder()


@pytest.fixture
def space(tmp_path, encoder):
    with LabelSpace.create(tmp_path / "a.space", encoder=encoder, background=False) as space:
        for label in WORDS[:3]:
            space.add([f"{label} {label} {n}" for n in range(4)], label)
        space.answer_log.remember("text")
        yield space


@pytest.mark.parametrize(("what", "n"), [("off", 0), ("answers", 1), ("text", 1)])
def test_documents_that_are_being_answered_are_remembered_by_the_newest_setting(
    space, encoder, tmp_path, what, n
):
    with LabelSpace(tmp_path / "a.space", encoder=WordEncoder(), background=False) as other:
        encoder.act = lambda: other.answer_log.remember(what)
        space.label(Document("d", TEXT))
        documents = list(space.answer_log.documents())
    assert len(documents) == n
    assert [one.text for one in documents] == [TEXT if what == "text" else None] * n


def test_a_document_without_source_and_text_is_named_as_such(space):
    space.answer_log.remember("answers")
    space.label(Document("d", TEXT))
    with pytest.raises(InputError, match="answered, and its text is not remembered") as error:
        space.correct("d", WORDS[1])
    assert error.value.remedy == "label it again after `protolabel set SPACE remember text`"
