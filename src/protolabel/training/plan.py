"""What a run of ``train`` will do, checked against the documents before anything heavy begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from protolabel.copies.equality import text_digest
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.encoders.provenance import learned_classes, learned_from
from protolabel.encoders.text.folder import digest, read_folder
from protolabel.episodes.class_keys import class_key
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.training.data.class_split import (
    Part,
    Split,
    SplitPlan,
    class_numbers,
    split_classes,
)
from protolabel.training.data.earlier_learning import earlier_learning
from protolabel.training.data.past import Past, content_digest, digest_of
from protolabel.training.data.pseudo_classes import numbers_of_groups
from protolabel.training.data.reading import without_labelled
from protolabel.training.data.repeated_documents import without_asked, without_repeats
from protolabel.training.data.samplers import (
    PartSamplers,
    ScenarioChoice,
    documents_of_episode,
    fields_of_scenario,
)
from protolabel.training.loop.recipe import Recipe
from protolabel.training.network import Network, recipe_of
from protolabel.words.quantity import quantity

UNLABELLED_ALONE = Scenario(25, 1, 3)  # what episodes are like where there is no past


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """A run that can be begun: documents without repeats, classes in parts, samplers, settings.

    ``notes``: what people should know of the documents. ``scenario``: of the episodes of unlabelled
    documents.
    """

    pasts: Sequence[Past]
    splits: Sequence[Split]
    unlabelled: Sequence[str]
    network: Network
    recipe: Recipe
    samplers: PartSamplers
    scenario: Scenario
    notes: tuple[str, ...]

    def names(self, part: Part) -> list[str]:
        """Return the names of the classes of a part: each class once, as the first past has it."""
        names: dict[str, str] = {}
        for name in self.spellings(part):
            names.setdefault(class_key(name), name)
        return list(names.values())

    def spellings(self, part: Part) -> list[str]:
        """Return the names of the classes of a part, in each spelling that a past has."""
        pairs = zip(self.pasts, self.splits, strict=True)
        names = (past.names[k] for past, split in pairs for k in getattr(split, part))
        return list(dict.fromkeys(names))

    def settings(self) -> dict[str, Any]:
        """Return what, beside the recipe, a run must have been begun with to be resumed."""
        network, folder = self.network, self.network.folder()
        return {
            "kind": network.kind,
            "parts": network.parts,
            "metric": network.metric,
            "max_tokens": network.max_tokens,
            "encoder": digest(read_folder(folder), "") if folder else None,
            "augmentation": asdict(network.augmentation) if network.augmentation else None,
            "views": network.views,
            "scenario": [asdict(scenario) for scenario in self.samplers.scenarios],
            "past": [past.digest for past in self.pasts],
            "split": [self.names("base"), self.names("valid"), self.names("novel")],
            "unlabelled": digest_of(self.unlabelled) if self.unlabelled else None,
        }

    def documents_learned_from(self) -> LearnedDocuments:
        """Return which documents the encoder will have learned from, as the folder keeps them.

        Those are the documents and descriptions of the classes that it learns from and is chosen
        on, the unlabelled ones, and what the encoder that it begins with had learned from.
        """
        folder = self.network.folder()
        digests = [text_digest(text) for text in self.unlabelled]
        texts: list[str | None] = list(self.unlabelled)
        labels = [-1 - place for place in range(len(texts))]  # nobody knows their classes
        numbers_of_pasts = class_numbers(self.pasts)
        for past, split, numbers in zip(self.pasts, self.splits, numbers_of_pasts, strict=True):
            classes = {*split.base.tolist(), *split.valid.tolist()}
            for document, k in zip(past.documents, past.labels.tolist(), strict=True):
                if k in classes:
                    digests.append(content_digest(document))
                    texts.append(document if isinstance(document, str) else None)
                    labels.append(int(numbers[k]))
            words = (past.descriptions[k] for k in classes)
            digests += [text_digest(text) for text in words if text]
        documents = LearnedDocuments.of(digests, texts, np.array(labels, np.int64))
        return documents.joined(learned_from(folder) if folder else None)

    def classes_learned_earlier(self) -> list[str]:
        """Return the classes that the encoder which it begins with has learned."""
        folder = self.network.folder()
        return sorted(learned_classes(folder)) if folder else []


@contextmanager
def _naming_left_out(notes: Sequence[str]) -> Iterator[None]:
    """Say which documents were left out in an InputError about too few of them."""
    try:
        yield
    except InputError as error:
        if not notes:
            raise
        raise InputError(
            "; ".join([error.got, *notes]),
            expected=error.expected,
            remedy=error.remedy,
            command=error.command,
        ) from error


def planned(
    pasts: Sequence[Past],
    unlabelled: Sequence[str],
    network: Network,
    split: SplitPlan,
    *,
    scenario: ScenarioChoice,
    recipe: Recipe | None,
) -> TrainingPlan:
    """Return the run that documents and settings make.

    Raises:
        InputError: there are no documents, or the past, the split, the scenario, the recipe or the
            unlabelled documents cannot be used.
        EncoderError: the encoder to begin with cannot be used.
    """
    if not all(len(past.documents) for past in pasts) or not (pasts or unlabelled):
        raise InputError(
            "no documents",
            expected="a labelled past, unlabelled documents, or both",
            remedy="give some",
        )
    kinds = {past.kind for past in pasts}
    if len(kinds) > 1:
        raise InputError(
            "pasts of texts and pasts of images",
            expected="one of the two",
            remedy="train an encoder for texts and one for images",
        )
    images = kinds == {"image"}
    if unlabelled and (images or network.kind == "conv4"):
        raise InputError(
            "unlabelled documents for an image encoder",
            expected="texts, and a text encoder to find their groups with",
            remedy="train it on the labelled images alone",
        )
    fields_of_scenario(scenario)  # refuses what is none
    network = network.fitted(images=images)
    assert network.kind is not None  # fitted
    recipe = recipe or recipe_of(network.kind, unlabelled=bool(unlabelled))
    needs = [documents_of_episode(past, scenario) for past in pasts]
    earlier = earlier_learning(pasts, network.folder(), needs)
    splits = split_classes(pasts, split, seed=recipe.seed, earlier=earlier.classes)
    pasts, notes_of_earlier = earlier.left_out(pasts, splits)
    distinct, notes = without_repeats(pasts, splits)
    notes = (*notes_of_earlier, *notes)
    if unlabelled:
        unlabelled, notes_of_stream = _new_texts(unlabelled, pasts, splits)
        notes += notes_of_stream
        with _naming_left_out(notes_of_stream):
            numbers_of_groups(len(unlabelled))
    with _naming_left_out(notes):
        samplers = PartSamplers(distinct, splits, scenario)
    if isinstance(scenario, Scenario):
        alone = scenario
    else:
        fixed: Mapping[str, Any] = scenario or {}
        alone = samplers.scenarios[0] if pasts else replace(UNLABELLED_ALONE, **fixed)
    return TrainingPlan(distinct, splits, unlabelled, network, recipe, samplers, alone, notes)


def _new_texts(
    unlabelled: Sequence[str], pasts: Sequence[Past], splits: Sequence[Split]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the texts of a stream that may be learned from, and notes on the others."""
    different = without_labelled(unlabelled, pasts)
    texts = without_asked(different, pasts, splits)
    notes = []
    if n := len(unlabelled) - len(different):
        words = quantity(n, "unlabelled document repeats", "unlabelled documents repeat")
        notes.append(f"{words} another, or one of the past: left out")
    if n := len(different) - len(texts):
        words = quantity(
            n, "unlabelled document is a near copy", "unlabelled documents are near copies"
        )
        notes.append(f"{words} of one that is validated or reported on: left out")
    return texts, tuple(notes)
