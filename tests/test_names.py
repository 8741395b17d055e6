"""Class names: one form at every door, near twins, and the name that no class may have."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protolabel.errors import ClassError, InputError
from protolabel.names import clean_name, near_names, refuse_reserved, words_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("  card  arrival ", "card arrival"),
        ("card\u00a0arrival", "card arrival"),
        ("card\u200barrival", "card arrival"),
        ("cafe\u0301", "caf\u00e9"),
        ("in\u00advoice", "invoice"),
        ("\ufeffinvoice", "invoice"),
        ("\u202einvoice\u202c", "invoice"),
        ("in\u200evoice\u200f", "invoice"),
        ("in\u2060voice", "invoice"),
        ("in\u200cvoice", "invoice"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,  # a joiner that Persian needs
        ("\u2764\ufe0f",) * 2,
    ],
)
def test_names_that_look_the_same_are_the_same(name, clean):
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\u200b", "\u00ad\u200e", "\u2800", "a\nb", "a\x1b[0m", "\ud800", "x" * 201, b"bill",
     None, 3, 1.5, True, ["bill"]],
)  # fmt: skip
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InputError, match="label"):
        clean_name(name, "file:3")


@given(st.text(max_size=30))
def test_a_clean_name_stays_as_it_is(text):
    try:
        clean = clean_name(text)
    except InputError:
        assume(False)
    assert clean_name(clean) == clean
    assert clean_name(f" {clean}  ") == clean
    assert words_of(clean)


@pytest.mark.parametrize("name", ["none of these", "None of These", "none_of_these", "NoneOfThese"])
def test_no_class_is_named_like_the_decline(name):
    with pytest.raises(ClassError, match="none of these"):
        refuse_reserved(name)


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
        ("top up failed", "top up reverted"),
        ("invoice", "invoice"),
        ("bill", "ball game"),
    ],
)
def test_names_that_differ_on_purpose_are_no_twins(new, existing):
    assert near_names([new], [existing]) == {}


@given(st.lists(st.text("abcd 12_", min_size=1, max_size=8), max_size=8))
def test_near_names_agree_with_comparing_every_pair(names):
    new, existing = names[:4], names[4:]
    alone = {a: [b for b in dict.fromkeys([*existing, *new]) if near_names([a], [b])] for a in new}
    assert near_names(new, existing) == {a: bs for a, bs in alone.items() if bs}
