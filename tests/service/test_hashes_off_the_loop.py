"""What reads a whole document byte for byte runs in a thread: requests are answered meanwhile."""

from __future__ import annotations

import ast
from pathlib import Path

import protolabel.service

SOURCE = Path(protolabel.service.__file__).parent
OF_ALL_BYTES = {
    "again", "content_of", "digest_of", "document_digest", "document_key", "text_digest",
}  # fmt: skip


def calls_on_the_loop(tree: ast.Module) -> set[str]:
    """Return the functions that coroutines call themselves, not in a thread."""
    names: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        names |= {ast.unparse(call.func).rpartition(".")[2] for call in calls}
    return names


def test_no_coroutine_hashes_a_document():
    for path in sorted(SOURCE.rglob("*.py")):
        calls = calls_on_the_loop(ast.parse(path.read_text(encoding="utf-8")))
        assert not calls & OF_ALL_BYTES, path.name
