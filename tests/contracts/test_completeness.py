"""Each method that the protocols of a store name is called by a test of this folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from store_contract import public

from protolabel.store import Rows, Store, Writing
from protolabel.store.answer_records import AnswerTable
from protolabel.store.proposal_records import ProposalTable

FOLDER = Path(__file__).parent
CALLERS = {  # protocol -> the names under which tests have one
    Rows: {"rows"},
    Writing: {"writing"},
    Store: {"store", "fresh", "here", "there", "again", "copy"},
    AnswerTable: {"answers"},
    ProposalTable: {"proposals"},
}

ROOT = FOLDER.parents[1]
STATEMENTS = ("execute", "executemany", "executescript")
OF_FILES = {  # makes, opens, copies and repairs files: what no other store repeats
    "connection", "database_transaction", "lost_logs", "moved_files", "new_files", "opening",
    "private_copy", "restoring", "schema", "stray_logs",
}  # fmt: skip


def uses(text: str, callers: set[str]) -> set[str]:
    """Return the attributes that a text takes of ``rows``, ``x.rows`` and their like."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if last in callers:
                names.add(node.attr)
    return names


@pytest.mark.parametrize("protocol", CALLERS, ids=lambda p: p.__name__)
def test_every_method_of_a_protocol_has_a_contract_test(protocol):
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py")]
    named = public(protocol) | set(protocol.__annotations__)
    lacking = named - set().union(*(uses(text, CALLERS[protocol]) for text in texts))
    assert not lacking, f"{protocol.__name__}: no contract test calls {sorted(lacking)}"


def test_the_pages_about_stores_name_every_protocol_and_how_many_statements_there_are():
    decision = (ROOT / "docs/decisions/0015-sql-by-hand.md").read_text("utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for protocol in CALLERS:
        assert f"`{protocol.__name__}`" in decision
        assert f"`{protocol.__name__}`" in contributing
    sources = [
        path for path in (ROOT / "src/protolabel/store").glob("*.py") if path.stem not in OF_FILES
    ]
    n = sum(
        isinstance(node, ast.Attribute) and node.attr in STATEMENTS
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )
    for number in re.findall(r"about (\d+)[ ,]", decision):
        assert 0.9 <= n / int(number) <= 1.1, n
    assert len(re.findall(r"about (\d+)[ ,]", decision)) == 2


def test_every_protocol_of_a_store_is_one_of_these():
    names = {
        node.name
        for path in (ROOT / "src/protolabel/store").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    }
    assert names == {protocol.__name__ for protocol in CALLERS}
