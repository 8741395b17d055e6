"""Near copies: which texts are, and that the groups depend on nothing else."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.compared_pairs import COMMON
from protolabel.copies.equality import document_digests
from protolabel.copies.near_copies import document_groups, near_groups
from protolabel.copies.sketches import (
    LEAST_WORDS,
    SAMPLE,
    sketch_of,
    template_digest,
    words_of_text,
)
from protolabel.label_space.fits.text_traits import TextTraits

LETTER = (
    "Dear Sir or Madam, your invoice 4711 of 3 March has not been paid although the term ended two "
    "weeks ago. Please transfer the amount at once or tell us what stands in the way."
)
OTHER = (
    "The heating in our meeting room makes a loud noise since Monday and nobody can work there. "
    "Could somebody from the building service have a look before the board meets on Thursday?"
)
FOOTER = (
    "This message and any attachments are confidential and intended solely for the addressee. If "
    "you have received it in error please notify the sender and delete it from your system. Views "
    "expressed are those of the author and do not necessarily represent those of the company."
)
VOCABULARY = [f"{a}{b}" for a in "bdfgklmnpr" for b in ("a", "e", "i", "o", "u", "au", "ei", "ou")]


def grouped(texts: Sequence[str | None], labels: Sequence[int] | None = None) -> list[int]:
    numbers = np.zeros(len(texts), np.int64) if labels is None else np.array(labels, np.int64)
    classes = DocumentClasses.of_texts(texts, numbers)
    return near_groups([None if t is None else sketch_of(t) for t in texts], classes).tolist()


def kept_groups(texts: Sequence[str | None], labels: np.ndarray) -> list[int]:
    """Return the groups as the fits make them."""
    traits = TextTraits.of(texts)
    return traits.groups(traits.classes(labels), np.arange(len(texts)), None).tolist()


@pytest.mark.parametrize(
    "copy",
    [
        LETTER.replace("4711", "0815").replace("3 March", "12 June"),
        LETTER.upper(),
        LETTER.replace(",", "").replace(" ", "\n"),
        LETTER + "\n\nKind regards\nJane Miller\nAccounts, +44 20 7946 0018",
        "Thank you, see below.\n\nOn 3 May Ann Lee wrote:\n> " + LETTER.replace(". ", ".\n> "),
        LETTER.replace("Sir or Madam", "Ms Okafor"),
    ],
    ids=["date", "case", "lines", "signature", "reply", "name"],
)
def test_a_letter_with_little_changed_is_a_near_copy(copy):
    assert grouped([LETTER, OTHER, copy]) == [0, 1, 0]
    assert grouped([copy, OTHER, LETTER]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I activate my card?", "How do I activate my new card?"),
        ("My card payment was declined twice", "My card payment was declined"),
        (LETTER, OTHER),
        (LETTER, LETTER.split(". ")[0] + ". " + OTHER),
        (LETTER, " ".join(sorted(LETTER.split()))),
        (LETTER, LETTER + " " + " ".join(VOCABULARY) + " " + " ".join(w + "x" for w in VOCABULARY)),
    ],
    ids=["short", "shorter", "other", "half", "shuffled", "book"],
)
def test_another_text_is_no_near_copy(one, other):
    assert grouped([one, other]) == [0, 1]


def test_the_words_of_a_stored_digest_stay_what_they_are():
    """Files hold these digests: of Thai and Chinese each character is a word, of Korean not."""
    text = "Pay \u0e01\u0e33 \u4ed8\u6b3e, \U00020001\U00020002 \ud55c\uad6d\uc5b4 \ua000\ua001"
    words = "pay \u0e01 \u0e33 \u4ed8 \u6b3e \U00020001 \U00020002 \ud55c\uad6d\uc5b4 \ua000\ua001"
    assert template_digest(text) == hashlib.sha256(words.encode()).digest()[:16]


def test_texts_without_spaces_between_words_have_near_copies():
    one = "请问我们上周提交的报销申请什么时候可以处理完毕谢谢您的帮助"
    assert len(words_of_text(one)) > LEAST_WORDS
    assert grouped(
        [one, "您好" + one, "会议室的暖气从星期一开始发出很大的噪音没有人能在那里工作"]
    ) == [0, 0, 1]


def test_a_disclaimer_under_every_message_makes_no_near_copies():
    rng = random.Random(0)
    bodies = [" ".join(rng.sample(VOCABULARY, 8)) for _ in range(3 * COMMON)]
    labels = [i % 5 for i in range(len(bodies))]
    assert len(set(grouped([f"{body}\n-- \n{FOOTER}" for body in bodies], labels))) > 55


def test_a_large_family_in_one_class_is_one_group():
    rng = random.Random(0)
    copies = [
        LETTER.replace("Sir or Madam", rng.choice(VOCABULARY)).replace("March", rng.choice("XYZ"))
        for _ in range(5 * COMMON)
    ]
    assert set(grouped([*copies, OTHER], [0] * len(copies) + [1])[:-1]) == {0}


def test_long_texts_are_compared_by_a_sample():
    rng = random.Random(0)
    words = [a + b for a in VOCABULARY for b in VOCABULARY]
    first, second = (" ".join(rng.sample(words, 1500)) for _ in range(2))
    sketch = sketch_of(first)
    assert sketch is not None
    assert len(sketch.words.hashes) <= SAMPLE < sketch.words.size == 1500
    quoted = f"See what they sent us.\n> {first}\n-- \nJane Miller, Accounts"
    assert grouped([first, second, quoted]) == [0, 1, 0]


def test_equal_documents_and_near_copies_are_one_group():
    digests = [("a",), ("b",), ("b",), ("c",)]
    texts = [LETTER, LETTER + " Jane Miller", None, OTHER]
    assert document_groups(digests, texts, np.zeros(4, np.int64)).tolist() == [0, 0, 0, 1]
    assert document_groups([], [], np.zeros(0, np.int64)).tolist() == []


@st.composite
def corpora(draw, most: int = 14):
    """Texts of few words, with near copies and borderline cases among them, and their labels."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    texts = [
        " ".join(rng.choices(VOCABULARY[:40], k=rng.randint(8, 40)))
        for _ in range(rng.randint(1, 5))
    ]
    while len(texts) < rng.randint(2, most):
        words = rng.choice(texts).split()
        for _ in range(rng.randint(0, 5)):
            at = rng.randrange(len(words))
            words[at : at + rng.randint(0, 2)] = rng.choices(VOCABULARY, k=rng.randint(0, 3))
            words = words or ["ba"]
        texts.append(" ".join(words))
    rng.shuffle(texts)
    return texts, [rng.randrange(3) for _ in texts]


