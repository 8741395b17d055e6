"""Near copies of documents with several labels are near copies as those with one label are."""

from __future__ import annotations

import random

import numpy as np
import pytest

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.new_documents import novelty_of
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.stored_documents import Trace
from protolabel.label_space.fits.fit_support import read_support

SYLLABLES = [a + b for a in "bdfgklmn" for b in "aeiou"]
WORDS = [a + b for a in SYLLABLES for b in SYLLABLES]
KINDS = ("invoice", "application", "contract", "complaint")


def mailings(n: int, copies: int, *, draw: int = 0) -> list[tuple[str, str]]:
    """Return near copies of n mailings, each with its kind: one word of 60 is another."""
    rng, letters = random.Random(7), []
    for number in range(n):
        words = rng.sample(WORDS, 60)
        other = random.Random(100 * draw + number)
        for _ in range(copies):
            copy = list(words)
            copy[other.randrange(60)] = other.choice(WORDS)
            letters.append((" ".join(copy), KINDS[number % 4]))
    return letters


def filled(more: list[str]) -> LabelSpace:
    """Return a label space of 8 mailings of 25 near copies: each of a kind, and of others."""
    space = LabelSpace.create(encoder="hashing", labels="several", background=False)
    letters = mailings(8, 25)
    space.add([text for text, _ in letters], [[kind, *more] for _, kind in letters])
    space.settle()
    return space


@pytest.fixture(scope="module", params=[[], ["post"]], ids=["one", "two"])
def mail(request):
    with filled(request.param) as space:
        yield space, request.param


def test_a_label_space_counts_mailings_and_not_their_labels(mail):
    space, _ = mail
    support = read_support(space.view().rows, space.view().prototypes).support
    assert len(np.unique(support.groups)) == 8
    with pytest.raises(InputError, match="has 8 and"):
        evaluate_space(space)
    answer = space.label("a word or two")
    assert answer.probability is None
    assert "has 8 and" in str(answer.reason)


def test_documents_to_evaluate_that_are_near_copies_of_examples_are_known(mail):
    space, more = mail
    letters = mailings(8, 10, draw=1)
    examples = [Example(label, text) for text, kind in letters for label in (kind, *more)]
    with pytest.raises(InputError, match=r"^80 documents, all of which the label space"):
        evaluate_space_on(space, examples)


def test_unlabelled_documents_that_are_near_copies_of_examples_are_known(mail):
    space, _ = mail
    traces = [Trace.of(Document("d", text), "cosine") for text, _ in mailings(8, 10, draw=1)]
    assert novelty_of(space.view(), traces).is_known.all()
    assert not novelty_of(space.view(), traces[:0]).is_known.any()


def test_labels_of_a_document_in_any_order_are_all_its_labels(mail):
    space, more = mail
    letters = mailings(8, 10, draw=1)
    traces = [Trace.of(Document("d", text), "cosine") for text, _ in letters]
    labels = [[kind, *more, "urgent"][:: 1 - 2 * (i % 2)] for i, (_, kind) in enumerate(letters)]
    assert novelty_of(space.view(), traces, labels).is_known.all()


def test_near_copies_that_were_refused_for_another_class_are_of_no_other_class():
    letters = mailings(1, 30)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add([Example("invoice", text) for text, _ in letters[:24]])
        space.add([Example("cv", text) for text, _ in mailings(3, 1)[1:]])
        space.add([Example("cv", text, negative=True) for text, _ in letters[24:]])
        view = space.view()
        fit = read_support(view.rows, view.prototypes)
        assert len(np.unique(fit.support.groups)) == 3
        assert fit.negatives is not None
        assert len(np.unique(fit.negatives.groups)) == 3
        assert len(np.unique(fit.negatives.negatives.groups)) == 1
        assert np.isin(fit.negatives.negatives.groups, fit.negatives.groups).all()
