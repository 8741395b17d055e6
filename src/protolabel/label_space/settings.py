"""What a user may set in a label space, with defaults and checks. No state, no I/O.

Settings are rows with births and deaths like everything else: changing one is a change that can
be undone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from protolabel.errors import InputError

FIRST_KAPPA = 1.0  # until the label space has seen enough to estimate its own


class Unchanged(Enum):
    """A setting that a request leaves as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Settings:
    """``kappa``: weight of a description in examples (eq. 3), in force now. ``kappa_auto``: the
    label space estimates it. ``threshold``: least score for an answer; None: the fitted one;
    -inf: always answer. ``names_mean``: a class without a description is described by its name.
    ``refine``: rank by the refined weights once they are ready.
    """

    kappa: float = FIRST_KAPPA
    kappa_auto: bool = True
    threshold: float | None = None
    names_mean: bool = True
    refine: bool = True

    def rows(self) -> dict[str, str]:
        """Return the settings as stored: text by key."""
        return {
            "kappa": repr(self.kappa),
            "kappa_auto": str(int(self.kappa_auto)),
            "threshold": "auto" if self.threshold is None else repr(self.threshold),
            "names_mean": str(int(self.names_mean)),
            "refine": str(int(self.refine)),
        }

    @classmethod
    def from_rows(cls, rows: dict[str, str]) -> Settings:
        """Read what :meth:`rows` made; settings that a newer protolabel added are ignored."""
        default = cls().rows() | rows
        threshold = default["threshold"]
        return cls(
            kappa=float(default["kappa"]),
            kappa_auto=default["kappa_auto"] == "1",
            threshold=None if threshold == "auto" else float(threshold),
            names_mean=default["names_mean"] == "1",
            refine=default["refine"] == "1",
        )


def parsed(key: str, value: str) -> dict[str, str]:
    """Return the rows to store for a setting as a person writes it. Raises InputError."""
    text = value.strip().lower()
    if key == "kappa":
        if text == "auto":
            return {"kappa_auto": "1"}
        number = _number(key, text)
        if not 0 <= number <= 1e6:
            raise InputError(f"kappa {value}", expected="auto, or a number from 0 to 1000000")
        return {"kappa": repr(number), "kappa_auto": "0"}
    if key == "threshold":
        if text == "auto":
            return {"threshold": "auto"}
        if text in ("none", "off"):
            return {"threshold": repr(-math.inf)}
        return {"threshold": repr(_number(key, text))}
    if key in ("refine", "names_mean"):
        if text not in ("on", "off", "1", "0", "true", "false", "yes", "no"):
            raise InputError(f"{key} {value!r}", expected="on or off")
        return {key: str(int(text in ("on", "1", "true", "yes")))}
    raise InputError(
        f"no setting named {key!r}", expected="one of kappa, threshold, refine, names_mean"
    )


def _number(key: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise InputError(f"{key} {text!r}", expected="auto or a number") from error
    if math.isnan(number):
        raise InputError(f"{key} {text!r}", expected="a number")
    return number
