"""A folder that is followed and is gone for a while is named once, and is no file."""

from __future__ import annotations

from protolabel.batch.stillness import Stillness


def test_an_input_that_is_gone_is_named_once_until_it_was_there_again():
    looks = [["a", "b"], ["b"], ["b"], ["a", "b"], ["b"]]
    stillness = Stillness()
    named = [stillness.newly_absent(["a", "b"], present) for present in looks]
    assert named == [[], ["a"], [], [], ["a"]]
