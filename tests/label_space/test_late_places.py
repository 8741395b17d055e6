"""Of two contents of a file, the one that was answered later stays, whoever stores it first."""

from __future__ import annotations

import pytest

from protolabel import Document, LabelSpace
from protolabel.identity.document_key import document_key

OLD, NEW = "y two old", "y two new"


@pytest.mark.parametrize("is_decided", [False, True])
@pytest.mark.parametrize("is_late", [False, True])
def test_an_answer_to_the_old_content_leaves_the_new_one_in_place(tmp_path, is_late, is_decided):
    path, file = tmp_path / "s.space", tmp_path / "x.txt"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["x one", "y two", "y three", "z four"], ["a", "b", "b", "c"])
    old, new = (Document("x.txt", text, source=str(file)) for text in (OLD, NEW))
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        space.label(old)
        if not is_late:
            space.answer_log.write()
        other.label(new)
        other.answer_log.write()
        if is_decided:
            other.correct(new, "c")
        space.answer_log.write()
        stored = [(one.key, one.label, one.by) for one in space.answer_log.documents()]
    key = document_key(new).hex()
    assert stored == [(key, "c", "person") if is_decided else (key, "b", "label space")]
