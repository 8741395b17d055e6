"""Which pairs of words and templates are boilerplate, against plain loops over documents."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.copies import compared_pairs as rule
from protolabel.copies.boilerplate import NO_CLASS, DocumentClasses
from protolabel.copies.learned_phrases import LearnedPhrases
from protolabel.copies.near_copies import boilerplate, document_groups, shared_templates
from protolabel.copies.sketches import Sketch, Table, plain_digest, sketch_of, template_of
from protolabel.label_space.fits.pair_postings import Postings
from protolabel.label_space.fits.text_traits import TextTraits

SYLLABLES = [a + b for a in "bdfgklmn" for b in "aeiou"]
FOOTERS = (
    "this message is confidential please delete it",
    "kind regards from all of us at the bank",
)
CLASSES = (0, 1, 2, 7, NO_CLASS)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Let a handful of texts have boilerplate."""
    monkeypatch.setattr(rule, "COMMON", 4)


def rows_of(seed: int, most_labels: int, classes: tuple[int, ...] = CLASSES):
    """Return rows of a text and a class: texts with footers and numbers, some of them copies.

    Equal texts are of equal classes, and in any order.
    """
    rng = random.Random(seed)
    of_text: dict[str, list[int]] = {}
    rows = []
    favourite = rng.sample(classes, min(most_labels, len(classes)))
    for _ in range(rng.randint(2, 40)):
        body = " ".join(rng.sample(SYLLABLES, rng.choice([2, 5, 5, 13])))
        text = f"{body} {rng.choice(['', rng.randint(1, 9)])} {rng.choice(['', *FOOTERS])}"
        if rng.random() < 0.4:
            text = f"rate {rng.choice(['', '3 of'])} {rng.randint(1, 30)}"
        labels = (
            favourite if rng.random() < 0.8 else rng.sample(classes, rng.randint(1, len(classes)))
        )
        own = of_text.setdefault(" ".join(text.lower().split()), labels[:most_labels])
        written = rng.choice([text, text.upper()])
        rows += [(written, label) for label in own] * rng.choice([1, 1, 1, 2])
    rng.shuffle(rows)
    return [text for text, _ in rows], np.array([label for _, label in rows], np.int64)


def is_apart(label_sets: list[frozenset[int]]) -> bool:
    """Whether a tenth of documents lack the class that most of them have."""
    sets = [one - {NO_CLASS} for one in label_sets if one - {NO_CLASS}]
    most = max((sum(c in one for one in sets) for c in CLASSES), default=0)
    return bool(sets) and len(sets) - most >= 0.1 * len(sets)


def documents_of(texts, labels) -> dict[str, tuple[frozenset[int], int]]:
    """Return the classes of each different text, and how often it stands in one of them.

    Without those that nearly all texts have, mostly beside another one.
    """
    of_text: dict[str, list[int]] = {}
    for text, label in zip(texts, labels.tolist(), strict=True):
        of_text.setdefault(" ".join(text.lower().split()), []).append(label)
    sets = [one for own in of_text.values() if (one := set(own) - {NO_CLASS})]
    having = {c: [one for one in sets if c in one] for c in CLASSES}
    left_out = {
        c
        for c, several in having.items()
        if several
        and len(sets) - len(several) < 0.1 * len(sets)
        and 2 * sum(len(one) > 1 for one in several) >= len(several)
    }
    return {
        text: (frozenset(own) - left_out, max(Counter(own).values()))
        for text, own in of_text.items()
    }


def common_pairs(texts, labels) -> set[int]:
    """Return the hashes of boilerplate, in plain loops; copies of the same classes count once."""
    entries: dict[tuple[bytes, frozenset[int]], Sketch] = {}
    for text, (classes, _) in documents_of(texts, labels).items():
        if (sketch := sketch_of(text)) is not None:
            entries[sketch.key, classes - {NO_CLASS}] = sketch
    having: dict[int, list[frozenset[int]]] = {}
    for (_, classes), sketch in entries.items():
        for pair in sketch.pairs.hashes.tolist():
            having.setdefault(pair, []).append(classes)
    least = max(rule.COMMON, 0.02 * len(entries))
    return {pair for pair, sets in having.items() if len(sets) > least and is_apart(sets)}


