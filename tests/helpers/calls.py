"""Which names a function refers to, itself or through helpers of its file, as the syntax says."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def functions_of(path: Path) -> dict[str, ast.AST]:
    """Return the functions and methods of a file, by name: ``label`` or ``View.label``."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    functions: dict[str, ast.AST] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            functions |= {
                f"{node.name}.{method.name}": method
                for method in node.body
                if isinstance(method, ast.FunctionDef)
            }
    return functions


@cache
def aliases(path: Path) -> dict[str, str]:
    """Return what a file imports under another name: that name, and the one where it comes from."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.asname: name.name for node in imports for name in node.names if name.asname}


def references(function: ast.AST) -> set[str]:
    """Return the names and attributes in the body of a function."""
    names: set[str] = set()
    for node in (node for part in getattr(function, "body", []) for node in ast.walk(part)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
    return names


@cache
def reach(path: Path, function: str) -> frozenset[str]:
    """Return what a function refers to, itself or through functions of the same file.

    What the ``__init__`` of its class keeps, it may call too.
    """
    functions = functions_of(path)
    owner = function.rpartition(".")[0]
    by_last = {name.rpartition(".")[2]: name for name in functions}
    by_last |= {name.rpartition(".")[2]: name for name in functions if name.startswith(f"{owner}.")}
    names: set[str] = set()
    waiting = [name for name in (function, f"{owner}.__init__") if name in functions]
    while waiting:
        new = references(functions[waiting.pop()]) - names
        names |= new
        waiting += [by_last[name] for name in new if name in by_last]
    return frozenset(names | {aliases(path).get(name, name) for name in names})


def may_call(path: Path, caller: str, callee: str) -> bool:
    """Return whether the syntax lets a function call another, which may be in another file.

    A class is called for its ``__init__``, and what holds an instance of it for its ``forward``.
    """
    owner, _, last = callee.rpartition(".")
    if last == "forward":
        return owner in path.read_text(encoding="utf-8")
    return (owner if last == "__init__" else last) in reach(path, caller)
