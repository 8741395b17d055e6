"""Which class an earlier name stands for now: the one that its examples went to."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder
from protolabel.errors import ProtolabelError
from protolabel.label_space.stored_items.current_names import CurrentNames
from protolabel.store.versions_in_force import versions_in_force

NAMES = ["a", "b", "c", "d"]
NAME = st.sampled_from(NAMES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), NAME, NAME),
        st.tuples(st.just("merge"), st.lists(NAME, min_size=1, max_size=2), NAME),
        st.tuples(st.sampled_from(["undo", "redo"])),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_name_of_any_version_stands_for_the_class_that_its_examples_went_to(steps):
    with LabelSpace.create(encoder=PrecomputedEncoder(4), background=False) as space:
        space.add(
            Example(name, embedding=np.eye(4, dtype=np.float32)[i], id=f"of {name}")
            for i, name in enumerate(NAMES[:3])
        )
        first = space.version
        holders = [(first, classes_of(space))]
        for step, *arguments in steps:
            try:
                getattr(space, step)(*arguments)
            except ProtolabelError:
                continue
            if space.version < first or len(classes_of(space)) < 3:
                space.redo()  # not before the beginning
                continue
            holders.append((space.version, classes_of(space)))
        now, names = classes_of(space), CurrentNames(space.view().rows, space.version)
        in_force = versions_in_force(space.history())  # without a merge that is undone
        judged = [(version, labels) for version, labels in holders if version in in_force]
        assert judged[0][0] == first
        for version, earlier in judged:
            assert earlier
            for example, label in earlier.items():
                assert names.name(label, version) == now[example]


def test_a_name_without_a_version_is_that_of_now_or_of_the_class_that_lost_it_last():
    with LabelSpace.create(encoder=PrecomputedEncoder(4), background=False) as space:
        space.add(Example(n, embedding=np.ones(4, np.float32)) for n in NAMES[:2])
        space.rename("a", "c")
        assert CurrentNames(space.view().rows, space.version).name("a") == "c"
        space.rename("b", "a")
        assert CurrentNames(space.view().rows, space.version).name("a") == "a"
        space.merge(["a"], "c")
        names = CurrentNames(space.view().rows, space.version)
        assert [names.name(n) for n in ("a", "b", "c", "x")] == ["c", "c", "c", "x"]
        space.undo()
        assert CurrentNames(space.view().rows, space.version).name("b") == "a"


def classes_of(space: LabelSpace) -> dict[str, str]:
    """Return the class of each example, by the id of the example."""
    names = [info.name for info in space.classes()]
    return {example.id: name for name in names for example in space.show(name)[1]}