def pairs_of_search(texts, labels) -> tuple[set[int], set[int]]:
    """Return the hashes of boilerplate as groups and as kept links find them."""
    classes, sketches = DocumentClasses.of_texts(texts, labels), [sketch_of(t) for t in texts]
    places = np.array([i for i, one in enumerate(sketches) if one is not None], np.int64)
    distinct = {one.key: one for one in sketches if one is not None}
    keys = sorted(distinct)
    if not keys:
        return set(), set()
    pairs = [distinct[key].pairs for key in keys]
    numbers = np.array([keys.index(sketches[i].key) for i in places.tolist()], np.int64)
    table = Table.of(pairs)
    of_groups = table.hashes[boilerplate(table, numbers, classes.at(places))]
    postings = Postings.none().after(
        np.empty(0, np.int64), np.arange(len(keys)), [one.hashes for one in pairs]
    )
    of_links = postings.boilerplate(numbers, classes.at(places))
    return set(of_groups.tolist()), set(of_links.tolist())


@given(st.integers(0, 2**32), st.sampled_from([1, 2, 3]))
def test_boilerplate_is_what_plain_loops_over_documents_find(seed, most_labels):
    texts, labels = rows_of(seed, most_labels)
    expected = common_pairs(texts, labels)
    assert pairs_of_search(texts, labels) == (expected, expected)


def apart_templates(texts, labels) -> set[str]:
    """Return the templates whose numbers tell classes apart, in plain loops."""
    families: dict[str, list[frozenset[int]]] = {}
    for text, (classes, times) in documents_of(texts, labels).items():
        words, numbers = template_of(text)
        if numbers:
            families.setdefault(words, []).extend([classes] * times)
    return {words for words, sets in families.items() if is_apart(sets)}


@given(st.integers(0, 2**32), st.sampled_from([1, 2, 3]))
def test_shared_templates_are_what_plain_loops_over_documents_find(seed, most_labels):
    texts, labels = rows_of(seed, most_labels)
    apart = apart_templates(texts, labels)
    classes = DocumentClasses.of_texts(texts, labels)
    templates = shared_templates(texts, classes)
    for text, template in zip(texts, templates, strict=True):
        words, numbers = template_of(text)
        as_it_is = numbers and words in apart
        assert (template == plain_digest(text)) == (as_it_is or not numbers)
    traits = TextTraits.of(texts)
    kept = traits.shared_templates(traits.classes(labels))
    for i, one in enumerate(templates):
        assert kept[i] == int.from_bytes(one[:8], "big")


# -- documents of one class ------------------------------------------------------------------------


def by_entries(families: dict[object, Counter[int]]) -> set[object]:
    """Return which families stand apart where pairs of a document and a class are counted.

    That was the rule before, and it is the same where each document has one class.
    """
    return {
        one
        for one, counts in families.items()
        if sum(counts.values()) - max(counts.values()) >= 0.1 * sum(counts.values())
    }


@given(st.integers(0, 2**32))
def test_of_documents_of_one_class_each_the_pairs_with_their_classes_are_counted(seed):
    texts, labels = rows_of(seed, 1, CLASSES[:4])
    entries = {
        (sketch.key, label): sketch
        for text, label in zip(texts, labels.tolist(), strict=True)
        if (sketch := sketch_of(text)) is not None
    }
    families: dict[object, Counter[int]] = {}
    for (_, label), sketch in entries.items():
        for pair in sketch.pairs.hashes.tolist():
            families.setdefault(pair, Counter())[label] += 1
    least = max(rule.COMMON, 0.02 * len(entries))
    expected = {one for one in by_entries(families) if families[one].total() > least}
    assert pairs_of_search(texts, labels) == (expected, expected)
    families = {}
    for text, label in zip(texts, labels.tolist(), strict=True):
        if template_of(text)[1]:
            families.setdefault(template_of(text)[0], Counter())[label] += 1
    apart = by_entries(families)
    templates = shared_templates(texts, DocumentClasses.of_texts(texts, labels))
    for text, template in zip(texts, templates, strict=True):
        if template_of(text)[1]:
            assert (template == plain_digest(text)) == (template_of(text)[0] in apart)


# -- examples --------------------------------------------------------------------------------------


