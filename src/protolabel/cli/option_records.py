"""Options that belong together, taken by a command as one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def with_record(function: F, name: str, record: type, options: Iterable[Decorator]) -> F:
    """Add options to a command, which takes them as one argument.

    Args:
        function: the command; it may have other options already.
        name: of the argument.
        record: a dataclass. A field without an option of its name keeps its default.
        options: of :func:`click.option`, in the order of the help.
    """
    fields = record.__dataclass_fields__  # type: ignore[attr-defined]

    def command(**values: Any) -> Any:
        options = {field: values.pop(field) for field in fields if field in values}
        return function(**values, **{name: record(**options)})

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed([*options]):
        command = option(command)
    return command  # type: ignore[return-value]
