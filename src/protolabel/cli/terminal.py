"""The way to the terminal: what data may print there, and streams that are closed or not UTF-8.

Everything that commands print for people goes through :func:`say`, :func:`note` or a table, and
everything for programs through :func:`line`.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from protolabel.batch.read_ahead import still_reads
from protolabel.cli.context import PATH, QUIET
from protolabel.cli.wrapping import columns_of, fitted
from protolabel.system.begun_ahead import under_way
from protolabel.words.sentences_in_records import reworded

# C0 but tab and newline, DEL, C1, marks and overrides of direction, separators, lone surrogates.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
# A command with the word SPACE in the place of its label space: no name of a class or file.
_COMMAND = re.compile(r"\b(protolabel [a-z]+(?: (?!SPACE\b)[\w-]+)?) SPACE(?![\w/\\-]|\.\w)")
_BREAK = re.compile("[\t\n]+")


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return text from data without anything that a terminal obeys: ``ESC`` becomes ``\x1b``.

    ``lines``: keep line breaks and tabs, which else become a space.
    """
    text = _CONTROL.sub(lambda match: _escape_of(match[0]), text)
    return text if lines else _BREAK.sub(" ", text)


def _escape_of(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # stands for a byte of a file name that is not UTF-8
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def plain() -> bool:
    """Return whether no style of any kind is wanted, as the variable NO_COLOR says."""
    return bool(os.environ.get("NO_COLOR"))


def bold(text: str) -> str:
    """Return text from data in bold."""
    text = printable(text)
    return text if plain() else click.style(text, bold=True)


def dim(text: str) -> str:
    """Return text from data, line breaks kept, in a fainter colour."""
    text = printable(text, lines=True)
    return text if plain() else click.style(text, dim=True)


def say(text: str) -> None:
    """Print a result for people, as lines of stdout."""
    styled(printable(text, lines=True))


def styled(text: str) -> None:
    """Print a result whose data went through :func:`printable`, :func:`bold` or :func:`dim`."""
    if sys.stdout is None:
        raise OutputClosedError
    text = fitted(text, columns_of(sys.stdout))
    if _above_bars and sys.stdout.isatty():
        _above_bars[-1](text)
    else:
        click.echo(text)


def note(text: str, *, always: bool = False) -> None:
    """Print a remark on stderr, about the label space of the command line (:func:`about_space`).

    ``always``: also where ``--quiet`` was given.
    """
    context = click.get_current_context(silent=True)
    if always or not (context and context.meta.get(QUIET)):
        complain(about_space(text))


def about_space(text: str) -> str:
    """Return a text whose commands name the label space of the command line, so that they run."""
    context = click.get_current_context(silent=True)
    path = context.meta.get(PATH) if context else None
    if path is None:
        return text
    return _COMMAND.sub(lambda command: f"{command[1]} {shlex.quote(path)}", text)


def complain(text: str) -> None:
    """Print an error, or what must not be missed, on stderr; a closed one takes nothing.

    Where bars of progress are drawn, it stands above them.
    """
    text = fitted(printable(text, lines=True), columns_of(sys.stderr))
    if _above_bars:
        _above_bars[-1](text)
    elif sys.stderr is not None:
        click.echo(text, err=True)


_above_bars: list[Callable[[str], None]] = []  # print a line above the bars that are drawn now


@contextmanager
def lines_above(write: Callable[[str], None]) -> Iterator[None]:
    """Let ``write`` print what goes to the terminal while bars are drawn there."""
    _above_bars.append(write)
    try:
        yield
    finally:
        _above_bars.remove(write)


def line(record: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own: UTF-8, whatever the terminal's encoding is.

    Its sentences are about the label space of the command line (:func:`about_space`).
    """
    if sys.stdout is None:
        raise OutputClosedError
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    if " SPACE" in text:
        text = json.dumps(reworded(record, about_space), ensure_ascii=False, allow_nan=False)
    # A lone surrogate, of a file name that is not UTF-8, becomes the escape that JSON has for it.
    click.echo(text.encode("utf-8", "backslashreplace"))


class OutputClosedError(OSError):
    """The standard output was closed before the program began."""

    def __init__(self) -> None:
        super().__init__("the standard output is closed")


def prepare_streams() -> None:
    """Make the standard streams safe to write to.

    A closed descriptor is occupied, so that no file of ours takes its number and then receives
    what a library prints. What a terminal's encoding lacks is printed as an escape.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def abandon_output() -> None:
    """Let go of what could not be written, so that the end of the process tries no more."""
    if sys.stdout is not None:
        devnull = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(devnull, sys.stdout.fileno())
        except (OSError, ValueError):
            return
        finally:
            os.close(devnull)


def leave(code: int) -> None:
    """End the process; at once where a thread still reads its input, or loads what none wants.

    Python would look through all memory once more for what nobody needs, which takes up to half a
    second of a processor. The memory goes with the process in any case.
    """
    gc.freeze()
    if not still_reads() and not under_way():
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                code = code or 1
    os._exit(code)
