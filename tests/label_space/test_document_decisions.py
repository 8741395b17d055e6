"""A change decides on remembered documents by their keys, without an example of them."""

from __future__ import annotations

import re

import pytest
from commands import records

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes import Correct, Refute, request_from

EXAMPLE = Example("a", "one more text")
NEGATIVE = Example("a", "one more text", negative=True)


@pytest.mark.parametrize(("kind", "example"), [(Correct, EXAMPLE), (Refute, NEGATIVE)])
def test_such_a_change_is_the_same_after_json_and_the_log_tells_of_it(kind, example):
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["x one", "y two"], ["a", "b"])
        space.label(Document("d", "x one again"))
        (key,) = [one.key for one in space.answer_log.documents()]
        request = kind([example], decisions={key.upper(): ["a", "a"]})
        assert request_from(request.to_dict()) == request
        change = space.commit(request)
        assert change.detail["decisions"] == {key: ["a"]}
        (one,) = space.answer_log.documents()
        expected = ("a", "person", ()) if kind is Correct else (None, "nobody", ("a",))
        assert (one.label, one.by, one.refused) == expected
    assert "decisions" not in kind([example]).to_dict()


@pytest.mark.parametrize("decisions", [["a"], {"d": ["a"]}, {"00" * 16: "a"}, {"00" * 16: []}])
def test_what_is_no_key_with_classes_is_refused(decisions):
    with pytest.raises(InputError, match="decisions on documents"):
        Correct([EXAMPLE], decisions=decisions)


def test_the_list_that_the_refusal_names_has_the_whole_keys(tmp_path):
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["x one", "y two"], ["a", "b"])
        space.label(Document("d", "x one again"))
    with pytest.raises(InputError) as refusal:
        Correct([EXAMPLE], decisions={"d": ["a"]})
    *_, command = re.findall("`protolabel (.+?)`", str(refusal.value))
    (one,) = records(*command.replace("SPACE", str(path)).split())
    assert Correct([EXAMPLE], decisions={one["key"]: ["a"]}).decisions == {one["key"]: ("a",)}
