"""Episodes of labelled pasts, by the part of their classes: samplers, made before anything heavy.

Base classes are learned from, validation classes chosen on, novel classes reported on. It draws
nothing itself (:mod:`protolabel.episodes.sampler` does), and loads no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from protolabel.arguments import is_whole
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.training.data.class_split import Part, Split, class_numbers
from protolabel.training.data.past import Past, refuse_numbers
from protolabel.training.loop.validation import TaskData

ScenarioChoice = Scenario | Mapping[str, Any] | None
"""A scenario, or those of its fields that are fixed."""


class PartSamplers:
    """Samplers of base, validation and novel classes of each past.

    ``scenario``: what episodes are like. Where it is a mapping, it fixes some fields of
    :class:`Scenario`, and the others follow from the data; so do all where it is None.
    """

    def __init__(
        self, pasts: Sequence[Past], splits: Sequence[Split], scenario: ScenarioChoice
    ) -> None:
        """Raise InputError where a past cannot give such episodes."""
        self._pasts, self._splits, self._numbers = pasts, splits, class_numbers(pasts)
        self.scenarios = [
            scenario if isinstance(scenario, Scenario) else fitted_scenario(past, split, scenario)
            for past, split in zip(pasts, splits, strict=True)
        ]
        self.scenarios = _as_described(pasts, self.scenarios)
        for past, one in zip(pasts, self.scenarios, strict=True):
            if one.uses_descriptions:
                refuse_numbers(past)
        self._base = self._samplers("base")
        _refuse_no_described(self._base)
        self._valid = self._samplers("valid")
        self._novel = self._samplers("novel")

    def data(self, prepared: Sequence[Any]) -> list[TaskData]:
        """Return the data to learn from and to choose on."""
        return self._data(prepared, self._valid)

    def novel(self, prepared: Sequence[Any]) -> list[TaskData]:
        """Return the data to report on."""
        return [one for one in self._data(prepared, self._novel) if one.valid is not None]

    def judged_in(self) -> list[Scenario]:
        """Return what the episodes are like that a run is judged by, of each past that has any.

        Their shares of described episodes are those that are drawn: of the episodes that the
        scenario wants described, those all of whose classes have a description.
        """
        judged = self._novel if any(self._novel) else self._valid
        return [_as_drawn(one) for one in judged if one is not None]

    def _data(self, prepared: Sequence[Any], judging: Sequence[Sampler | None]) -> list[TaskData]:
        rows = zip(prepared, self._pasts, self._base, judging, self._numbers, strict=True)
        return [
            TaskData(x, len(past.documents), base, valid, numbers=numbers)
            for x, past, base, valid, numbers in rows
            if base is not None
        ]

    def _samplers(self, part: Part) -> list[Sampler | None]:
        """Return a sampler for each past; None where it has no classes of the part.

        One class alone is nothing to answer among. It may be left where another past decided the
        part of the others.
        """
        least = 2 if part != "base" and len(self._pasts) > 1 else 1
        rows = zip(self._pasts, self._splits, self.scenarios, strict=True)
        samplers: list[Sampler | None] = []
        for past, split, scenario in rows:
            classes = getattr(split, part)
            enough = len(classes) >= least
            samplers.append(_sampler(past, classes, scenario, part=part) if enough else None)
        return samplers


def _as_drawn(sampler: Sampler) -> Scenario:
    """Return the scenario of a sampler with the shares of described episodes that it draws."""
    scenario, share = sampler.scenario, sampler.described_share
    shares = (round(one * share, 3) for one in (scenario.described, scenario.described_only))
    described, described_only = shares
    return replace(scenario, described=described, described_only=described_only)


def _refuse_no_described(samplers: Sequence[Sampler | None]) -> None:
    """Raise InputError where descriptions are wanted, and no episode has one of each class."""
    scenarios = [
        one.scenario for one in samplers if one is not None and one.scenario.uses_descriptions
    ]
    if scenarios and not any(one.described_share for one in samplers if one is not None):
        name = "described_only" if scenarios[0].described_only else "described"
        raise InputError(
            f"{name} is {getattr(scenarios[0], name)}; it has no effect, since fewer classes "
            "have a description than an episode has classes",
            expected="a description of each class",
            remedy=f"leave {name} at 0, or give descriptions with descriptions=",
        )


def _as_described(pasts: Sequence[Past], scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return scenarios without shares of described episodes where a past has no words at all.

    Raises:
        InputError: no past has words, and such a share would have no effect.
    """
    has_words = [bool(past.described.any()) for past in pasts]
    if not any(has_words):
        for one in scenarios:
            for name in ("described", "described_only"):
                if getattr(one, name):
                    raise InputError(
                        f"{name} is {getattr(one, name)}; it has no effect, since no class has a "
                        "description",
                        expected="descriptions, or names that mean something",
                        remedy=f"leave {name} at 0, or give descriptions with descriptions=",
                    )
    return [
        one if words else replace(one, described=0.0, described_only=0.0)
        for one, words in zip(scenarios, has_words, strict=True)
    ]


