"""What commands print as prose fits the terminal, loses nothing, and keeps commands whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pseudo_terminals import OWN, in_terminal

from protolabel.cli.wrapping import fitted

pytestmark = pytest.mark.slow

WORDS = st.lists(st.text("abc:;`, \t\x1b[1m", max_size=12), max_size=30).map(" ".join)


@given(WORDS, st.integers(20, 60))
def test_no_word_is_lost_and_what_fits_stays(text, columns):
    lines = fitted(text, columns)
    assert lines.split() == text.split()
    for line in text.split("\n"):
        if len(line) <= columns:
            assert line in lines


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), max_size=60), st.integers(20, 60))
def test_prose_fits_and_stands_two_columns_further_in_after_its_first_line(words, columns):
    lines = fitted("  " + " ".join(words), columns).split("\n")
    assert max(map(len, lines)) <= columns
    assert all(re.match(" {4}[a-h]", line) for line in lines[1:])


@pytest.mark.parametrize(
    "command", ["`protolabel set 'a b.space' threshold auto`", "protolabel label a.space --text x"]
)
def test_a_command_is_never_broken(command):
    text = f"nothing was changed so far, and it can be done at any time. To do so: {command}"
    for columns in range(20, 120):
        assert command in fitted(text, columns).split("\n")[-1]
    assert fitted(text, None) == text


def test_the_width_of_letters_is_what_the_terminal_gives_them():
    assert fitted("東京 都庁 の 書類", 10) == "東京 都庁\n  の 書類"
    assert fitted("\x1b[1mfour\x1b[0m words stand here", 20) == (
        "\x1b[1mfour\x1b[0m words stand\n  here"
    )


@pytest.mark.parametrize("columns", [50, 80])
def test_sentences_of_commands_fit_a_terminal(tmp_path, columns):
    space = tmp_path / "w.space"
    in_terminal("init", space, "--encoder", "hashing")
    for command in (
        ("describe", space, "travel", "reimbursement of the expenses of travels by train"),
        ("describe", space, "travels", "a near name of a class that is there", "--new"),
        ("label", space, "--text", "reimbursement of the expenses of travels"),
        ("discover", space),
        ("watch", space),
        ("next", space),
        ("conflicts", space),
        ("risk", space),
        ("label", space, "nothing that is there"),
    ):
        drawn = OWN.sub("", in_terminal(*command, columns=columns))
        for line in drawn.splitlines():
            is_whole = re.match(rf" *[`'(]?(protolabel|{re.escape(str(space))})", line)
            assert len(line) <= columns or is_whole, drawn