def brute_force(texts: Sequence[str]) -> list[int]:
    """The definition in plain loops over sets of words, for few texts, none of them long."""

    def near(short: list[str], long: list[str]) -> bool:
        sizes = len(set(short)), len(set(long))
        if sizes[0] < LEAST_WORDS or not sizes[0] <= sizes[1] <= 4 * sizes[0]:
            return False
        own, others = (set(pairwise(words)) for words in (short, long))
        base = min(sizes[0], len(own))
        changed = 2 * min(1.0, base / LEAST_WORDS) + 0.05 * base
        return len(set(short) - set(long)) <= changed and len(own - others) <= 2 * changed

    words = [words_of_text(text) for text in texts]  # none has a digit
    group = list(range(len(texts)))
    for i in range(len(texts)):
        for j in range(len(texts)):
            if i != j and near(words[i], words[j]):
                group = [group[i] if g == group[j] else g for g in group]
    return [group.index(g) for g in group]


def partition(groups: Sequence[int]) -> set[frozenset[int]]:
    return {frozenset(i for i, g in enumerate(groups) if g == one) for one in set(groups)}


@settings(max_examples=200)
@given(corpora())
def test_groups_are_what_plain_loops_find(corpus):
    texts, labels = corpus
    assert partition(grouped(texts, labels)) == partition(brute_force(texts))


@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_the_texts_does_not_matter(corpus, rng):
    texts, labels = corpus
    order = list(range(len(texts)))
    rng.shuffle(order)
    again = grouped([texts[i] for i in order], [labels[i] for i in order])
    back = [again[order.index(i)] for i in range(len(texts))]
    assert partition(back) == partition(grouped(texts, labels))


@given(corpora())
def test_more_texts_part_no_group(corpus):
    texts, labels = corpus
    for n in range(1, len(texts)):
        fewer, more = grouped(texts[:n], labels[:n]), grouped(texts, labels)[:n]
        assert all(more[i] == more[fewer.index(g)] for i, g in enumerate(fewer))


