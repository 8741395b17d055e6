"""What counts as visible text, where words part, how texts and values are cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.words.text import (
    EXCERPT,
    SEPARATORS,
    brief_repr,
    excerpt,
    has_visible_text,
    words_apart,
)


@pytest.mark.parametrize(
    "text",
    ["", " \t\r\n", "\u200b", "\xad", "\ufeff", "\u0301", "\u2060\u200d", "\ufe0f", "\u3164",
     "\u2800", "\x00\x1b\x7f", "\x85\u2028\u2029", "\u3000\xa0", "\U000e0041", "\uffff"],
)  # fmt: skip
def test_text_that_nobody_sees(text):
    assert not has_visible_text(text)
    assert not has_visible_text(text * 1000)
    assert has_visible_text(text + "a")


@pytest.mark.parametrize(
    "text", ["x", "é", "e\u0301", "1", ".", "€", "中", "ก", "አ", "🙂", "\ufffd"]
)
def test_text_that_somebody_sees(text):
    assert has_visible_text(text)
    assert has_visible_text("\u200b \xad" + text)


def test_every_printable_character_but_blanks_is_visible():
    """Python's own notion of printable is the oracle; fillers and marks are the exceptions."""
    for code in range(0x20000):
        character = chr(code)
        if has_visible_text(character) != (character.isprintable() and character != " "):
            category = unicodedata.category(character)
            assert category[0] in "MC" or code in (
                0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0x1D159), hex(code)  # fmt: skip


@given(st.text())
def test_words_apart_keeps_places(text):
    apart = words_apart(text)
    assert len(apart) == len(text)
    assert all(b == (" " if a in SEPARATORS else a) for a, b in zip(text, apart, strict=True))


@pytest.mark.parametrize("separator", SEPARATORS)
def test_separators_part_words(separator):
    assert words_apart(f"one{separator}two").split() == ["one", "two"]


@given(st.text(" \n\tab", max_size=400), st.integers(2, 50))
def test_an_excerpt_is_one_line_and_says_where_it_is_cut(text, length):
    line = " ".join(text.split())
    assert excerpt(text, length) == (line if len(line) <= length else f"{line[: length - 1]}…")


def test_an_excerpt_of_nothing_is_empty():
    assert excerpt(None) == ""
    assert len(excerpt("x" * 1000)) == EXCERPT


def test_a_value_is_cut_before_it_is_written_out():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    for value in ("x" * 10**6, [1] * 10**6, 10**1000, nested, {"a": "b" * 100}):
        assert len(brief_repr(value)) <= 60
    assert brief_repr("a") == "'a'"
