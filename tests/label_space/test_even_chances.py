"""Which level answers where a class is just likelier right than wrong, and where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel.arithmetic.hierarchy import TOP, Hierarchy
from protolabel.label_space.stored_items.class_levels import Levels, decide_levels


@pytest.mark.parametrize(("share", "level"), [(0.5, 0), (0.49, 3)])
def test_a_class_of_an_even_chance_answers_and_one_below_it_gives_way(share, level) -> None:
    above = Hierarchy(np.array([3, 3, 3, TOP]), np.arange(4), 3)
    nearest, shares = np.array([0]), np.array([[share, 0.3, 0.7 - share]])
    decisions = decide_levels(Levels(above, {3: "all"}), nearest, shares, np.zeros(1), None)
    assert decisions.answers.tolist() == [level]
