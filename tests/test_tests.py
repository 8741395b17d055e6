"""The shape of the tests: each assertion can fail, and each helper has one home."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))
OUTPUTS = ("stdout", "stderr", "output")
FEWEST_LINES = 3  # of a body that may stand in one file alone; a shorter one says what it does
FUNCTION = re.compile(  # at the left margin, with its lines: they are laid out by one program
    r"^(?:async )?def (\w+)\((?:[^\n]*|\n(?: {4}[^\n]*\n)+\)[^\n]*):\n((?: {4}[^\n]*\n|\n)+)",
    re.M,
)
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


def bodies(text: str) -> dict[str, str]:
    """Return the helpers and fixtures of a file: their names by their lines, without docstrings."""
    functions = FUNCTION.findall(text + "\n")
    lines = (re.sub(r'^    """.*?"""\n', "", body, flags=re.S).strip() for _, body in functions)
    return {
        body: name
        for (name, _), body in zip(functions, lines, strict=True)
        if not name.startswith("test_") and body.count("\n") + 1 >= FEWEST_LINES
    }


def test_a_body_is_read_without_its_docstring_whatever_its_parameters():
    lines = "    a = 1\n    b = 2\n    return a + b\n"
    files = [
        f"def one():\n{lines}",
        f'@pytest.fixture\ndef two(\n    x: int,\n) -> int:\n    """Say it."""\n{lines}\n\nC = 1\n',
    ]
    assert [list(bodies(text)) for text in files] == [[lines.strip()]] * 2
    assert bodies(f"def test_one():\n{lines}") == bodies("def one():\n    return 1\n") == {}


def test_no_two_files_have_equal_helpers():
    homes = defaultdict(list)
    for path in FILES:
        for body, name in bodies(path.read_text(encoding="utf-8")).items():
            homes[body].append(f"{path.relative_to(TESTS)}: {name}")
    equal = [", ".join(places) for places in homes.values() if len(places) > 1]
    assert not equal, "\n".join(["move each of these to tests/helpers:", *equal])
