"""A labelled past as training takes it: documents, classes, words, and a split by class. No torch.

Everything that can be wrong with it is found here, before any time is spent on training.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from protolabel.episodes.sampler import generator_of
from protolabel.errors import InputError
from protolabel.names import words_of
from protolabel.readers import read_descriptions, read_documents, read_examples
from protolabel.types import Example

SPLIT = 3  # the stream of a seed that splits by class come from
RESERVOIR = 5  # the stream of a seed that says which of many unlabelled documents are kept
MOST_UNLABELLED = 50_000


@dataclass(frozen=True, eq=False)
class Past:
    """Labelled documents of one data set.

    ``documents``: n texts, or n images as bytes. ``labels`` (n,): class numbers. ``names``: K.
    ``descriptions``: K, None where a class has no words.
    """

    documents: Sequence[str | bytes]
    labels: npt.NDArray[np.int64]
    names: list[str]
    descriptions: list[str | None]

    @property
    def kind(self) -> Literal["text", "image"]:
        """What its documents are."""
        return "image" if isinstance(self.documents[0], bytes) else "text"

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Documents of each class: (K,)."""
        return np.bincount(self.labels, minlength=len(self.names))

    @property
    def described(self) -> npt.NDArray[np.bool_]:
        """Which classes have words: (K,)."""
        return np.array([text is not None for text in self.descriptions])

    @property
    def digest(self) -> str:
        """Its identity: 16 hex digits of SHA-256 over documents, labels and words."""
        words = json.dumps([self.names, self.descriptions])
        return digest_of([words, self.labels.tobytes(), *self.documents])

    def without_small(self, least: int) -> tuple[Past, list[str]]:
        """The same without classes of fewer than ``least`` documents, and which those were."""
        keep = np.flatnonzero(self.counts >= least)
        new = {int(old): i for i, old in enumerate(keep)}
        rows = [i for i, k in enumerate(self.labels.tolist()) if k in new]
        documents = [self.documents[i] for i in rows]
        left = replace(
            self,
            documents=documents,
            labels=np.array([new[int(self.labels[i])] for i in rows], np.int64),
            names=[self.names[k] for k in keep],
            descriptions=[self.descriptions[k] for k in keep],
        )
        gone = [n for k, n in enumerate(self.names) if k not in new]
        return left, gone


