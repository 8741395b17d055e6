"""Each remedy in the source has a case that does it to the letter, or a reason why none does.

The cases stand in the files ``test_advice_of_*.py`` beside this one.
"""

from __future__ import annotations

import ast
from pathlib import Path

from remedies import remedies
from untested_remedies import UNTESTED


def remedies_with_a_case() -> set[str]:
    """Return the remedies that the decorators of the cases name."""
    return {
        ast.literal_eval(argument)
        for file in Path(__file__).parent.glob("test_advice_of_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "CASES.of"
        for argument in node.args
    }


def test_each_remedy_has_a_case_or_a_reason():
    missing = set(remedies()) - remedies_with_a_case() - set(UNTESTED)
    assert not missing, f"write a case for each, or a reason: {sorted(missing)}"


def test_no_reason_is_left_over():
    assert not set(UNTESTED) & remedies_with_a_case()
    assert set(UNTESTED) <= set(remedies())


def test_nearly_every_remedy_that_names_a_command_has_a_case():
    commands = {remedy for remedy in remedies() if "protolabel " in remedy}
    assert len(commands & set(UNTESTED)) <= 11
    assert len(remedies_with_a_case()) >= 150
