"""What is asked while others change a label space: short fits are waited for, without a warning."""

from __future__ import annotations

import warnings

import pytest
from fakes import WordEncoder
from spaces import four_classes

from protolabel import LabelSpace
from protolabel.label_space.session import Session


@pytest.mark.parametrize("changes", [1, 2, 20])
def test_a_change_between_the_fits_and_the_answer_draws_no_warning(monkeypatch, changes):
    """The fits take a moment each; with the last of a few views the prototypes may answer."""
    settle, left = Session.settle, [changes]

    with LabelSpace.create(encoder=WordEncoder(), background=True) as space:
        space.add(four_classes())

        def settle_and_change(session, **options):
            settle(session, **options)
            if left[0]:
                left[0] -= 1
                space.add(f"pay bill {left[0]}", "c")  # another thread is faster

        monkeypatch.setattr(Session, "settle", settle_and_change)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = space.label("pay bill")
        assert answer.label is not None
        if changes < 3:
            assert (answer.head, answer.space_version) == ("refined", space.version)
