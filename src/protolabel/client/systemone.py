"""Requests for decisions as programs send them to hosted decision models, as types."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class ChoiceAnswer(TypedDict):
    """The option that is chosen, with the probability of each.

    ``confidence`` is the chance that the choice is right; None where there are no chances.
    """

    type: Literal["choice"]
    choice: str
    probabilities: dict[str, float]
    confidence: float | None


class Usage(TypedDict):
    """Tokens that are billed: none."""

    input_tokens: int
    output_tokens: int


class Decisions(TypedDict):
    """An answer for each question, by its name. ``model``: the label space."""

    model: str
    answers: dict[str, ChoiceAnswer]
    usage: Usage
