"""A data set in a label space, through the public API, and its rivals on the same embeddings."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.pipeline import make_pipeline

from benchmarks.data_sets import Data
from protolabel import Document, Encoder, Example, LabelSpace
from protolabel.label_space.answer_path.decisions import AnswerForm
from protolabel.label_space.answer_path.decisions_of_view import decisions_of
from protolabel.label_space.answer_path.ranked_queries import RankedQueries
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.types import Encoded


def space_of(
    data: Data,
    support: np.ndarray,
    *,
    described: bool = True,
    refine: bool = False,
    kappa: float | str = "auto",
    names: bool = True,
    encoder: str | Encoder = DEFAULT_ENCODER,
) -> LabelSpace:
    """A label space in memory: classes described by their names, with the given examples.

    The embeddings travel with the texts, since they are those of its own encoder.
    """
    space = LabelSpace.create(":memory:", encoder=encoder, names_mean=names, background=False)
    space.configure(refine=refine, kappa=kappa, threshold="none")
    if described:
        space.describe({name_of(data, c): words for c, words in enumerate(data.names)})
    if len(support):
        space.add(
            [
                Example(name_of(data, int(data.y[i])), data.texts[i], embedding=data.embeddings[i])
                for i in support
            ]
        )
    return space


def name_of(data: Data, c: int) -> str:
    """A class name that sorts like its index."""
    return f"{c:03d} {data.names[c]}"


def ranked(
    view: View, data: Data, queries: np.ndarray, coverage: float | None = None
) -> RankedQueries:
    """Ranked classes of queries that have one label: two for each, and label sets of a coverage."""
    texts = DocumentTexts.of([data.texts[i] for i in queries.tolist()])
    encoded = Encoded.whole(data.embeddings[queries])
    decisions = decisions_of(view, encoded, texts, AnswerForm(2, 0, coverage))
    assert isinstance(decisions, RankedQueries)
    return decisions


def predicted(space: LabelSpace | View, data: Data, queries: np.ndarray) -> np.ndarray:
    """Class indices of the answers of ``label_many``. *Shape:* ``(n,)``."""
    documents = (
        Document(str(i), data.texts[i], embedding=data.embeddings[i]) for i in queries.tolist()
    )
    answers = space.label_many(documents, alternatives=2, evidence=0)
    return np.array([int(a.label[:3]) if a.label else -1 for a in answers])


def accuracy(answers: np.ndarray, truth: np.ndarray) -> float:
    """Per cent right."""
    return 100.0 * float((answers == truth).mean())


Fit = Callable[[Data, np.ndarray], Callable[[np.ndarray], np.ndarray]]


def on_embeddings(model_of: Callable[[], Any]) -> Fit:
    """A scikit-learn model on the embeddings of the support."""

    def fit(data: Data, support: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        model = model_of()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence: scikit-learn's own defaults are used
            model.fit(data.embeddings[support], data.y[support])
        return lambda queries: model.predict(data.embeddings[queries])

    return fit


def with_names(data: Data, support: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Logistic regression, C = 30, that gets the names as one more example a class."""
    model = LogisticRegression(C=30.0, max_iter=300)
    x = np.concatenate([data.embeddings[support], data.name_embeddings])
    model.fit(x, np.concatenate([data.y[support], np.arange(len(data.names))]))
    return lambda queries: model.predict(data.embeddings[queries])


def tfidf(data: Data, support: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A classical classifier from scratch: TF-IDF of words and word pairs, logistic regression."""
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=30.0, max_iter=300),
    )
    model.fit([data.texts[i] for i in support], data.y[support])
    return lambda queries: model.predict([data.texts[i] for i in queries])


def rivals(shots: int) -> dict[str, Fit]:
    """scikit-learn on the same embeddings; the k of k-NN is at most the number of examples."""
    k = min(5, shots)
    neighbours = on_embeddings(
        lambda: KNeighborsClassifier(n_neighbors=k, weights="distance", metric="cosine")
    )
    return {
        "NearestCentroid": on_embeddings(NearestCentroid),
        "LogisticRegression": on_embeddings(lambda: LogisticRegression(max_iter=100)),
        "LogisticRegression, C = 30, names": with_names,
        "k-NN (5, distance)": neighbours,
    }


def accuracy_by_head(
    space: LabelSpace, data: Data, queries: np.ndarray, truth: np.ndarray
) -> dict[str, float]:
    """Settle a label space, and return its accuracy on queries by head, in per cent."""
    space.settle()
    view = space.view().unremembered()
    return {
        "prototypes": accuracy(predicted(view.unrefined(), data, queries), truth),
        "refined": accuracy(predicted(view, data, queries), truth),
    }
