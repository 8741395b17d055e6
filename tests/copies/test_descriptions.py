"""Which documents stand in the description of their class."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.copies.descriptions import are_description_vectors, texts_in_descriptions

LETTER = (
    "the heating in our meeting room makes a loud noise since monday and nobody can work there now"
)
OTHERS = "we would like to order fifty chairs with green covers for the canteen of the new building"


def stands(text: str | None, description: str | None) -> bool:
    return bool(texts_in_descriptions([text], np.zeros(1, np.int64), [description])[0])


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("Cancel order", "cancel order"),
        ("  CANCEL\norder! ", "cancel order"),
        ("where is my card", "For example: where is my card; when does my card come"),
        ("When does my card come?", "For example: where is my card; when does my card come"),
        ("a bill", "invoices, receipts\na bill\n"),
        ("Invoice 17 of 3 March", "invoice 18 of 4 March"),
        (LETTER, f"Complaints such as “{LETTER}”"),
        (LETTER, f"{LETTER.replace('monday', 'tuesday')}"),
        (f"Hello. {LETTER}. Thank you", LETTER),
        (LETTER, " ".join([OTHERS, LETTER, *(f"{OTHERS} {word}" for word in "abcdefgh")])),
    ],
)
def test_a_document_that_stands_in_the_description(text, description):
    assert stands(text, description)


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("cancel my order", "cancel order"),
        ("cancel", "cancel order"),
        (LETTER, OTHERS),
        (LETTER, "complaints about heating and noise"),
        ("heating", "complaints about heating and noise"),
        (None, "cancel order"),
        ("cancel order", None),
        ("...", "..."),
        ("", ""),
    ],
)
def test_a_document_that_does_not(text, description):
    assert not stands(text, description)


def test_the_description_of_another_class_does_not_count():
    texts = ["cancel order", LETTER]
    got = texts_in_descriptions(texts, np.array([1, 1]), [f"cancel order; {LETTER}", "a refund"])
    assert not got.any()


@given(
    words=st.lists(st.sampled_from(["bill", "cv", "nda", "box", "ship", "7", "12"]), max_size=16),
    n=st.integers(0, 6),
)
def test_each_document_is_compared_by_itself(words, n):
    """Neither other documents nor other classes change what is said of one."""
    rng = random.Random(n)
    texts = [" ".join(rng.sample(words, len(words))), " ".join(words), LETTER, None]
    descriptions = [", ".join(words) or None, LETTER, " ".join(words) or None]
    labels = np.array([rng.randrange(3) for _ in texts])
    got = texts_in_descriptions(texts, labels, descriptions)
    alone = [stands(text, descriptions[k]) for text, k in zip(texts, labels.tolist(), strict=True)]
    assert got.tolist() == alone


def test_vectors_of_descriptions():
    rng = np.random.default_rng(0)
    descriptions = rng.normal(size=(3, 8)).astype(np.float32)
    labels = np.array([0, 0, 1, 2])
    vectors = np.stack([
        descriptions[0] * np.float32(1.0001),
        descriptions[1],
        descriptions[1] + np.float32(0.1),
        descriptions[2],
    ])  # fmt: skip
    described = np.array([True, True, False])
    got = are_description_vectors(vectors, labels, descriptions, described)
    assert got.tolist() == [True, False, False, False]
