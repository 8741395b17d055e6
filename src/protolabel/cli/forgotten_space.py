"""The label space forgotten on the command line: what stands in its place, and what to type.

It looks at names and at the first bytes of files alone. It opens no label space.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from protolabel.cli.context import TYPED
from protolabel.errors import InputError, ProtolabelError, SpaceDamagedError, SpaceNotFoundError
from protolabel.readers.kinds import kind_of
from protolabel.readers.paths import STDIN
from protolabel.store import open_store
from protolabel.store.found_files import is_text, near_spaces

OF_PATHS = frozenset({"inputs", "source", "name", "folder"})  # arguments that are files or folders
_MAY_BE_PATHS = OF_PATHS | {"what"}
_NEED_NO_SPACE = frozenset({"init", "restore"})  # their SPACE may be a new name
_TO_GO_BACK = frozenset({"undo", "redo"})  # a number with them is meant as a version
SUFFIX = ".space"
STDIN_AS_SPACE = "-, the standard input, in the place of the label space"


def refuse_without_space(context: click.Context, value: str) -> None:
    """Refuse a command whose label space was left out, so that its next argument was taken for one.

    That is assumed if the words make a whole command with a label space before them, and ``value``,
    the first of them, is a folder, a document or the standard input, or names nothing. A word that
    looks like a path may be a mistyped label space, unless the command takes paths next.

    Raises:
        InputError: ``value`` is the standard input.
        SpaceDamagedError: it is a folder or a document.
        SpaceNotFoundError: nothing is there.
    """
    words = context.meta.get(TYPED)
    if words is None or context.info_name in _NEED_NO_SPACE or value.endswith(SUFFIX):
        return
    next_ = _next_argument(context.command)
    if next_ is None and value.isdecimal() and _is_nothing(value):
        raise _number(value, context.info_name or "")
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
    if next_.name in OF_PATHS and words == (value,) and _has_suffix(value):
        raise SpaceNotFoundError(
            f"no label space at {value}",
            expected="the path of an existing one, then those of documents",
            remedy=f"check the path {value}; if it is a document's: {remedy}",
        )
    looks_like_a_path = _looks_like_a_path(value)
    if not _is_whole(context, words):
        is_forgotten, may_be_mistyped = True, looks_like_a_path and next_.name not in OF_PATHS
    else:  # the name of a class, or a label space that is not there
        is_forgotten = next_.name not in OF_PATHS and not looks_like_a_path
        may_be_mistyped = True
    if is_forgotten:
        other_expected = ", or an existing one" if may_be_mistyped else ""
        other_remedy = f"; or check the path {value}" if may_be_mistyped else ""
        raise SpaceNotFoundError(
            f"no label space at {value}",
            expected=before_it + other_expected,
            remedy=remedy + other_remedy,
        )


def with_space_looked_for(error: ProtolabelError, path: str, command: str) -> ProtolabelError:
    """Return the error, or that of a label space that is not there, where its advice names one."""
    advice = f"{error.remedy} {error.command}"
    if command in _NEED_NO_SPACE or os.path.exists(path) or shlex.quote(path) not in advice:
        return error
    try:
        open_store(path).close()
    except ProtolabelError as absent:
        return absent
    return error


def _number(value: str, command: str) -> SpaceNotFoundError:
    """Return the error of a number in the place of the only argument, the label space."""
    back = f"; to go back to a version: protolabel return SPACE {value}"
    return SpaceNotFoundError(
        f"no label space at {value}",
        expected=f"the path of a label space alone: {command} takes no number",
        remedy=f"protolabel {command} SPACE" + (back if command in _TO_GO_BACK else ""),
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
    if command.name == "describe" and not isinstance(values.get("words"), tuple):
        return Path(str(values.get("what"))).suffix == ".json"  # a file of descriptions
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
    return path.name != value or _has_suffix(value)


def _has_suffix(value: str) -> bool:
    return Path(value).suffix[1:].isidentifier()
