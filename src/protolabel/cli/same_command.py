"""The command that was typed, once more with other options: what a hint says to run next."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence

import click

from protolabel.cli.idle_options import is_typed

OF_THE_OUTPUT = frozenset({"json_", "quiet", "progress"})


def same_command(*more: str, without: Collection[str] = (), name: str = "") -> str:
    """Return the command that runs, as it was typed, and ``more`` after it.

    Args:
        more: words to add.
        without: parameters to leave out, by name. Those about the output are left out anyway.
        name: of another command, which takes over the parameters that it has, too.
    """
    context = click.get_current_context()
    typed = [
        parameter
        for parameter in context.command.params
        if is_typed(parameter.name or "")
        and parameter.name not in {*without, *OF_THE_OUTPUT}
        and (not name or parameter.name in _parameters(context, name))
    ]
    words = ["protolabel", name or context.info_name or ""]
    for parameter in sorted(typed, key=lambda one: not isinstance(one, click.Argument)):
        words += _words(parameter, context.params.get(parameter.name or ""))
    return shlex.join([*words, *more])


def _parameters(context: click.Context, name: str) -> set[str | None]:
    """Return the names of the parameters of another command."""
    group = context.find_root().command
    command = group.get_command(context, name) if isinstance(group, click.Group) else None
    return {parameter.name for parameter in command.params} if command else set()


def _words(parameter: click.Parameter, value: object) -> Iterator[str]:
    """Yield an option or argument as it is typed."""
    several = isinstance(value, list | tuple) and (parameter.multiple or parameter.nargs == -1)
    for one in value if several else [value]:  # type: ignore[attr-defined]
        if isinstance(parameter, click.Argument):
            yield from map(str, _parts(one))
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            yield (parameter.opts if one else parameter.secondary_opts or parameter.opts)[-1]
        else:
            yield max(parameter.opts, key=len)
            yield from map(str, _parts(one))


def _parts(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]
