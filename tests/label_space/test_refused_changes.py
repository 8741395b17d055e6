"""Changes that would do something else than they say are refused whole."""

from __future__ import annotations

import pytest

from protolabel import Example
from protolabel.arithmetic.target import Target
from protolabel.errors import InputError
from protolabel.label_space.changes import Configure, Correct


@pytest.mark.parametrize("values", [{"remember": "off"}, {"remember_most": 0, "refine": "off"}])
def test_what_may_be_remembered_is_no_setting_of_a_configure(values):
    """Another role may set it, what was kept is removed with it, and no undo brings it back."""
    with pytest.raises(InputError, match="a change of its own"):
        Configure(values)


@pytest.mark.parametrize("keys", [("threshold", "target"), ("target", "threshold")])
@pytest.mark.parametrize("threshold", [0.5, "none"])
def test_a_threshold_and_a_target_are_refused_together(space, keys, threshold):
    """Before, the one that came last was kept, and the change named both."""
    values = {"threshold": threshold, "target": "errors 5%"}
    with pytest.raises(InputError, match="a threshold and a target in one change"):
        Configure({key: values[key] for key in keys})


@pytest.mark.parametrize("keys", [("threshold", "target"), ("target", "threshold")])
@pytest.mark.parametrize(
    "values",
    [{"threshold": 0.5, "target": None}, {"threshold": None, "target": "errors 5%"},
     {"threshold": "auto", "target": "none"}],
)  # fmt: skip
def test_a_threshold_beside_no_target_is_kept_and_so_is_a_target_beside_no_threshold(
    space, keys, values
):
    space.commit(Configure({key: values[key] for key in keys}))
    assert (space.settings.threshold, space.settings.target) == (
        0.5 if values["threshold"] == 0.5 else None,
        Target("errors", 0.05) if values["target"] == "errors 5%" else None,
    )


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
