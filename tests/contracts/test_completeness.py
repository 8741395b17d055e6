"""Each method that the protocols of a store name is called by a test of this folder."""

from __future__ import annotations

import ast
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
