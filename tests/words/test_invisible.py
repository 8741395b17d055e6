"""Characters that draw nothing, against other copies of Unicode's tables."""

from __future__ import annotations

import unicodedata

import pytest

from protolabel.words.invisible import DEFAULT_IGNORABLE, is_ignorable

EVERY = range(0x110000)


def test_the_ranges_are_those_of_unicode() -> None:
    regex = pytest.importorskip("regex", reason="regex, which has the property, is not installed")
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    inside = {code for low, high in DEFAULT_IGNORABLE for code in range(low, high + 1)}
    assert inside == {code for code in EVERY if ignorable.match(chr(code))}


def test_format_characters_are_ignorable_but_those_that_are_drawn() -> None:
    regex = pytest.importorskip("regex", reason="regex, which has the property, is not installed")
    blocks = r"\p{Block=Egyptian_Hieroglyph_Format_Controls}"
    drawn = regex.compile(r"\p{Prepended_Concatenation_Mark}|" + blocks)
    wrong = [
        hex(code) for code in EVERY
        if unicodedata.category(chr(code)) == "Cf"
        and is_ignorable(chr(code)) == bool(drawn.match(chr(code)))
    ]  # fmt: skip
    assert wrong == []


def test_the_ranges_hold_no_letter_digit_or_sign_that_is_drawn() -> None:
    """Of the standard library: besides format characters, fillers, marks and unassigned codes."""
    fillers = {0x115F, 0x1160, 0x3164, 0xFFA0}
    others = {
        code for low, high in DEFAULT_IGNORABLE for code in range(low, high + 1)
        if unicodedata.category(chr(code)) not in ("Cf", "Mn", "Cn")
    }  # fmt: skip
    assert others == fillers
    assert all("FILLER" in unicodedata.name(chr(code)) for code in fillers)
