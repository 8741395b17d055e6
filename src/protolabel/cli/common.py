"""What the commands share: opening a label space, the --json switch, lines of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace

F = TypeVar("F", bound=Callable[..., Any])

SPACE = click.argument("space", type=click.Path())
ENCODER = click.option(
    "--encoder", help="Name or folder of the encoder, where the one in the file is not found."
)


def as_json(function: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "json_", is_flag=True, help="One JSON object a line.")(function)


def opened(path: str, encoder: str | None = None, *, cache: bool = False) -> LabelSpace:
    """Open for one command: fits are made when they are asked for, not in the background."""
    return LabelSpace(path, encoder=encoder, background=False, cache=cache)


def line(record: dict[str, Any]) -> None:
    """One JSON object on a line of its own, UTF-8, keys in the order documented."""
    click.echo(json.dumps(record, ensure_ascii=False, allow_nan=False))


def finite(number: float | None) -> float | None:
    """JSON has no infinity: None stands for it."""
    return number if number is not None and math.isfinite(number) else None


def parts(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """``("refund=e1,e2",)`` -> ``{"refund": ["e1", "e2"]}``."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, ids = pair.rpartition("=")
        if not sign or not name or not ids:
            raise InputError(f"--part {pair!r}", expected="NAME=ID,ID,...")
        found.setdefault(name, []).extend(i.strip() for i in ids.split(",") if i.strip())
    return found
