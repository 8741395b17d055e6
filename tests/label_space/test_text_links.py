"""Near copies after changes, against those that are found among all texts."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.arithmetic.row_change import RowChange
from protolabel.copies import compared_pairs
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.near_copies import near_groups
from protolabel.copies.sketches import sketch_of
from protolabel.label_space.fits import text_links
from protolabel.label_space.fits.text_links import TextLinks

SYLLABLES = [a + b for a in "bdfgklmn" for b in "aeiou"]
FOOTER = "this message is confidential please delete it if you are not the addressee thank you"


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Let a handful of texts have boilerplate, and more in common than all are compared by."""
    monkeypatch.setattr(compared_pairs, "COMMON", 4)
    monkeypatch.setattr(compared_pairs, "NEIGHBOURS", 4)


def text(rng: random.Random) -> str:
    """A text of some length, with few words, so that texts share many pairs of them."""
    words = [rng.choice(SYLLABLES[: rng.choice([14, 40])]) for _ in range(rng.choice([5, 16, 30]))]
    return " ".join(words) + rng.choice(["", "", " " + FOOTER])


def changed(one: str, rng: random.Random) -> str:
    """Nearly the same text."""
    words = one.split()
    words[rng.randrange(len(words))] = rng.choice(SYLLABLES)
    return " ".join(words) + rng.choice(["", " 7", " " + FOOTER])


def stepped(documents, what, rng):
    """Return the documents after a step, and which each of them was before, or -1."""
    before = list(range(len(documents)))
    place = rng.randrange(len(documents))
    content, key = documents[place]
    if what == "remove" and len(documents) > 2:
        del documents[place], before[place]
        return documents, before
    if what == "move":
        documents[place] = (content, rng.randrange(4))
        return documents, before
    if what == "label":  # one more: the document stands under two
        documents.insert(place, (content, (key + 1) % 4))
        before.insert(place, -1)
        return documents, before
    new = {"add": lambda: text(rng), "near": lambda: changed(content, rng), "copy": lambda: content}
    content = new.get(what, new["add"])()
    at = rng.randrange(len(documents) + 1)
    documents.insert(at, (content, rng.choice([key, rng.randrange(4)])))
    before.insert(at, -1)
    return documents, before


def sketches_of(documents) -> np.ndarray:
    sketches = np.full(len(documents), None, object)
    for place, (content, _) in enumerate(documents):
        sketches[place] = sketch_of(content)
    return sketches


def classes_of(documents) -> DocumentClasses:
    keys = np.array([key for _, key in documents])
    return DocumentClasses.of_texts([content for content, _ in documents], keys)


STEPS = st.lists(
    st.sampled_from(["add", "near", "near", "copy", "label", "label", "remove", "remove", "move"]),
    min_size=1,
    max_size=25,
)


def follow(steps, seed, many) -> None:
    rng = random.Random(seed)
    documents = [(text(rng), rng.randrange(4)) for _ in range(many)]
    documents += [(changed(one, rng), key) for one, key in documents[: many // 2]]
    documents += [(one, (key + 1) % 4) for one, key in documents[: rng.randrange(many) // 3]]
    links = TextLinks.of(sketches_of(documents), classes_of(documents))
    for what in ["none", *steps]:
        size = len(documents)
        before = list(range(size))
        if what != "none":
            documents, before = stepped(documents, what, rng)
        sketches, change = sketches_of(documents), RowChange(np.array(before), size)
        classes = classes_of(documents)
        links = links.after(change, sketches[change.fresh], classes)
        assert links is not None
        anew = TextLinks.of(sketches, classes)
        assert anew is not None
        for part in ("codes", "probes"):
            one, other = getattr(links.postings, part), getattr(anew.postings, part)
            np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(links.marks, anew.marks)
        groups = near_groups(sketches.tolist(), classes)
        numbers = links.groups()
        has = np.flatnonzero(numbers)
        assert has.tolist() == [i for i, one in enumerate(sketches) if one is not None]
        pairs = set(zip(groups[has].tolist(), numbers[has].tolist(), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@settings(deadline=None, max_examples=40)
@given(steps=STEPS, seed=st.integers(0, 2**20), many=st.sampled_from([3, 12, 40]))
def test_after_any_changes_the_same_texts_are_near_copies(steps, seed, many):
    follow(steps, seed, many)


@pytest.mark.slow
@settings(deadline=None, max_examples=1500)
@given(steps=STEPS, seed=st.integers(0, 2**20), many=st.sampled_from([3, 12, 40, 90]))
def test_after_many_changes_the_same_texts_are_near_copies(steps, seed, many):
    follow(steps, seed, many)


def test_one_text_more_is_compared_with_few():
    rng = random.Random(3)
    words = [a + b for a in SYLLABLES for b in SYLLABLES]
    documents = [(" ".join(rng.sample(words, 16)), 0) for _ in range(300)]
    before = TextLinks.of(sketches_of(documents), classes_of(documents))
    assert before is not None
    documents.append((documents[7][0] + " 4", 0))
    change = RowChange(np.append(np.arange(300), -1), 300)
    links = before.after(change, sketches_of(documents)[300:], classes_of(documents))
    assert links is not None
    assert links.groups()[300] == links.groups()[7]
    old = dict(zip(before.ids.tolist(), before.marks.tolist(), strict=True))
    new = dict(zip(links.ids.tolist(), links.marks.tolist(), strict=True))
    assert len(new) == 301
    assert 1 <= sum(old[one] != new[one] for one in old) <= 3


def test_of_too_many_texts_nothing_is_kept(monkeypatch):
    documents = [(FOOTER + f" {'x' * i}", 0) for i in range(20)]
    sketches, classes = sketches_of(documents), classes_of(documents)
    assert TextLinks.of(sketches, classes) is not None
    monkeypatch.setattr(text_links, "MOST_LINKS", 5)
    assert TextLinks.of(sketches, classes) is None
    monkeypatch.setattr(text_links, "MOST_LINKS", 5000)
    monkeypatch.setattr(text_links, "MOST_HASHES", 50)
    assert TextLinks.of(sketches, classes) is None
