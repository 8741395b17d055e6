"""The advice of errors about "not this" works when done to the letter."""

from __future__ import annotations

import pytest
from advice import Cases, Desk

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("protolabel correct {} {} --to CLASS", "protolabel correct {} {} --not CLASS")
def neither_or_both(d: Desk) -> None:
    letter = d.file("letter.txt", "please pay for the work")
    remedy = d.refused("correct", d.space, letter)
    assert "corrected to" in d.obeyed(remedy.replace("CLASS", "cv"))
    remedy = d.refused("correct", d.space, letter, "--to", "cv", "--not", "invoice")
    assert "added 1 negative example" in d.obeyed(remedy.replace("CLASS", "invoice"))
