"""Near names: twins by a slip are found, however many names there are; the rest is let alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.label_space.stored_items.near_names import (
    NameIndex,
    digits_of,
    look_of,
    name_keys,
    near_names,
)

NAMES = st.text("abcd 12_", min_size=1, max_size=8)


def test_nearness_is_not_looked_for_where_nothing_is_new():
    def names():
        raise AssertionError("read")
        yield ""

    assert near_names([], names()) == {}


@given(st.lists(st.text("abiens1 ", min_size=1, max_size=7), max_size=6))
def test_near_names_agree_with_editing_every_letter(names):
    """Whether two names share a key, against all ways of leaving out one letter."""

    def spellings(name):
        letters = look_of(name).replace(" ", "")
        shorter = {letters[:i] + letters[i + 1 :] for i in range(len(letters))}
        return {letters} | shorter | set(in_singular(look_of(name).split()))

    def in_singular(words):
        for i, word in enumerate(words):
            for end, fewest in (("es", 4), ("ies", 4), ("en", 6)):
                singular = "y" if end == "ies" else ""
                if word.endswith(end) and len(word) >= fewest:
                    yield "".join([*words[:i], word.removesuffix(end) + singular, *words[i + 1 :]])

    for one in names:
        for other in names:
            hashes, hashes_of_other = (set(name_keys([n])[0].tolist()) for n in (one, other))
            sharing = spellings(one) & spellings(other) and digits_of(one) == digits_of(other)
            assert bool(hashes & hashes_of_other) == bool(sharing)


@pytest.mark.parametrize(
    ("new", "existing"),
    [
        ("Invoice", "invoice"),
        ("invoices", "invoice"),
        ("invioce", "invoice"),
        ("invoce", "invoice"),
        ("card_arrival", "card arrival"),
        ("cardArrival", "card arrival"),
        ("creditcard", "credit card"),
        ("inv\u043eice", "invoice"),  # a Cyrillic o
        ("cafe", "caf\u00e9"),
        ("lost card arival", "lost card arrival"),
        ("Bugs", "Bug"),
        ("CVs", "CV"),
        ("taxes", "Tax"),
        ("replies", "reply"),
        ("gift boxes", "gift box"),
        ("Mahnung", "Mahnungen"),
        ("offene Rechnungen", "offene Rechnung"),
    ],
)
def test_near_twins(new, existing):
    assert near_names([new], ["something else", existing]) == {new: [existing]}
    assert near_names([new, existing], []) == {new: [existing], existing: [new]}


@pytest.mark.parametrize(
    ("new", "existing"),
    [
        ("form 1", "form 2"),
        ("form 10", "form 1"),
        ("type a", "type b"),
        ("cat", "cut"),
        ("type as", "type a"),
        ("new tax", "taxes"),
        ("open", "op"),
        ("top up failed", "top up reverted"),
        ("invoice", "invoice"),
        ("bill", "ball game"),
    ],
)
def test_names_that_differ_on_purpose_are_no_twins(new, existing):
    assert near_names([new], [existing]) == {}


@pytest.mark.parametrize(("new", "existing"), [
    ("lost_or_stolen_crd", "lost_or_stolen_card"), ("exchange_rat", "exchange_rate"),
    ("change pni", "change pin"), ("fee refund", "free refund"),
])  # fmt: skip
def test_a_short_word_beside_others_may_have_a_slip(new, existing):
    """Before, only words of four letters or more could."""
    assert near_names([new], [existing]) == {new: [existing]}
    assert near_names([existing], [new]) == {existing: [new]}


@pytest.mark.parametrize(("new", "existing"), [
    ("car", "card"), ("sent by fax", "sent by tax"), ("change pan", "change pin"),
    ("log in", "log inn"), ("top up", "top pu"),
])  # fmt: skip
def test_short_words_that_may_be_others_are_no_slips(new, existing):
    assert near_names([new], [existing]) == {}


@given(st.lists(st.text("abcd 12_", min_size=1, max_size=8), max_size=8))
def test_near_names_agree_with_comparing_every_pair(names):
    new, existing = names[:4], names[4:]
    alone = {a: [b for b in dict.fromkeys([*existing, *new]) if near_names([a], [b])] for a in new}
    assert near_names(new, existing) == {a: bs for a, bs in alone.items() if bs}


@given(st.lists(st.lists(st.text("abcd 12_", min_size=1, max_size=8), max_size=4), max_size=6))
def test_an_index_that_grew_is_one_that_was_made_at_once(batches):
    index, names = NameIndex(), []
    for batch in batches:
        assert dict(index.near(batch)) == near_names(batch, names)
        index.add(batch)
        names += batch


def test_names_that_are_out_of_use_are_not_near():
    index = NameIndex(["invoice", "invoices"])
    assert list(index.near(["invioce"], lambda name: name != "invoice")) == []
    assert list(index.near(["Invoice"], lambda name: name != "invoice")) == [
        ("Invoice", ["invoices"])
    ]


@given(
    first=st.lists(NAMES, max_size=8), later=st.lists(NAMES, max_size=8),
    new=st.lists(NAMES, max_size=4),
)  # fmt: skip
def test_an_index_from_stored_arrays_answers_as_one_from_names(first, later, new):
    keys, places, names = NameIndex(first).arrays()
    stored = NameIndex(stored=(keys, places, list(names)))
    stored.add(later)
    whole = NameIndex([*first, *later])
    assert len(stored) == len(whole)
    assert list(stored.near(new)) == list(whole.near(new))
