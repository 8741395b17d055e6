"""The draws and the ways to answer of ``benchmarks.multilingual``. It renders nothing.

Examples are in the language of the queries, or in English. An example and a query never come from
the same template, which counts as one document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.data_sets import Data
from benchmarks.encoder_vectors import encoder_of
from benchmarks.household_commands import LANGUAGES, Commands, Language, classes, commands_of
from benchmarks.intervals import Sampling
from benchmarks.results import log_line
from benchmarks.spaces import predicted, space_of
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel
from protolabel.encoders import encode_documents
from protolabel.encoders.readability import unreadable

DRAWS, SHOTS, KAPPA = 10, (0, 1, 5), 1.0
MULTILINGUAL, DEFAULT, NGRAMS = "multilingual-e5-small", "all-MiniLM-L6-v2", "character n-grams"
SOURCES = ("own", "English")
Vectors = dict[str, np.ndarray]


def settings() -> Iterator[tuple[str, int]]:
    """Language of the examples, and how many a class."""
    for source in SOURCES:
        for shots in SHOTS:
            if shots or source == "own":
                yield source, shots


def sampling(language: Language, source: str, shots: int) -> Sampling:
    """How the draws come about: a template is a document."""
    counts = templates_by_class(language)
    n = int((counts - shots).sum())
    drawn_from = counts if source == "own" else templates_by_class(LANGUAGES[0])
    return Sampling(n, float(np.minimum(shots / drawn_from, 1.0).mean()))


def templates_by_class(language: Language) -> np.ndarray:
    commands = commands_of(language)
    first = np.unique(commands.template, return_index=True)[1]
    return np.bincount(commands.y[first])


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of examples, in the language they are in, and rows of queries."""

    examples: np.ndarray
    source: Language
    queries: np.ndarray


def examples_of(commands: Commands, shots: int, seed: int) -> np.ndarray:
    """One command of each of some templates a class."""
    rng = np.random.default_rng(seed)
    rows: list[int] = []
    for c in range(len(classes())):
        own = np.unique(commands.template[commands.y == c])
        for one in rng.permutation(own)[:shots]:
            rows.append(int(rng.choice(np.flatnonzero(commands.template == one))))
    return np.array(rows, np.int64)


def drawn(language: Language, source: str, shots: int, seed: int) -> Drawn:
    """A draw; the queries are the same whatever language the examples are in."""
    commands = commands_of(language)
    own = examples_of(commands, shots, seed)
    rest = np.flatnonzero(~np.isin(commands.template, commands.template[own]))
    english = LANGUAGES[0]
    if source == "own":
        return Drawn(own, language, rest)
    return Drawn(examples_of(commands_of(english), shots, seed), english, rest)


@dataclass(frozen=True, eq=False)
class Encoded:
    """Vectors of the descriptions, and by language of the commands; per cent declined."""

    names: np.ndarray
    commands: Vectors
    declined: dict[str, float]


def encoded(name: str) -> Encoded:
    """Everything by one encoder."""
    texts = list(classes().values())  # first: this reaches the packages, which hold an encoder too
    encoder = encoder_of(name)
    vectors, declined = {}, {}
    for language in LANGUAGES:
        some = encode_documents(encoder, commands_of(language).texts)
        vectors[language.code] = some.embeddings
        declined[language.code] = 100 * float(unreadable(some).mean())
    log_line(f"{name} {encoder.fingerprint}")
    return Encoded(encoder.encode(texts), vectors, declined)


def prototypes(vectors: Encoded, language: Language, one: Drawn) -> np.ndarray:
    """Classes of the queries by prototypes with names."""
    y = commands_of(one.source).y[one.examples]
    own = vectors.commands[one.source.code][one.examples]
    k = len(classes())
    totals = ClassTotals.of_examples(own, y, vectors.names, np.ones(k, bool))
    model = LinearModel.of_classes(totals, KAPPA, "cosine")
    return model.scores(vectors.commands[language.code][one.queries]).argmax(axis=1)


def ngrams(language: Language, one: Drawn) -> np.ndarray:
    """Classes of the queries by groups of one to four letters and logistic regression."""
    source = commands_of(one.source)
    texts = [source.texts[i] for i in one.examples] + list(classes().values())
    y = np.concatenate([source.y[one.examples], np.arange(len(classes()))])
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    x = words.fit_transform(texts).toarray()
    axes = np.linalg.svd(x, full_matrices=False)[2].T  # the same regression, in far fewer numbers
    model = LogisticRegression(C=30.0, max_iter=300).fit(x @ axes, y)
    queries = words.transform([commands_of(language).texts[i] for i in one.queries])
    return np.asarray(model.predict(queries @ axes))


def label_space(vectors: Encoded, encoder: str, language: Language, one: Drawn) -> np.ndarray:
    """Classes of the queries by a label space: refined weights, estimated kappa, public API."""
    source, own = commands_of(one.source), commands_of(language)
    data = Data(
        language.title,
        [source.texts[i] for i in one.examples] + [own.texts[i] for i in one.queries],
        np.concatenate([source.y[one.examples], own.y[one.queries]]),
        list(classes().values()),
        np.concatenate([vectors.commands[one.source.code][one.examples],
                        vectors.commands[language.code][one.queries]]),
        vectors.names,
    )  # fmt: skip
    n = len(one.examples)
    with space_of(data, np.arange(n), refine=True, encoder=encoder_of(encoder)) as space:
        space.settle()
        return predicted(space, data, np.arange(n, len(data.texts)))


def by_class(right: np.ndarray, y: np.ndarray) -> float:
    """Per cent, each class with the same weight."""
    return 100 * float(np.mean([right[y == c].mean() for c in np.unique(y)]))
