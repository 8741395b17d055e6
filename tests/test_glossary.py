"""The glossary and the pages that list kinds of change have every kind, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from json_page import cells

import protolabel
from protolabel.label_space.changes import REQUESTS

DOCS = Path(__file__).parents[1] / "docs"
SOURCE = Path(protolabel.__file__).parent
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")


def kinds_without_request() -> set[str]:
    """Return the kinds that the source writes into the log itself."""
    source = "".join(p.read_text(encoding="utf-8") for p in SOURCE.rglob("*.py"))
    opened = re.findall(r'\b(?:writing\(|open_change\(\w+, )"(\w+)"', source)
    return {*opened, *re.findall(r"INSERT INTO changes VALUES \([^)']*'(\w+)'", source)}


KINDS = {*REQUESTS, *kinds_without_request()}


def test_the_glossary_explains_each_kind_of_change_by_its_class():
    assert kinds_without_request() == {"create", "repair"}
    section = GLOSSARY.split("## Kinds of change\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| .+ \| `([\w.]+)` \|$", section, re.M)
    assert sorted(kind for kind, _ in rows) == sorted(KINDS)
    assert {k: v for k, v in rows if k in REQUESTS} == {k: r.__name__ for k, r in REQUESTS.items()}


def test_the_page_on_json_lists_each_kind_of_change():
    kinds = cells("Changes")["kind"].split(";")[0]
    assert sorted(re.findall(r"`(\w+)`", kinds)) == sorted(KINDS)


def test_the_page_on_the_file_lists_each_kind_of_change():
    page = (DOCS / "label-space-format.md").read_text(encoding="utf-8")
    section = page.split("\n**changes**")[1].split("\n**encodings**")[0]
    (kinds,) = re.findall(r"^\| `kind` \| ([^;|]+)", section, re.M)
    assert sorted(re.findall(r"\w+", kinds.replace(" or ", ", "))) == sorted(KINDS)
