"""Plans of an evaluation: what they refuse, and in which words."""

from __future__ import annotations

import pytest

from protolabel.errors import InputError
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.refusals import LeftOut


def test_a_class_that_is_too_small_names_what_the_encoder_has_learned_from():
    with pytest.raises(InputError, match=r"has 1 document without the 11 documents that the enc"):
        Plan(shots=(1,)).usable(["a", *"bbbbbbbb"], described=False, left=LeftOut(11))