@given(corpora())
def test_a_text_once_more_changes_no_group_of_the_others(corpus):
    texts, labels = corpus
    n, digests = len(texts), [(text,) for text in texts]
    twice = document_groups(digests * 2, texts * 2, np.array(labels * 2)).tolist()
    assert twice[:n] == twice[n:] == document_groups(digests, texts, np.array(labels)).tolist()


@pytest.mark.parametrize("classes", [1, 4])
def test_the_order_of_many_near_copies_does_not_matter(classes):
    rng = random.Random(1)
    words = LETTER.split()
    texts = []
    for _ in range(300):
        changed = list(words)
        for at in rng.sample(range(len(words)), 2):
            changed[at] = rng.choice(VOCABULARY)
        texts.append(" ".join(changed))
    labels = [i % classes for i in range(300)]
    order = rng.sample(range(300), 300)
    again = grouped([texts[i] for i in order], [labels[i] for i in order])
    back = [again[order.index(i)] for i in range(300)]
    assert partition(back) == partition(grouped(texts, labels))


# -- short texts ----------------------------------------------------------------------------------


def template_by_loop(text):
    """Return the words of a text, one ``#`` for all numbers in a row: letter by letter.

    A text of numbers alone has them as they are.
    """
    words, plain, word = [], [], ""
    for letter in text.lower() + " ":
        if letter.isalnum():
            word += letter
            continue
        if word:
            new = "#" if any(c.isdigit() for c in word) else word
            plain.append(word)
            if new != "#" or words[-1:] != ["#"]:
                words.append(new)
        word = ""
    return plain if words == ["#"] else words


@given(st.lists(st.text("ab1 .", max_size=8), max_size=12))
def test_short_texts_of_one_class_are_one_group_where_their_words_without_numbers_are(texts):
    digests = [(f"equal {i}",) for i in range(len(texts))]
    groups = document_groups(digests, texts, np.zeros(len(texts), np.int64)).tolist()
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            words = template_by_loop(one)
            alike = words != [] and words == template_by_loop(other)
            assert (groups[i] == groups[j]) == (i == j or alike)


@pytest.mark.parametrize(
    "texts",
    [
        [f"Invoice {n}" for n in range(1, 6)],
        ["Rate: 3.5 %", "rate 4", "RATE 10,000.00"],
        ["Paid on 2024-01-31.", "paid on 3/2/1999"],
        ["Is the ATM broken?", "is the atm broken"],
    ],
)
def test_texts_that_differ_in_numbers_or_punctuation_are_one_group(texts):
    digests = [document_digests(text) for text in texts]
    assert set(document_groups(digests, texts, np.zeros(len(texts), np.int64))) == {0}


def test_numbers_that_tell_classes_apart_join_nothing():
    texts, labels = ["rate 3.5", "rate 3.7", "rate 4", "rate 4.5"], np.array([0, 0, 1, 1])
    digests = [document_digests(text) for text in texts]
    assert len(set(document_groups(digests, texts, labels))) == 4
    # what differs in punctuation alone is a copy all the same
    texts, labels = [*texts, "Rate 3.5!", "rate, 4"], np.array([0, 0, 1, 1, 0, 1])
    digests = [document_digests(text) for text in texts]
    assert document_groups(digests, texts, labels).tolist() == [0, 1, 2, 3, 0, 2]
    assert kept_groups(texts, labels) == [0, 1, 2, 3, 0, 2]
    # a single one under another class tells nothing: one group, that one included
    texts, labels = [f"invoice {n}" for n in range(30)], np.array([0] * 29 + [1])
    digests = [document_digests(text) for text in texts]
    assert len(set(document_groups(digests, texts, labels))) == 1


def test_copies_of_a_text_of_part_numbers_are_one_group():
    """Before, they were independent, so that an interval held the truth in 48 of 60 draws."""
    texts = ["w15 w25", "W15, w25!", "w15 w26", "4711", "4711."]
    digests, labels = [document_digests(text) for text in texts], np.array([0, 0, 1, 1, 0])
    assert document_groups(digests, texts, labels).tolist() == [0, 0, 1, 2, 2]
    assert kept_groups(texts, labels) == [0, 0, 1, 2, 2]


@pytest.mark.parametrize("texts", [["17", "42"], ["!!!", "???"], ["", " "], [None, None]])
def test_texts_without_words_share_no_words(texts):
    digests = [(f"own {i}",) for i in range(len(texts))]
    assert len(set(document_groups(digests, texts, np.zeros(len(texts), np.int64)))) == 2
