"""The label space forgotten on the command line: what stands in its place, and what to type.

It looks at names and at the first bytes of files alone. It opens no label space.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from protolabel.cli.context import TYPED
from protolabel.errors import InputError, SpaceDamagedError, SpaceNotFoundError
from protolabel.readers.kinds import kind_of
from protolabel.readers.paths import STDIN
from protolabel.store.found_files import is_text, near_spaces

OF_PATHS = frozenset({"inputs", "source", "name", "folder"})  # arguments that are files or folders
_MAY_BE_PATHS = OF_PATHS | {"what"}
_NEED_NO_SPACE = frozenset({"init", "restore"})  # their SPACE may be a new name
SUFFIX = ".space"
STDIN_AS_SPACE = "-, the standard input, in the place of the label space"


def refuse_without_space(context: click.Context, value: str) -> None:
    """Refuse a command whose label space was left out, so that its next argument was taken for one.

    That is assumed if the words make a whole command with a label space before them, and ``value``,
    the first of them, is a folder, a document or the standard input, or names nothing. A word that
    looks like a path is taken for a mistyped label space, unless the command takes paths next.

    Raises:
        InputError: ``value`` is the standard input.
        SpaceDamagedError: it is a folder or a document.
        SpaceNotFoundError: nothing is there.
    """
    words = context.meta.get(TYPED)
    if words is None or context.info_name in _NEED_NO_SPACE or value.endswith(SUFFIX):
        return
    next_ = _next_argument(context.command)
    if next_ is None or not _is_whole(context, ["SPACE", *words]):
        return
    remedy = f"protolabel {context.info_name} SPACE {shlex.join(words)}"
    before_it = "the path of a label space before it"
    if next_.name in _MAY_BE_PATHS:
        what = _what_is_no_space(value)
        if what:
            error = InputError if value == STDIN else SpaceDamagedError
            raise error(what, expected=before_it, remedy=remedy)
    if not _is_nothing(value):
        return
    if not _is_whole(context, words):
        is_forgotten = next_.name in _MAY_BE_PATHS or not _looks_like_a_path(value)
        other_expected = other_remedy = ""
    else:  # the name of a class, or a label space that is not there
        is_forgotten = next_.name not in OF_PATHS and not _looks_like_a_path(value)
        other_expected, other_remedy = ", or an existing one", f"; or check the path {value}"
    if is_forgotten:
        raise SpaceNotFoundError(
            f"no label space at {value}",
            expected=before_it + other_expected,
            remedy=remedy + other_remedy,
        )


def _next_argument(command: click.Command) -> click.Argument | None:
    """Return the argument after SPACE, if there is one."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    return arguments[1] if len(arguments) > 1 else None


def _is_whole(context: click.Context, words: tuple[str, ...] | list[str]) -> bool:
    """Return whether a command line has each argument that the command needs, and no other."""
    command = context.command
    try:
        values, left_over, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError:
        return False
    needed = [p for p in command.params if isinstance(p, click.Argument) and p.required]
    arguments = [values.get(str(one.name)) for one in needed]
    return not left_over and all(isinstance(one, str | tuple) and one for one in arguments)


def _what_is_no_space(value: str) -> str:
    """Return what stands at a path and is no label space; empty where it is one, or nothing."""
    if value == STDIN:
        return STDIN_AS_SPACE
    if os.path.isdir(value):
        return f"{value} is a folder, not a label space"
    is_other = is_text(value) or (os.path.isfile(value) and kind_of(value) != "text")
    return f"{value} is a file of another kind, not a label space" if is_other else ""


def _is_nothing(value: str) -> bool:
    """Return whether nothing is at a path, and no label space of a name that is near."""
    return not os.path.lexists(value) and not near_spaces(Path(value))


def _looks_like_a_path(value: str) -> bool:
    """Return whether a word has a folder or the suffix of a file, as names of classes rarely do."""
    path = Path(value)
    return path.name != value or path.suffix[1:].isidentifier()
