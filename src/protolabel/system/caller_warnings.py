"""Warnings that name the line of the program that called the library, however deep they arise."""

from __future__ import annotations

import sys
import warnings

_OWN = __name__.partition(".")[0]


def warn_caller(message: str) -> None:
    """Warn of something at the line that called the library."""
    level, frame = 2, sys._getframe(1)
    while frame.f_globals.get("__name__", "").partition(".")[0] == _OWN and frame.f_back:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
