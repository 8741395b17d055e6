"""Options that a person typed though they would have no effect: they are refused, not passed over.

A command knows by its other options and inputs which ones these are.
"""

from __future__ import annotations

from collections.abc import Collection

import click
from click.core import ParameterSource

from protolabel.errors import InputError

OF_READING = ("fmt", "text_field", "id_field", "label_field", "label_separator", "encoding")
OF_INPUTS = (*OF_READING, "skip_bad")  # options that only documents to read have a use for


def is_typed(parameter: str) -> bool:
    """Return whether an option was typed, and is not its default."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is ParameterSource.COMMANDLINE


def refuse_idle(
    parameters: Collection[str],
    where: str,
    *,
    expected: str = "options that have an effect there",
    remedy: str = "leave them out",
) -> None:
    """Refuse options of the command that runs which would have no effect.

    Args:
        parameters: the options by the names of their parameters; the command may lack some.
        where: what follows them in the message, such as "for an export".
        expected: of the message.
        remedy: of the message.

    Raises:
        InputError: one of them was typed.
    """
    options = click.get_current_context().command.params
    idle = sorted(
        option.opts[0]
        for option in options
        if option.name in parameters and is_typed(option.name or "")
    )
    if idle:
        raise InputError(f"{', '.join(idle)} {where}", expected=expected, remedy=remedy)
