"""Every remedy in the source, read from its syntax: a template with ``{}`` for each value.

Advice that a function or a variable holds is followed to the words that it is made of. What is only
passed on from another error is left out, since it stands where that error is made.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import protolabel

SOURCE = Path(protolabel.__file__).parent
VALUE = "{}"
KEYWORDS = ("remedy", "command")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache
def remedies(keywords: tuple[str, ...] = KEYWORDS) -> dict[str, tuple[str, ...]]:
    """Return the files of each remedy, by its template; or of what other keywords say."""
    files: dict[str, set[str]] = {}
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}
    texts = _texts(modules.values())
    for path, tree in modules.items():
        for scope, remedy in _remedies_in(tree, keywords):
            for template in _Reader(texts, scope).templates(remedy):
                if template.replace(VALUE, "").strip(" `:;,."):
                    files.setdefault(template, set()).add(str(path.relative_to(SOURCE)))
    return {template: tuple(sorted(where)) for template, where in sorted(files.items())}


def matches(template: str, text: str) -> bool:
    """Return whether a text is that template with values in it; SPACE is one, too."""
    pattern = ".*".join(map(re.escape, re.split(r"\{\}|\bSPACE\b", template)))
    return re.search(pattern, text, re.DOTALL) is not None


def _remedies_in(tree: ast.Module, keywords: Sequence[str]) -> Iterator[tuple[_Function, ast.expr]]:
    """Return what the functions of a module give as these keywords, each with its function."""
    nodes: list[tuple[ast.AST, _Function | None]] = [(tree, None)]
    for node, scope in nodes:
        if scope is not None and isinstance(node, ast.Call):
            yield from ((scope, k.value) for k in node.keywords if k.arg in keywords)
        inside = node if isinstance(node, _FUNCTIONS) else scope
        nodes.extend((child, inside) for child in ast.iter_child_nodes(node))


@dataclass(frozen=True)
class _Texts:
    """What names stand for: functions that return a text, and constants of modules."""

    functions: dict[str, ast.FunctionDef]
    constants: dict[str, ast.expr]


def _texts(trees: Iterable[ast.Module]) -> _Texts:
    functions: dict[str, ast.FunctionDef] = {}
    constants: dict[str, ast.expr] = {}
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef(returns=ast.Name(id="str")):
                    functions[node.name] = node
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constants[node.targets[0].id] = node.value
    return _Texts(functions, constants)


@dataclass(frozen=True)
class _Reader:
    texts: _Texts
    scope: _Function
    depth: int = 0

    def templates(self, node: ast.expr) -> list[str]:
        """Return what an expression may say."""
        if self.depth > 6:
            return [VALUE]
        match node:
            case ast.Constant(value=text):
                return [text if isinstance(text, str) else VALUE]
            case ast.JoinedStr():
                parts = [self.templates(part) for part in node.values]
                return ["".join(choice) for choice in product(*parts)]
            case ast.FormattedValue(value=ast.Call(func=ast.Attribute(attr="join")) as command):
                return self.templates(command)
            case ast.BinOp(op=ast.Add()):
                pairs = product(self.templates(node.left), self.templates(node.right))
                return [left + right for left, right in pairs]
            case ast.IfExp():
                return self.templates(node.body) + self.templates(node.orelse)
            case ast.BoolOp():
                return [text for part in node.values for text in self.templates(part)]
            case ast.Name(id=name):
                return self._named(name)
            case ast.Call(func=ast.Attribute(attr="join"), args=[ast.List(elts=words)]):
                parts = [self.templates(word) for word in words]
                quoted = [[t if VALUE in t else shlex.quote(t) for t in part] for part in parts]
                return [" ".join(choice) for choice in product(*quoted)]
            case ast.Call(func=ast.Name(id=name)) if name in self.texts.functions:
                return self._returned(self.texts.functions[name])
        return [VALUE]

    def _returned(self, function: ast.FunctionDef) -> list[str]:
        inside = _Reader(self.texts, function, self.depth + 1)
        return [
            text
            for statement in ast.walk(function)
            if isinstance(statement, ast.Return) and statement.value is not None
            for text in inside.templates(statement.value)
        ]

    def _named(self, name: str) -> list[str]:
        inside = _Reader(self.texts, self.scope, self.depth + 1)
        texts = [
            text
            for statement in ast.walk(self.scope)
            if isinstance(statement, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == name for t in statement.targets)
            for text in inside.templates(statement.value)
        ]
        if texts:
            return texts
        constant = self.texts.constants.get(name)
        return inside.templates(constant) if constant is not None else [VALUE]
