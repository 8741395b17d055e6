"""Episodes of labelled pasts, by the part of their classes: samplers, made before anything heavy.

Base classes are learned from, validation classes chosen on, novel classes reported on. It draws
nothing itself (:mod:`protolabel.episodes.sampler` does), and loads no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.training.data.past import Past, Split, refuse_numbers
from protolabel.training.loop.validation import TaskData


class Drawing:
    """Samplers of base, validation and novel classes of each past: made before anything heavy."""

    def __init__(
        self, pasts: Sequence[Past], splits: Sequence[Split], scenario: Scenario | None
    ) -> None:
        self._pasts, self._splits = pasts, splits
        self.scenarios = [scenario or fitting(p, s) for p, s in zip(pasts, splits, strict=True)]
        for past, one in zip(pasts, self.scenarios, strict=True):
            if one.uses_descriptions:
                refuse_numbers(past)
        self._base = self._samplers("base")
        self._valid = self._samplers("valid")
        self._novel = self._samplers("novel")

    def data(self, prepared: Sequence[Any]) -> list[TaskData]:
        """To learn from and to choose on."""
        rows = zip(prepared, self._pasts, self._base, self._valid, strict=True)
        return [TaskData(x, len(p.documents), b, v) for x, p, b, v in rows if b is not None]

    def novel(self, prepared: Sequence[Any]) -> list[TaskData]:
        """To report on."""
        rows = zip(prepared, self._pasts, self._base, self._novel, strict=True)
        return [TaskData(x, len(p.documents), b, n) for x, p, b, n in rows if n is not None and b]

    def _samplers(self, part: str) -> list[Sampler | None]:
        found: list[Sampler | None] = []
        for past, split, scenario in zip(self._pasts, self._splits, self.scenarios, strict=True):
            classes = getattr(split, part)
            if not len(classes):
                found.append(None)
                continue
            if part != "base":  # the same tasks, of as many classes as there are
                spare = 1 if scenario.n_strangers else 0
                most = max(2, len(classes) - spare)
                ways = (min(scenario.ways[0], most), min(scenario.ways[1], most))
                scenario = replace(scenario, n_way=ways, n_strangers=0)
            found.append(
                Sampler(
                    past.labels,
                    scenario,
                    classes=classes,
                    names=past.names,
                    described=past.described,
                )
            )
        return found


def fitting(past: Past, split: Split) -> Scenario:
    """A scenario that a past can give: up to 20 classes, 1 to 5 shots, half with descriptions."""
    least = int(past.counts[np.concatenate([split.base, split.valid, split.novel])].min())
    n_query = max(1, min(5, least - 1))
    return Scenario(
        n_way=min(20, len(split.base)),
        n_shot=(1, max(1, min(5, least - n_query))),
        n_query=n_query,
        described=0.5 if past.kind == "text" and bool(past.described.all()) else 0.0,
    )
