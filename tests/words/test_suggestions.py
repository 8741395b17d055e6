"""Names that are suggested: typos and beginnings, and none that is far off."""

from __future__ import annotations

import pytest

from protolabel.words.suggestions import close_names, did_you_mean

COMMANDS = ["init", "describe", "add", "import", "label", "classes", "show", "merge", "history"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("lable", ["label"]), ("improt", ["import"]), ("clases", ["classes"]),
        ("cvv", []), ("hist", ["history"]), ("LABEL", ["label"]), ("shwo", ["show"]),
    ],
)  # fmt: skip
def test_typos_and_beginnings_are_near(name, near):
    assert close_names(name, COMMANDS) == near


@pytest.mark.parametrize("name", ["serve", "delete", "list", "train", "export", "x", "", "me"])
def test_another_word_is_not_near(name):
    assert close_names(name, COMMANDS) == []
    assert did_you_mean([]) == ""


def test_long_names_may_have_two_slips():
    names = ["invoices-2026.csv", "offers-2026.csv"]
    assert close_names("invioces-2062.csv", names) == names[:1]
    assert close_names("notice", ["invoice"]) == []


def test_names_that_differ_in_case_alone_are_both_suggested():
    assert close_names("BILL", ["bill", "Bill", "cv"]) == ["bill", "Bill"]
    assert did_you_mean(["bill", "cv"]) == "did you mean 'bill' or 'cv'?"
