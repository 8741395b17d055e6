"""A whole number or a range of whole numbers, as an option of the command line."""

from __future__ import annotations

from typing import Any

import click

from protolabel.episodes.scenario import Range


class Span(click.ParamType[Range]):
    """``5`` or ``1-5``."""

    name = "N|N-M"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Range:
        """Return a range, both ends included."""
        if isinstance(value, tuple):
            return value
        low, _, high = str(value).partition("-")
        if not low.isdigit() or not (high or low).isdigit():
            self.fail(f"{value!r} is neither a number nor a range such as 1-5", param, ctx)
        return int(low), int(high or low)
