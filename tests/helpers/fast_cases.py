"""Cases of one behaviour on many inputs: a few for the fast tests, the others for the slow ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from typing import Any

import pytest


def few(cases: Iterable[Any], fast: Collection[Any]) -> list[Any]:
    """Return all cases; those that are not among ``fast`` are slow."""
    every = list(cases)
    assert all(one in every for one in fast), "each fast case is a case"
    return [one if one in fast else pytest.param(one, marks=pytest.mark.slow) for one in every]


def crossed(*axes: Iterable[Any]) -> list[Any]:
    """Return every combination; fast is each value once, beside the first ones of the others."""
    values = [list(axis) for axis in axes]
    firsts = [axis[0] for axis in values]
    return [
        combination
        if sum(one != first for one, first in zip(combination, firsts, strict=True)) <= 1
        else pytest.param(*combination, marks=pytest.mark.slow)
        for combination in product(*values)
    ]