def _sampler(past: Past, classes: Any, scenario: Scenario, *, part: Part) -> Sampler:
    if part != "base":  # the same tasks, of as many classes as there are
        spare = 1 if scenario.n_strangers else 0
        most = max(2, len(classes) - spare)
        ways = (min(scenario.ways[0], most), min(scenario.ways[1], most))
        scenario = replace(scenario, n_way=ways, n_strangers=0)
    return Sampler(
        past.labels, scenario, classes=classes, names=past.names, described=past.described
    )


def fields_of_scenario(fixed: ScenarioChoice) -> dict[str, Any]:
    """Return the fields of a scenario that are fixed. Raises InputError for what is none of it."""
    if isinstance(fixed, Scenario):
        return asdict(fixed)
    if fixed is not None and not isinstance(fixed, Mapping):
        raise InputError(
            f"scenario {repr(fixed)[:60]}",
            expected="a Scenario, or a mapping of some of its fields to values",
        )
    field_names = [field.name for field in fields(Scenario)]
    for name in fixed or {}:
        if name not in field_names:
            raise InputError(
                f"the field {repr(name)[:60]} of a scenario",
                expected=f"one of {', '.join(field_names)}",
            )
    Scenario(**(fixed or {}))  # refuses its values
    return dict(fixed or {})


def documents_of_episode(past: Past, scenario: ScenarioChoice) -> int:
    """Return how many documents of a class an episode takes at most."""
    if not isinstance(scenario, Scenario):
        none = np.empty(0, np.int64)
        every = Split(np.arange(len(past.names)), none, none)
        scenario = fitted_scenario(past.distinct(), every, scenario)
    return scenario.shots[1] + scenario.n_query


def fitted_scenario(past: Past, split: Split, fixed: Mapping[str, Any] | None = None) -> Scenario:
    """Return a scenario that a past can give, with the fields of ``fixed`` as they are.

    The others are up to 20 classes, 1 to 5 shots, up to 5 queries, and half of the episodes with
    descriptions.
    """
    given_fields = fields_of_scenario(fixed)
    least = int(past.counts[np.concatenate([split.base, split.valid, split.novel])].min())
    shot = given_fields.get("n_shot", 1)
    lowest = int(shot) if is_whole(shot) else int(shot[0])
    n_query = int(given_fields.get("n_query", max(1, min(5, least - lowest))))
    words = past.kind == "text" and bool(past.described.all())
    spare = 1 if given_fields.get("n_strangers") else 0
    defaults: dict[str, Any] = {
        "n_way": max(2, min(20, len(split.base) - spare)),
        "n_shot": (1, max(1, min(5, least - n_query))),
        "n_query": n_query,
        "described": min(0.5, 1 - given_fields.get("described_only", 0.0)) if words else 0.0,
    }
    return Scenario(**(defaults | given_fields))