def digest_of(parts: Iterable[str | bytes]) -> str:
    """Their identity, in order: 16 hex digits of SHA-256."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "replace")
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:16]


def read_past(
    source: str | Path,
    *,
    descriptions: str | Path | Mapping[str, str] | None = None,
    names_mean: bool = True,
) -> Past:
    """Read what ``protolabel import`` reads: JSONL, CSV, or a folder of folders.

    ``descriptions``: a JSON file or mapping of label to words; where a class has none its name
    serves, unless ``names_mean`` is False. Raises InputError, with file and line, for anything
    that cannot be used.
    """
    if descriptions is None or isinstance(descriptions, Mapping):
        told = dict(descriptions or {})
    else:
        told = read_descriptions(descriptions)
    return past_of(read_examples(source), told, names_mean=names_mean)


def read_unlabelled(
    sources: Iterable[str | Path], *, besides: Sequence[Past] = (), seed: int = 0
) -> list[str]:
    """Texts of what ``protolabel label`` reads, each once, and none that a past has labelled.

    At most ``MOST_UNLABELLED``, drawn at random from a longer stream (Vitter 1985, algorithm R), of
    which nothing else is kept but a key a text. Raises InputError, with file and line, for what is
    no text.
    """
    seen = {digest_of([d]) for past in besides for d in past.documents}
    rng = generator_of(seed, RESERVOIR)
    kept: list[str] = []
    n = 0
    for source in sources:
        for document in read_documents(source):
            if document.text is None:
                raise InputError(
                    f"{document.source or document.id}: no text",
                    expected="texts to learn from",
                    remedy="leave images and bare embeddings out",
                )
            key = digest_of([document.text])
            if key in seen:
                continue
            seen.add(key)
            n += 1
            if len(kept) < MOST_UNLABELLED:
                kept.append(document.text)
            elif (place := int(rng.integers(n))) < MOST_UNLABELLED:
                kept[place] = document.text
    return kept


def past_of(
    examples: Iterable[Example],
    descriptions: Mapping[str, str] | None = None,
    *,
    names_mean: bool = True,
) -> Past:
    """A past from examples that are there already."""
    told = dict(descriptions or {})
    names: dict[str, int] = {}
    documents: list[str | bytes] = []
    labels: list[int] = []
    for example in examples:
        document = example.image if example.image is not None else example.text
        where = example.source or f"example {example.id!r}"
        if document is None or (isinstance(document, str) and not document.strip()):
            raise InputError(
                f"{where}: no text and no image",
                expected="a document to learn from",
                remedy="give its text or its image, or leave it out",
            )
        if documents and type(document) is not type(documents[0]):
            raise InputError(
                f"{where}: a text among images, or an image among texts",
                expected="one of the two",
                remedy="keep them in two pasts, and train an encoder for each",
            )
        documents.append(document)
        labels.append(names.setdefault(example.label, len(names)))
    if not documents:
        raise InputError(
            "no documents", expected="labelled documents to learn from", remedy="give some"
        )
    unknown = [label for label in told if label not in names]
    if unknown:
        raise InputError(
            f"a description of {unknown[0]!r}, which no document has as its label",
            expected="labels of the documents",
            remedy="remove it, or mend its spelling",
        )
    words = [told.get(n) or (words_of(n) if names_mean else None) for n in names]
    return Past(documents, np.array(labels, np.int64), list(names), words)


def refuse_numbers(past: Past) -> None:
    """Refuse numbers as descriptions, such as names that are codes and serve as them."""
    numbers = [d for d in past.descriptions if d and re.fullmatch(r"[\d\s.,_-]+", d)]
    if numbers:
        raise InputError(
            f"numbers, such as {numbers[0]!r}, as descriptions",
            expected="words that say what a class is",
            remedy="give descriptions, or say that names are codes (--names-are-codes)",
        )


@dataclass(frozen=True, eq=False)
class Split:
    """Class numbers: ``base`` to learn from, ``valid`` to choose on, ``novel`` to report on."""

    base: npt.NDArray[np.int64]
    valid: npt.NDArray[np.int64]
    novel: npt.NDArray[np.int64]


def split_classes(
    past: Past,
    *,
    valid: float | Sequence[str] = 0.2,
    novel: float | Sequence[str] = 0.0,
    seed: int = 0,
) -> Split:
    """Split classes at random by shares of all, or as named; what is named is no part of a share.
    At least two to learn from and two to validate on; none in two parts. Raises InputError where
    that cannot be.
    """
    order = generator_of(seed, SPLIT).permutation(len(past.names)).astype(np.int64)
    wanted = {"valid": valid, "novel": novel}
    found = {
        part: _named(past, part, given)
        for part, given in wanted.items()
        if not isinstance(given, float | int)
    }
    for part, given in wanted.items():
        if not isinstance(given, float | int):
            continue
        if not 0 <= given < 1:
            raise InputError(
                f"{given} of the classes as {part} classes",
                expected="a share: 0 or more, below 1",
                remedy="give a share such as 0.2, or names",
            )
        taken = np.concatenate([*found.values(), order[:0]])
        least = 2 if part == "valid" or given > 0 else 0
        free = order[~np.isin(order, taken)]
        found[part] = np.sort(free[: max(least, round(given * len(order)))])
    both = np.intersect1d(found["valid"], found["novel"])
    if len(both):
        raise InputError(
            f"class {past.names[both[0]]!r} in two parts of the split",
            expected="each in one",
            remedy="name it in one of them",
        )
    base = np.setdiff1d(order, np.concatenate([found["valid"], found["novel"]]))
    if len(base) < 2 or len(found["valid"]) < 2:
        raise InputError(
            f"{len(order)} classes, {len(base)} of them to learn from and {len(found['valid'])} to "
            "validate on",
            expected="two or more of each",
            remedy="give a past of more classes, or another split",
        )
    return Split(base, found["valid"], found["novel"])


def _named(past: Past, part: str, wanted: Sequence[str]) -> npt.NDArray[np.int64]:
    """Numbers of the classes that were named, each once."""
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    unknown = [name for name in names if name not in past.names]
    if unknown:
        raise InputError(
            f"the {part} class {unknown[0]!r}",
            expected="a label of the documents",
            remedy="mend its spelling, or leave it out",
        )
    return np.array(sorted({past.names.index(name) for name in names}), np.int64)
