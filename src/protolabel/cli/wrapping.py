"""Lines for people, broken at words to the width of a terminal. A command stays in one piece.

Whoever copies a command from the screen gets it as it is: the terminal folds it, and no line ends
in it.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TextIO

import click

LEAST = 20  # columns; a narrower terminal folds
_PIECES = re.compile(
    r"[^\s`]*`[^`]*`\S*"  # a command in marks, with what stands at it
    r"|(?<=[:;] )(?:protolabel|pip|rm) [^;\n]*"  # one that a sentence leads to, up to its end
    r"|\S+"  # a word
)


def columns_of(stream: TextIO | None) -> int | None:
    """Return the columns of the terminal that a stream goes to; None where it goes elsewhere."""
    if stream is None or not stream.isatty():
        return None
    setting = os.environ.get("COLUMNS", "")
    if setting.isdecimal() and int(setting):
        return max(LEAST, int(setting))
    try:
        return max(LEAST, os.get_terminal_size(stream.fileno()).columns or 80)
    except (OSError, ValueError):
        return 80


def fitted(text: str, columns: int | None) -> str:
    """Return text with lines of at most so many columns, but for what has no space to break at.

    Args:
        text: its lines keep their indent, and their spaces where they are not broken.
        columns: of the terminal; None leaves the text as it is.
    """
    if columns is None:
        return text
    return "\n".join(_broken(line, columns) for line in text.split("\n"))


def _broken(line: str, columns: int) -> str:
    """Return a line as lines; those after the first stand two columns further in."""
    if _width(line) <= columns:
        return line
    indent = line[: len(line) - len(line.lstrip(" "))]
    lines, current, end = [], indent, len(indent)
    hanging = indent + "  "
    for match in _PIECES.finditer(line, len(indent)):
        gap, piece = line[end : match.start()], match[0]
        end = match.end()
        if current.strip() and _width(current + gap + piece) > columns:
            lines.append(current)
            current = hanging + piece
        else:
            current += gap + piece
    return "\n".join([*lines, current + line[end:].rstrip()])


def _width(text: str) -> int:
    """Return the columns that a text takes, styles left out."""
    return width_of(click.unstyle(text))


def width_of(plain: str) -> int:
    """Return the columns that a text without styles takes."""
    if plain.isascii():
        return len(plain)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in plain)
    return len(plain) + wide - sum(map(bool, map(unicodedata.combining, plain)))
