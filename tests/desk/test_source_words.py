"""The source of the page is written in English: its names and its comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "desk/src"
FILES = sorted(path for path in SOURCE.rglob("*") if path.suffix in (".ts", ".tsx"))
INNER = r"\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\}"  # what stands in a text, which may hold texts
TOKENS = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    rf"|`(?:{INNER}|[^`\\]|\\.)*`"
    r"|(?P<name>[A-Za-z_]\w*)",
    re.DOTALL,
)
GERMAN = """
aus beispiel beispiele der deutsch das dokument dokumente ein eine eins für ist klasse klassen
namen nicht oder satz sonst und viele wert wo zahl zahlen ziel änderung
"""
WORDS = set(GERMAN.split())


def words_of(source: str) -> set[str]:
    """Return the words of names and comments, in lower case; texts in quotation marks are data."""
    parts = [token["comment"] or token["name"] or "" for token in TOKENS.finditer(source)]
    return {word.lower() for part in parts for word in re.findall(r"[A-ZÄÖÜ]?[a-zäöüß]+", part)}


def test_words_of_names_and_comments_are_found_and_texts_are_none():
    source = "// Eine Zahl\nconst inDeutsch = `${n ? `viele ${n}` : `keine`} Klassen`; /* und */"
    assert words_of(source) == {"eine", "zahl", "const", "in", "deutsch", "und"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_name_and_no_comment_is_german(path):
    assert words_of(path.read_text(encoding="utf-8")) & WORDS == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_lowered_by_the_language_of_a_browser(path):
    """In Turkish, ``"INVOICE"`` is lowered to ``"ınvoıce"``, and is no twin of *Invoice* then."""
    assert not re.search(r"toLocale(?:Lower|Upper)Case", path.read_text(encoding="utf-8"))
