"""Changes that would do something else than they say are refused whole."""

from __future__ import annotations

import pytest

from protolabel import Example
from protolabel.errors import InputError
from protolabel.label_space.changes import Configure, Correct


@pytest.mark.parametrize("values", [{"remember": "off"}, {"remember_most": 0, "refine": "off"}])
def test_what_may_be_remembered_is_no_setting_of_a_configure(values):
    """Another role may set it, what was kept is removed with it, and no undo brings it back."""
    with pytest.raises(InputError, match="a change of its own"):
        Configure(values)


def test_one_document_with_two_classes_is_refused_whole(space):
    before = space.version
    examples = [Example("one", "an equal text", source="a.txt"),
                Example("two", "An  equal text", source="b.txt")]  # fmt: skip
    with pytest.raises(InputError, match=r"two decisions: 'one' \(a.txt\) and 'two' \(b.txt\)"):
        space.commit(Correct(examples))
    assert space.version == before
    assert {"one", "two"}.isdisjoint({one.name for one in space.classes()})
    space.commit(Correct(examples[:1]))
    assert "one" in {one.name for one in space.classes()}
