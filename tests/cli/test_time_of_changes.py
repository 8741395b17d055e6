"""What a change took is not confused with what loading the encoder took, once in a process."""

from __future__ import annotations

import shutil

import pytest

from protolabel import Change, LabelSpace
from protolabel.cli.change import Spent, print_change, timed


def test_only_the_first_change_with_a_text_loads_the_encoder(model_space, tmp_path):
    path = shutil.copy(model_space, tmp_path / "a.space")
    with LabelSpace(path, background=False) as space:
        _, renamed = timed(space, lambda: space.rename("letter", "post"))
        change, first = timed(space, lambda: space.add("pay the invoice", "invoice"))
        _, second = timed(space, lambda: space.add("a letter by post", "post"))
    assert isinstance(change, Change)
    assert renamed.loading == 0 == second.loading
    assert 0 < first.loading < first.milliseconds


@pytest.mark.parametrize(("loading", "words"), [
    (1200.0, "version 2: added (12.5 ms, and 1.2 s to load the encoder)\n"),
    (3.0, "version 2: added (12.5 ms)\n"),
])  # fmt: skip
def test_a_change_that_waited_for_the_encoder_says_so(loading, words, capsys):
    """Before, the first commands printed `(1278.3 ms)`, and nothing said why."""
    print_change(
        Change(2, "add", "added", "2026-01-01", "me"), Spent(12.5 + loading, loading), False
    )
    assert capsys.readouterr().out == words


def test_a_change_of_a_second_or_more_is_timed_in_seconds(capsys):
    """Before, `1553.4 ms, and 12.7 s to load the encoder` had two units."""
    change = Change(2, "add", "added", "2026-01-01", "me")
    print_change(change, Spent(14253.4, 12700.0), False)
    assert "(1.6 s, and 12.7 s to load the encoder)" in capsys.readouterr().out
