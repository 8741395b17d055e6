"""The detail of a change: what its numbers count, and that the documentation has every key."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from fakes import WordEncoder

import protolabel
from protolabel import Example, LabelSpace

CHANGES = Path(protolabel.__file__).parent / "label_space" / "changes"


@pytest.fixture
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
        space.add([Example("bill", "letter home", negative=True)])
        yield space


@pytest.mark.parametrize("skip_known", [False, True])
@pytest.mark.parametrize("imported", [False, True])
def test_known_counts_all_documents_that_are_here_and_repeated_what_was_added_again(
    space, skip_known, imported
):
    examples = [
        Example("bill", "PAY bill"),
        Example("cv", "study work"),
        Example("bill", "letter home", negative=True),
        Example("cv", "pay now", negative=True),
    ]
    if imported:
        records = [
            {"text": e.text, "id": "", ("not_label" if e.negative else "label"): e.label}
            for e in examples
        ]
        change = space.import_records(records, skip_known=skip_known)
    else:
        change = space.add(examples, skip_known=skip_known)
    assert (change.number("known"), change.number("repeated")) == (2, 0 if skip_known else 1)
    assert space.show("bill")[0].examples == (1 if skip_known else 2)


def test_documents_that_are_not_added_are_counted_beside_a_new_negative_example(space):
    change = space.add(
        [Example("bill", "pay bill"), Example("cv", "pay now", negative=True)], skip_known=True
    )
    assert (change.number("known"), change.number("repeated")) == (1, 0)


def test_every_key_of_a_detail_stands_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    table = page.split("### Detail of a change")[1].split("\n\n")[2]
    keys = {key for path in CHANGES.glob("*.py") for key in keys_written(path)}
    assert {"known", "classes", "late", "withdrawn"} <= keys
    missing = sorted(key for key in keys if f"`{key}`" not in table)
    assert not missing


def keys_written(path: Path) -> set[str]:
    """The keys that a module writes into `detail`: by subscript, by `|=`, or as a whole."""
    keys = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("detail"):
            keys |= constants(node.slice)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(ast.unparse(target).endswith("detail") for target in targets) and node.value:
                dicts = [n for n in ast.walk(node.value) if isinstance(n, ast.Dict)]
                keys |= {key for one in dicts[:1] for k in one.keys if k for key in constants(k)}
    return keys


def constants(node: ast.AST) -> set[str]:
    """The strings in a key; a key that is put together is named by its ends elsewhere."""
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
