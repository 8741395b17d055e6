"""Many equal examples in one change cost in proportion to their number. No seconds are measured."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from protolabel import Example, LabelSpace

TEXT = "one and the same reply that a machine sends to each and all of them every day"


def calls_of(n: int, change: Callable[[LabelSpace, int], object]) -> int:
    """Return how many calls of functions a change of ``n`` equal documents takes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add([Example("other", "a text of its own"), Example("reply", TEXT)])
        sys.setprofile(count)
        try:
            change(space, n)
        finally:
            sys.setprofile(None)
    return calls


CHANGES = {
    "two labels": lambda space, n: space.add([Example("reply", TEXT), Example("other", TEXT)] * n),
    "both": lambda space, n: space.add(
        [Example("other", TEXT, negative=True), Example("reply", TEXT)] * n
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_equal_examples_cost_no_more_than_in_proportion(name):
    calls_of(1, CHANGES[name])  # what is imported at the first use does not count
    assert calls_of(400, CHANGES[name]) < 5 * calls_of(100, CHANGES[name])


def list_of(value: object) -> list[dict[str, str]]:
    assert isinstance(value, list)
    return value


def test_of_equal_examples_each_names_the_first_of_another_label():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add([Example("reply", TEXT, "a"), Example("reply", TEXT, "b")])
        labels = ["reply", "other", "reply", "other"]
        batch = [Example(label, TEXT, f"new {n}") for n, label in enumerate(labels)]
        change = space.add(batch)
    pairs = [(one["example"], one["other"]) for one in list_of(change.detail["two_labels"])]
    # one for each new example and each other label: the oldest example of it
    assert pairs == [("new 1", "a"), ("new 2", "new 1"), ("new 3", "a")]
    assert change.detail["known"] == 4
