"""What a user may set in a label space: defaults, and the one rule for each value. No I/O.

Settings are rows with births and deaths like everything else: changing one is a change that can
be undone, but for what may be remembered (``undo.py``). A row that cannot be read counts as the
default, so that its label space still opens; ``check`` reports it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from protolabel.arithmetic.kappa import PRIOR
from protolabel.arithmetic.scores import score_range
from protolabel.arithmetic.target import Target
from protolabel.arrays import Metric
from protolabel.errors import InputError
from protolabel.label_space.configuration.estimator_rows import is_estimator_row
from protolabel.label_space.configuration.several_rules import require_chance
from protolabel.label_space.configuration.target_words import STRANGERS, parsed_share, target_of
from protolabel.store.records import LASTING_SETTINGS

FIRST_KAPPA = PRIOR  # until the label space has seen enough to estimate its own
MOST_KAPPA = 1e6
REMEMBER_CHOICES = ("off", "answers", "text")
MOST_REMEMBERED = 10_000  # documents, where nobody has set another number
LABELS_CHOICES = ("one", "several")
ABOUT_ANSWERS = LASTING_SETTINGS  # what may be remembered: these change no answer
NAMES = ("kappa", "threshold", "target", "strangers", "refine", "modes", "names_mean", "labels")

_AUTO, _NONE = "auto", "none"
_KAPPAS = f"auto, or a number from 0 to {MOST_KAPPA:.0f}"
_THRESHOLDS = "auto (the fitted one), none (always answer), or a number"
_WORDS = dict.fromkeys(("on", "true", "yes", "1"), "1")
_WORDS |= dict.fromkeys(("off", "false", "no", "0"), "0")

log = logging.getLogger(__name__)


class Unchanged(Enum):
    """A setting that a request leaves as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a label space.

    ``kappa``: weight of a description in examples (eq. 3), in force now. ``kappa_auto``: the
    label space estimates it. ``threshold``: least score for an answer; None: the fitted one;
    -inf: always answer. ``names_mean``: a class without a description is described by its name.
    ``refine``: rank by the refined weights once they are ready. ``target``: a risk that the
    threshold follows from; None where there is none. ``strangers``: share of documents of no class
    in the stream, on which the chance of *none of these* depends. ``remember``: what is kept of a
    document that was answered: nothing (``off``), its answer and vectors (``answers``; of a long
    document those of its passages too), or its text too (``text``). ``remember_most``: of how many
    documents. ``modes``: a class may have several prototypes besides the refined weights, where the
    examples ask for them. ``labels``: whether a document has ``one`` label, or ``several`` or none;
    the threshold is then the least chance of a label.
    """

    kappa: float = FIRST_KAPPA
    kappa_auto: bool = True
    threshold: float | None = None
    names_mean: bool = True
    refine: bool = True
    remember: str = "answers"
    remember_most: int = MOST_REMEMBERED
    target: Target | None = None
    strangers: float = STRANGERS
    modes: bool = True
    labels: str = "one"

    @property
    def several(self) -> bool:
        """Whether a document may have several labels, or none."""
        return self.labels == "several"

    def rows(self) -> dict[str, str]:
        """Return them as they are stored: text by key.

        :meta private:
        """
        return {
            "kappa": repr(self.kappa),
            "kappa_auto": str(int(self.kappa_auto)),
            "threshold": _AUTO if self.threshold is None else repr(self.threshold),
            "names_mean": str(int(self.names_mean)),
            "refine": str(int(self.refine)),
            "modes": str(int(self.modes)),
            "remember": self.remember,
            "remember_most": str(self.remember_most),
            "target": _NONE if self.target is None else str(self.target),
            "strangers": repr(self.strangers),
        } | ({"labels": self.labels} if self.several else {})

    def exported(self) -> dict[str, str]:
        """Return what another label space may take over: not what this one remembers."""
        return {key: row for key, row in self.rows().items() if key not in ABOUT_ANSWERS}

    @classmethod
    def from_rows(cls, rows: Mapping[str, str]) -> Settings:
        """Return the settings that rows hold; the default where one is absent or unreadable.

        Settings that a newer protolabel added are ignored.

        :meta private:
        """
        reasons = unreadable_settings(rows)
        for key, reason in reasons.items():
            log.warning("the default of the setting %r is in force: %s", key, reason)
        keys = (rows.keys() & _RULES.keys()) - reasons.keys()
        return cls(**{key: _RULES[key](rows[key]) for key in keys})


def unreadable_settings(rows: Mapping[str, str]) -> dict[str, str]:
    """Return which rows hold what the setting cannot be: the reason by key."""
    reasons = {}
    for key, rule in _RULES.items():
        try:
            if key in rows:
                rule(rows[key])
        except InputError as error:
            reasons[key] = str(error)
    return reasons


def checked_rows(rows: object, place: str) -> dict[str, str]:
    """Return rows that came from elsewhere, if each of them is a setting as it is stored.

    Args:
        rows: text by key.
        place: where they stand, such as ``file:line``; the error begins with it.

    Raises:
        InputError: for an unknown setting, and for a value that the setting cannot have.
    """
    if not isinstance(rows, Mapping):
        raise InputError(f"{place}: settings {repr(rows)[:60]}", expected="an object of settings")
    for key, value in rows.items():
        if is_estimator_row(key, value):
            continue
        if key not in _RULES:
            raise InputError(
                f"{place}: the setting {repr(key)[:60]}",
                expected=f"one of {', '.join(_RULES)}",
                remedy="remove it, or upgrade protolabel: pip install -U protolabel",
            )
        try:
            _RULES[key](value)
        except InputError as error:
            raise InputError(
                f"{place}: {error.got}", expected=error.expected, remedy="correct the setting"
            ) from error
    return dict(rows)


def parsed(key: str, value: str) -> dict[str, str]:
    """Return one setting as a person writes it as rows to store. Raises InputError."""
    text = value.strip().lower()
    if key == "kappa":
        return {"kappa_auto": "1"} if text == _AUTO else {
            "kappa": repr(_kappa(text)), "kappa_auto": "0"
        }  # fmt: skip
    if key == "threshold":
        number = _threshold("-inf" if text in ("none", "off") else text)
        return {"threshold": _AUTO if number is None else repr(number), "target": _NONE}
    if key == "target":
        return {"target": str(target_of(text) or _NONE), "threshold": _AUTO}
    if key == "strangers":
        return {"strangers": repr(STRANGERS if text == _AUTO else parsed_share(text))}
    if key in ("refine", "names_mean"):
        if text not in _WORDS:
            raise InputError(f"{key} {value!r}", expected="on or off")
        return {key: _WORDS[text]}
    if key == "modes":
        words = _WORDS | {"auto": "1"}
        if text not in words:
            raise InputError(f"modes {value!r}", expected="auto or off")
        return {key: words[text]}
    if key == "labels":  # a threshold of scores is none of chances
        return {key: require_labels(text), "threshold": _AUTO, "target": _NONE}
    if key in ABOUT_ANSWERS:
        _RULES[key](text)
        return {key: text}
    raise InputError(f"no setting named {key!r}", expected=f"one of {', '.join(NAMES)}")


def require_range(
    rows: Mapping[str, str], metric: Metric, place: str = "", *, several: bool = False
) -> None:
    """Refuse a threshold that no score of a metric can be on both sides of.

    A file from before this rule may hold such a threshold, and opens all the same.

    Args:
        rows: settings as stored.
        metric: of the label space. Scores are cosines, or minus squared distances.
        place: where they stand, such as ``file:line``; the error begins with it.
        several: whether documents have several labels, each with a chance of 0 to 1.

    Raises:
        InputError: for a threshold outside of the range of the scores, or of chances; and for a
            target where documents have several labels.
    """
    threshold = _threshold(rows.get("threshold", _AUTO))
    if several:
        require_chance(threshold, rows.get("target", _NONE), place)
        return
    low, high = score_range(metric)
    if threshold is None or threshold == -math.inf or low <= threshold <= high:
        return
    scores = (
        "from -1 to 1, as scores are cosines"
        if metric == "cosine"
        else "of 0 at most, as scores are minus squared distances"
    )
    raise InputError(
        f"{place}{': ' * bool(place)}threshold {threshold:g}",
        expected=f"{_THRESHOLDS} {scores}",
        remedy=f"to decline more, take a number nearer to {high:g}; to answer always, none",
    )


def require_labels(text: object) -> str:
    """Return how many labels a document has. Raises InputError."""
    if text not in LABELS_CHOICES:
        raise InputError(f"labels {text!r}", expected=f"one of {', '.join(LABELS_CHOICES)}")
    return str(text)


def _kappa(text: object) -> float:
    number = _number("kappa", text, _KAPPAS)
    if not 0 <= number <= MOST_KAPPA:
        raise InputError(f"kappa {text}", expected=_KAPPAS)
    return number


def _threshold(text: object) -> float | None:
    if text == _AUTO:
        return None
    if text == "-inf":
        return -math.inf
    number = _number("threshold", text, _THRESHOLDS)
    if not math.isfinite(number):
        raise InputError(f"threshold {text}", expected=f"{_THRESHOLDS} that is finite")
    return number


def _remember(text: object) -> str:
    if text not in REMEMBER_CHOICES:
        raise InputError(f"remember {text!r}", expected=f"one of {', '.join(REMEMBER_CHOICES)}")
    return str(text)


def _remember_most(text: object) -> int:
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError(
            f"remember_most {text!r}", expected="a whole number of documents, 0 to 999999999"
        )
    return int(text)


def _switch_of(key: str) -> Callable[[object], bool]:
    def switch(text: object) -> bool:
        if text not in ("0", "1"):
            raise InputError(f"{key} {repr(text)[:60]}", expected="'1' (on) or '0' (off)")
        return text == "1"

    return switch


def _number(key: str, text: object, expected: str) -> float:
    try:
        return float(text) if isinstance(text, str) else math.nan
    except ValueError as error:
        raise InputError(f"{key} {text!r}", expected=expected) from error


_RULES: dict[str, Callable[[object], Any]] = {
    "kappa": _kappa,
    "kappa_auto": _switch_of("kappa_auto"),
    "threshold": _threshold,
    "names_mean": _switch_of("names_mean"),
    "refine": _switch_of("refine"),
    "modes": _switch_of("modes"),
    "remember": _remember,
    "remember_most": _remember_most,
    "target": target_of,
    "strangers": parsed_share,
    "labels": require_labels,
}
