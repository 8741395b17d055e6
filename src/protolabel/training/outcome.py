"""The outcome of a training: for people, for JSON, and for the folder's training.json."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.encoders.folder import TRAINING_FILE
from protolabel.encoders.provenance import (
    LEARNED_FROM,
    write_learned_from,
)
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import Accuracy
from protolabel.training.gain import Gain
from protolabel.training.learners.base import Learner
from protolabel.training.loop.reports import Outcome
from protolabel.training.output_folder import replace_folder
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Trained:
    """What came of :func:`protolabel.training.train`.

    ``folder``: the encoder's; None where nothing was written, and ``reason`` says why. ``base``,
    ``valid`` and ``novel``: names of the classes that were learned from, chosen on and reported on.
    ``judged_in``: what the episodes are like that ``before`` and ``after`` are of, by past.
    ``before`` and ``after``: accuracy on classes that were not learned from, the novel ones where
    there are any, else those that were chosen on. ``gain``: the paired difference. All three are
    None where there are no such classes, and ``gain`` for images, which begin at random.
    ``unlabelled``: how many documents without labels were learned from. ``groups``: in how many
    groups each of their partitions had them. ``notes``: what to know of the documents.
    ``shortened``: documents that were learned from by their first tokens alone; they are judged
    whole.
    """

    folder: Path | None
    outcome: Outcome
    base: list[str]
    valid: list[str]
    novel: list[str]
    before: Accuracy | None = None
    after: Accuracy | None = None
    gain: Gain | None = None
    unlabelled: int = 0
    groups: list[int] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    reason: str = ""
    judged_in: tuple[Scenario, ...] = ()
    shortened: int = 0

    def __str__(self) -> str:
        outcome = self.outcome
        early = f"; ended early: {outcome.ending}" if outcome.ending else ""
        learning = (
            f"{quantity(outcome.episodes, 'episode')} in {outcome.seconds / 60:.1f} minutes{early}"
        )
        cut = [cut_note(self.shortened, "document")] if self.shortened else []
        lines = [*self.notes, *cut, learning]
        if self.unlabelled:
            partitions = ", ".join(map(str, self.groups))
            lines.append(
                f"{quantity(self.unlabelled, 'unlabelled document')}, in groups: {partitions}"
            )
        if outcome.first is not None and outcome.best is not None:
            lines.append(
                f"{quantity(len(self.valid), 'class')} to choose on: {outcome.first} before, "
                f"{outcome.best} at episode {outcome.best_episode}, the best moment"
            )
        if self.before is not None and self.after is not None:
            names = (
                quantity(len(self.novel), "novel class")
                if self.novel
                else "the same, other episodes"
            )
            gain = f"; gain {self.gain}" if self.gain is not None else ""
            lines.append(f"{names}: {self.before} before, {self.after} after{gain}")
            lines += self._of_what()
        if self.reason:
            lines.append(self.reason)
        if self.folder is not None:
            lines.append(f"wrote {self.folder}; use it with encoder= {self.folder}")
        return "\n".join(lines)

    def _of_what(self) -> Iterator[str]:
        """Yield what the accuracies are of, and what stands behind each ±."""
        over_classes = "; that of the gain is over classes" if self.gain is not None else ""
        scenes = "; or ".join(dict.fromkeys(one.in_words() for one in self.judged_in))
        if scenes:
            yield (
                f"n episodes of {scenes}. The ± of an accuracy is 95 % over these episodes, as "
                f"papers print it{over_classes}"
            )


def cut_note(n: int, noun: str) -> str:
    """Return what to know where ``n`` documents are longer than what is learned from each."""
    return (
        f"{quantity(n, noun)} longer than what is learned from each (max_tokens=): the first "
        "tokens are learned from, and all of it is judged"
    )


def write_encoder(
    learner: Learner,
    out: Path,
    facts: Mapping[str, Any],
    learned_from: LearnedDocuments | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Write a learner as an encoder's folder, with how it came about in training.json.

    Raises:
        InputError: something is at ``out`` already, and ``overwrite`` is False.
        TrainingError: a weight is not finite; nothing is written.
    """

    def write(folder: Path) -> None:
        learner.write(folder)
        record = dict(facts)
        if learned_from is not None:
            record[LEARNED_FROM] = write_learned_from(folder, learned_from)
        else:
            record.pop(LEARNED_FROM, None)
        text = json.dumps(json_values(record), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / TRAINING_FILE).write_text(text + "\n", encoding="utf-8")

    replace_folder(out, write, overwrite=overwrite)


def json_values(value: Any) -> Any:
    """Return a value as JSON has it: None for a number that is not finite, text for a path."""
    if isinstance(value, Mapping):
        return {key: json_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
