"""What the commands share: their arguments and options, and opening a label space."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from protolabel.cli.context import PATH, PROGRESS_CHOICE, QUIET
from protolabel.cli.forgotten_space import STDIN_AS_SPACE, refuse_without_space
from protolabel.cli.terminal import note
from protolabel.errors import InputError, ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.names import clean_name, loses_invisible
from protolabel.readers.paths import STDIN
from protolabel.store import MEMORY

F = TypeVar("F", bound=Callable[..., Any])


class WholeNumber(click.IntRange):
    """A whole number in a range, by that name in help and errors."""

    name = "number"


_NAME_A_FILE = "name a file, such as mail.space"
NUMBER, VERSION = WholeNumber(0), WholeNumber(1)


def _path_of_space(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return the path, which the context keeps; refuse what can be no label space of a command.

    That is one in memory, the standard input, and the next argument where the path was left out.
    """
    if value == MEMORY:
        raise InputError(
            f"{MEMORY}, a label space that would be gone when the command ends",
            expected="the path of a file",
            remedy=_NAME_A_FILE,
        )
    refuse_without_space(context, value)
    if value == STDIN:
        raise InputError(STDIN_AS_SPACE, expected="the path of a file", remedy=_NAME_A_FILE)
    context.meta[PATH] = value
    return value


SPACE = click.argument("space", type=click.Path(), callback=_path_of_space)
ENCODER = click.option(
    "--encoder",
    metavar="NAME|FOLDER",
    help="Where the encoder of the label space is now, if it has moved.",
)

METRIC = click.option(
    "--metric",
    type=click.Choice(["cosine", "euclidean"]),
    default="cosine",
    show_default=True,
    help="How vectors are compared: by direction (cosine), or by squared distance (euclidean).",
)


class _Share(click.ParamType[float]):
    """A share as ``90%`` or ``0.9``."""

    name = "share"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> float:
        """Return the share, above 0 and below 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            share = math.nan
        if not 0.0 < share < 1.0:
            self.fail(f"{value!r} is no share above 0% and below 100%", parameter, context)
        return share


SHARE = _Share()


def as_json(function: F) -> F:
    """Add ``--json``, which also keeps progress off unless that is asked for."""

    def ask_for_no_progress(context: click.Context, parameter: object, value: bool) -> bool:
        if value:
            context.meta.setdefault(PROGRESS_CHOICE, False)
        return value

    return click.option(
        "--json",
        "json_",
        is_flag=True,
        callback=ask_for_no_progress,
        help="Print JSON, one object per line.",
    )(function)


def with_progress(function: F) -> F:
    """Add ``--progress``, ``--no-progress`` and ``--quiet``, which click's context keeps."""

    def keep_progress(context: click.Context, parameter: object, value: bool | None) -> None:
        if value is not None:
            context.meta[PROGRESS_CHOICE] = value

    def keep_quiet(context: click.Context, parameter: object, value: bool) -> None:
        if value:
            context.meta[QUIET] = True
            context.meta[PROGRESS_CHOICE] = False

    function = click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        callback=keep_quiet,
        help="Print results and errors only: no progress, no notes, no summary.",
    )(function)
    return click.option(
        "--progress/--no-progress",
        default=None,
        expose_value=False,
        callback=keep_progress,
        help="Show progress on stderr.  [default: only in a terminal]",
    )(function)


def _complete_class(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the classes of the label space on the command line that begin so."""
    # Behind an option that lacks its value, click leaves the arguments as they are.
    path = context.params.get("space") or next(iter(context.args), None)
    if not path:
        return []
    try:
        with opened(path) as space:
            return [
                CompletionItem(info.name, help=info.description or "")
                for info in space.classes()
                if info.name.casefold().startswith(incomplete.casefold())
            ]
    except (ProtolabelError, OSError):
        return []


def _note_invisible(
    context: click.Context, parameter: click.Parameter, value: str | tuple[str, ...] | None
) -> str | tuple[str, ...] | None:
    """Say which class a name means that holds characters that nobody sees."""
    for name in (value,) if isinstance(value, str) else value or ():
        with suppress(ProtolabelError):  # the command refuses it
            if loses_invisible(name):
                note(
                    f"the name of the class {clean_name(name)!r} came with characters that draw "
                    "nothing; they were left out"
                )
    return value


def class_argument(name: str, **settings: Any) -> Callable[[F], F]:
    """Return an argument that names a class, which shells complete."""
    settings.setdefault("metavar", "CLASS..." if settings.get("nargs") == -1 else "CLASS")
    return click.argument(
        name, shell_complete=_complete_class, callback=_note_invisible, **settings
    )


def class_option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Return an option that names a class, which shells complete."""
    settings.setdefault("metavar", "CLASS")
    return click.option(
        *names, shell_complete=_complete_class, callback=_note_invisible, **settings
    )


def opened(path: str, encoder: str | None = None, *, cache: bool = False) -> LabelSpace:
    """Open for one command: fits are made when they are asked for, not in the background."""
    return LabelSpace(path, encoder=encoder, background=False, cache=cache)
