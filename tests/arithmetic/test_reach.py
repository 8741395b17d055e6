"""For how many classes a calibration was measured, and what is said of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.reach import EVERY, Reach
from protolabel.arithmetic.support import Support

CLASSES = 6


def support_of(pairs: list[tuple[int, int]], described: list[bool]) -> Support:
    """Return examples of classes: each pair is a class and a document; one document, one vector."""
    vectors = np.eye(40, dtype=np.float32)
    return Support.of(
        vectors[[document for _, document in pairs]].reshape(-1, 40),
        np.array([label for label, _ in pairs], np.int64),
        vectors[30 : 30 + CLASSES],
        np.array(described),
    )


PAIRS = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, 9)), min_size=1)


@settings(max_examples=60, deadline=None)
@given(pairs=PAIRS, described=st.lists(st.booleans(), min_size=CLASSES, max_size=CLASSES))
def test_a_class_is_within_reach_where_it_has_two_different_documents(pairs, described):
    different = [{d for label, d in pairs if label == k} for k in range(CLASSES)]
    support = support_of(pairs, described)
    reach = Reach.of(support, np.ones(len(pairs), np.bool_))
    assert reach.classes == sum(len(documents) > 1 for documents in different)
    assert reach.classes + reach.others == CLASSES
    assert reach.classes == len(set(simulate(support).labels.tolist()))


def test_documents_that_the_encoder_has_learned_from_are_no_queries():
    support = support_of([(0, 0), (0, 1), (1, 2), (1, 3), (2, 4)], [False] * CLASSES)
    usable = np.array([False, False, False, True, True])
    reach = Reach.of(support, usable)
    assert (reach.classes, reach.learned) == (1, True)
    assert "two different examples that the encoder has not learned from" in reach.promise


@pytest.mark.parametrize(
    ("reach", "promise"),
    [
        (
            Reach(12, 12),
            "kept for the 12 classes with two different examples or more; of 12 others nothing is "
            "promised until each has two different examples: ",
        ),
        (
            Reach(2, 1),
            "kept for the 2 classes with two different examples or more; of 1 other nothing is "
            "promised until it has two different examples: ",
        ),
    ],
)
def test_the_sentence_counts_both_kinds_of_classes(reach, promise):
    command = "`protolabel classes SPACE` lists how many examples each class has"
    assert reach.promise == promise + command
    assert reach.promise.startswith(reach.verdict)


def test_a_class_needs_another_example_where_some_stand_in_its_description():
    promise = Reach(2, 1, in_descriptions=True).promise
    assert "with two different examples or more, one of them not in its description; " in promise
    assert "until it has two different examples, one of them not in its description: " in promise


def test_nothing_is_said_where_every_class_is_within_reach():
    for reach in (EVERY, Reach(12, 0)):
        assert reach.verdict == "kept"
        assert not any((reach.promise, reach.note, reach.belonging, reach.measured))


def test_a_calibration_says_its_reach_as_json():
    fitted = Calibration(0.1, 0.0, 9, 0.9, (0.0, 1.0), (0.0, 1.0), reach=Reach(3, 2))
    assert fitted.values()["reach"] == {
        "classes": 3,
        "others": 2,
        "learned": False,
        "in_descriptions": False,
    }
