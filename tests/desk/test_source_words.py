"""The source of the page is written in English: its names and its comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from banned_names import OF_THE_SOURCE, OF_VARIABLES

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
DECLARED = re.compile(r"\b(?:const|let|function)\s+(?:(\w+)|([\[{][^=;]*?[\]}])\s*(?::[^=]+)?=)")
PARAMETERS = re.compile(r"\(([^()]*)\)\s*(?::\s*[^=({]+)?(?:=>|\{)|\b(\w+)\s*=>")
GERMAN = """
aus beispiel beispiele der deutsch das dokument dokumente ein eine eins für ist klasse klassen
namen nicht oder satz sonst und viele wert wo zahl zahlen ziel änderung
"""
WORDS = set(GERMAN.split())


def words_of(source: str) -> set[str]:
    """Return the words of names and comments, in lower case; texts in quotation marks are data."""
    parts = [token["comment"] or token["name"] or "" for token in TOKENS.finditer(source)]
    return {word.lower() for part in parts for word in re.findall(r"[A-ZÄÖÜ]?[a-zäöüß]+", part)}


def new_names(source: str) -> set[str]:
    """Return the names of variables, parameters and functions, in lower case."""
    code = TOKENS.sub(lambda token: token["name"] or "", source)
    names = set()
    for name, pattern in DECLARED.findall(code):
        parts = [part.split(":")[-1] for part in re.split(r"[,\[\]{}]", pattern)]
        names |= {name, *(part.split("=")[0].strip(" .\n") for part in parts)}
    for several, name in PARAMETERS.findall(code):
        names |= {name, *re.findall(r"(?:^|,)[\s.{\[]*(\w+)", several)}
    return {name.lower() for name in names if name}


def test_names_of_variables_parameters_and_functions_are_read():
    source = "const [a, b] = f(x.seen); function g(c: C, d = 1): D { let e = 'seen'; }"
    source += " const h = (i: I): J => k; l.map((m) => m.made).then(n => n); // told"
    assert new_names(source) == {"a", "b", "g", "c", "d", "e", "h", "i", "m", "n"}


# `types.ts` has the public fields of the service, and is written by a program.
@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name != "types.ts"], ids=lambda path: path.name
)
def test_variables_parameters_and_functions_are_called_by_nouns(path):
    """Before, 54 names were ``told``, ``made``, ``now`` and the like."""
    banned = OF_THE_SOURCE | OF_VARIABLES
    assert not new_names(path.read_text(encoding="utf-8")) & banned


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
