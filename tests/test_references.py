"""What pages, docstrings and comments refer to: links, anchors, paths and modules that exist."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import protolabel

ROOT = Path(__file__).parents[1]
SOURCE = Path(protolabel.__file__).parent
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*.md")})
PYTHON = sorted(
    path
    for folder in ("src", "benchmarks", "examples", "docs", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
FOLDERS = [path.name for path in SOURCE.iterdir() if path.is_dir() and path.name[0] != "_"]
TOP = "|".join(["src", "docs", "tests", "benchmarks", "examples", *FOLDERS])
PATH = re.compile(rf"(?<![\w/.:{{}}-])((?:{TOP})/[\w./-]*\w)(?![\w/*<{{-])")
OWN_REPOSITORY = re.compile(r"https://github\.com/protolabel/protolabel/(?:blob|tree)/main/")


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^(```+).*?^\1", "", page.read_text("utf-8"), flags=re.M | re.S)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    slugs: Counter[str] = Counter()
    targets: set[str] = set(re.findall(r'<a (?:name|id)="([^"]+)"', prose(page)))
    for title in re.findall(r"^#{1,6} (.+?)\s*$", prose(page), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")
        targets.add(f"{slug}-{slugs[slug]}" if slugs[slug] else slug)
        slugs[slug] += 1
    return frozenset(targets)


def test_links_lead_to_files_and_headings_that_exist():
    for page in PAGES:
        text = re.sub(r"`[^`\n]+`", "", prose(page))
        links = re.findall(r"\]\(\s*<?([^)\s>]+)", text) + re.findall(
            r"^\[[^\]]+\]: (\S+)", text, re.M
        )
        for link in links:
            target = OWN_REPOSITORY.sub(f"{ROOT.as_posix()}/", link)
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            assert path.exists(), f"{names(page)} links to {link}"
            if anchor:
                assert anchor in anchors(path), f"{names(page)} links to {link}"


def test_every_table_has_a_head():
    """A blank line between two rows ends a table, and makes a heap of words of the rest."""
    for page in PAGES:
        for table in re.findall(r"(?:^ *\|.*\|\n)+", prose(page), re.M):
            rule = [*table.splitlines(), ""][1]
            assert re.fullmatch(r" *\|[-:| ]+\|", rule), f"{names(page)}: {table[:80]}"


def test_a_name_that_a_page_places_in_a_module_is_there():
    """Of sentences such as "`Store` and `Writing` of `store/write_protocol.py`"."""
    for page in PAGES:
        names_of = r"((?:`\w+`(?:,|,? and|,? or)?\s+)+)(?:of|in)\s+"
        listed = rf"{names_of}`((?:{'|'.join(FOLDERS)})/[\w/]+\.py)`"
        for words, path in re.findall(listed, prose(page)):
            text = (SOURCE / path).read_text("utf-8")
            lacking = [n for n in re.findall(r"`(\w+)`", words) if not re.search(rf"\b{n}\b", text)]
            assert not lacking, f"{names(page)}: {', '.join(lacking)} of {path}"


def words_of(path: Path) -> Iterator[str]:
    """The docstrings and comments of a Python file."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def missing(path: Path, texts: Iterator[str]) -> list[str]:
    """The paths of this repository that some texts name, and that are not there.

    A page may be named without its ending, and a decision by its number alone.
    """
    bases = (ROOT, SOURCE, path.parent, ROOT / "docs")
    return [
        name
        for text in texts
        for name in PATH.findall(text)
        if not any((base / name).exists() or [*base.glob(f"{name}[-.]*")] for base in bases)
    ]


def test_paths_that_a_page_names_exist():
    for page in PAGES:
        assert missing(page, iter(re.findall(r"`([^`\n]+)`", prose(page)))) == []


def test_paths_that_docstrings_and_comments_name_exist():
    lacking = {
        names(path): missing(path, words_of(path))
        for path in PYTHON
        if missing(path, iter([path.read_text("utf-8")]))  # elsewhere there is nothing to look for
    }
    assert {path: lost for path, lost in lacking.items() if lost} == {}


def test_every_module_that_a_docstring_names_exists():
    n_names = 0
    for path in SOURCE.rglob("*.py"):
        package = (path.parent.relative_to(SOURCE.parent)).parts
        for name in re.findall(r":mod:`([\w.]+)`", path.read_text(encoding="utf-8")):
            parts = tuple(part for part in name.split(".") if part)
            whole = parts if parts[0] == "protolabel" else (*package, *parts)
            module = SOURCE.parent.joinpath(*whole)
            assert module.is_dir() or module.with_suffix(".py").exists(), f"{path}: {name}"
            n_names += 1
    assert n_names