def family(n: int, length: int = 60) -> list[str]:
    """Return near copies of one text: each with one word of its own."""
    rng = random.Random(3)
    words = [a + b for a in SYLLABLES for b in SYLLABLES]
    first = rng.sample(words, length)
    return [" ".join([*first[:i], f"new{SYLLABLES[i]}", *first[i + 1 :]]) for i in range(n)]


def grouped(texts: list[str], labels: list[tuple[int, ...]]) -> tuple[int, int]:
    """Return how many groups there are, as ``document_groups`` and as the fits make them."""
    rows = [(text, label) for text, own in zip(texts, labels, strict=True) for label in own]
    words, numbers = [text for text, _ in rows], np.array([label for _, label in rows])
    traits, place = TextTraits.of(words), {text: i for i, text in enumerate(texts)}
    copies = np.array([place[text] for text in words])
    return (
        len(set(document_groups([(t,) for t in words], words, numbers).tolist())),
        len(set(traits.groups(traits.classes(numbers), copies, None).tolist())),
    )


@pytest.mark.parametrize("n", [2, 8, 12, 30])
@pytest.mark.parametrize("own", [(0,), (0, 1), (0, 1, 2)])
@pytest.mark.parametrize("short", [False, True])
def test_near_copies_with_the_same_labels_are_one_group_however_many_labels(n, own, short):
    texts = [f"reminder {i} pay now" for i in range(n)] if short else family(n)
    assert grouped(texts, [own] * n) == (1, 1)


@pytest.mark.parametrize("short", [False, True])
def test_documents_that_differ_in_all_their_labels_are_of_several_classes(short):
    texts = [f"rate {i} of the loan" for i in range(30)] if short else family(30)
    assert grouped(texts, [((0, 1), (2, 3))[i % 2] for i in range(30)]) == (30, 30)
    assert grouped(texts, [((0, 9), (1, 9))[i % 2] for i in range(30)]) == (30, 30)


@pytest.mark.parametrize("short", [False, True])
def test_documents_that_share_a_label_which_others_lack_are_of_one_class(short):
    texts = [f"rate {i} of the loan" for i in range(30)] if short else family(30)
    texts += [" ".join([one, *SYLLABLES]) for one in ("how", "why", "when", "where")]
    labels = [((0, 9), (1, 9))[i % 2] for i in range(30)] + [(7,)] * 4
    assert grouped(texts, labels)[0] == grouped(texts, [(0,)] * 30 + [(7,)] * 4)[0] <= 5
    assert grouped(texts, labels)[1] == grouped(texts, labels)[0]


def test_a_label_that_all_documents_have_joins_no_messages_with_one_footer():
    rng = random.Random(0)
    footer = " ".join(rng.sample(SYLLABLES, 40)) + " and " + " ".join(rng.sample(SYLLABLES, 40))
    texts = [" ".join([*rng.sample(SYLLABLES, 8), footer]) for _ in range(60)]
    kinds = [i % 5 for i in range(60)]
    assert grouped(texts, [(kind,) for kind in kinds])[0] > 50
    assert grouped(texts, [(kind, 9) for kind in kinds])[0] > 50
    assert grouped(texts, [(0, 9)] * 30 + [(9,)] * 30) == grouped(texts, [(0,)] * 60) == (1, 1)


def test_a_document_counts_as_often_as_it_stands_in_the_class_that_has_it_most_often():
    classes = DocumentClasses.of(np.array([1, 0, 0, 0, 2]), np.array([5, 5, 5, 5, 6]))
    assert classes.is_document.tolist() == [False, True, True, True, True]
    assert len(set(classes.sets[:4].tolist())) == 1 != len(set(classes.sets.tolist()))


def test_phrases_of_a_mailing_with_two_labels_are_no_boilerplate():
    texts = [text for text in family(12) for _ in range(2)]
    classes = DocumentClasses.of_texts(texts, np.array([0, 1] * 12))
    phrases = LearnedPhrases.of(texts, classes)
    assert (len(phrases.common), len(phrases.sizes)) == (0, 12)
    assert phrases.near([family(13)[12]]).all()


def test_documents_of_no_known_class_are_in_no_other_class():
    texts = family(30)
    labels = [(0,)] * 20 + [(NO_CLASS,)] * 10
    assert grouped(texts, labels) == grouped(texts, [(NO_CLASS,)] * 30) == (1, 1)
    assert grouped(texts, [(0,)] * 20 + [(1,)] * 10) == (30, 30)
