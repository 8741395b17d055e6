"""The shape of the tests: each assertion can fail."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))
OUTPUTS = ("stdout", "stderr", "output")
CANDIDATE = re.compile(r"^ +assert .*(?:\bor\b|\.(?:stdout|stderr|output)$)|^ +or ", re.M)


def fault(test: ast.expr) -> str:
    """Say why an assertion holds for any output that is not empty; nothing where it does not."""
    if (
        isinstance(test, ast.Attribute)
        and test.attr in OUTPUTS
        and isinstance(test.value, ast.Call)
    ):
        return "asks only that there is an output; say which words stand in it"
    alternatives: list[ast.expr] = []
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        alternatives = test.values
    bare = {ast.unparse(one) for one in alternatives if isinstance(one, ast.Name | ast.Attribute)}
    compared = {
        ast.unparse(one)
        for alternative in alternatives
        if isinstance(alternative, ast.Compare)
        for one in alternative.comparators
    }
    return f"holds wherever {', '.join(bare & compared)} is not empty" if bare & compared else ""


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("assert 'answered' in done.stdout or done.stdout", "holds wherever done.stdout"),
        ("assert run('classes').stderr", "which words"),
        ("assert 'answered' in done.stdout", ""),
        ("assert found or 'nothing' in done.stdout", ""),
    ],
)
def test_an_assertion_that_holds_for_any_output_is_seen(statement, words):
    (node,) = ast.parse(statement).body
    assert words in fault(node.test)
    assert bool(words) == bool(fault(node.test))


def test_no_assertion_holds_for_any_output():
    texts = ((path, path.read_text(encoding="utf-8")) for path in FILES)
    faults = [
        f"{path.relative_to(TESTS)}:{node.lineno}: {words}"
        for path, text in texts
        if CANDIDATE.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert) and (words := fault(node.test))
    ]
    assert not faults, "\n".join(faults)
