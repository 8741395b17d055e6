"""Class names: one form at every door, and the name that no class may have."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protolabel.errors import ClassError, InputError
from protolabel.names import clean_name, refuse_reserved, words_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("  card  arrival ", "card arrival"),
        ("card\u00a0arrival", "card arrival"),
        ("pa\u200byment", "payment"),  # a web page lets a long word break there
        ("cafe\u0301", "caf\u00e9"),
        ("in\u00advoice", "invoice"),
        ("\ufeffinvoice", "invoice"),
        ("\u202einvoice\u202c", "invoice"),
        ("in\u200evoice\u200f", "invoice"),
        ("in\u2060voice", "invoice"),
        ("in\u200cvoice", "invoice"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,  # a joiner that Persian needs
        ("\u2764\ufe0f", "\u2764"),
        ("\U0001f468\u200d\U0001f469",) * 2,  # a joiner that emoji need
        ("\u0915\u094d\u200d\u0937",) * 2,  # one that Devanagari needs
        ("bi\ufe0fll", "bill"),
        ("bi\u180fll", "bill"),
        ("bi\U0001d173ll", "bill"),
        ("bi\U0001bca0ll", "bill"),
        ("bi\ufff0ll", "bill"),
        ("a-\u200db", "a-b"),
        ("a_\u200cb", "a_b"),
        ("a (\u200db)", "a (b)"),
        ("\u0645\u06cc\u200c", "\u0645\u06cc"),
        ("\u4e2d\u200c\u6587", "\u4e2d\u6587"),
        ("a\u3164b", "a b"),
        ("a\uffa0b", "a b"),
        ("e\u034f\u0301", "\u00e9"),
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


PREPENDED = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
DRAWS_NOTHING = st.characters(categories=["Cf"], exclude_characters=PREPENDED).filter(
    lambda c: not "\U00013430" <= c <= "\U0001343f"
) | st.sampled_from("\ufe00\ufe0f\u180b\u180f\u2065\ufff0\ufff8\U000e0100\U000e01ef\u115f\u17b4")


@given(st.lists(DRAWS_NOTHING, max_size=8), st.integers(0, 6))
def test_a_name_is_the_same_without_what_draws_nothing(characters, place):
    name = "bill-2"
    for character in characters:
        name = name[:place] + character + name[place:]
    assert clean_name(name) == "bill-2"


@given(st.text(max_size=30))
def test_a_clean_name_stays_as_it_is(text):
    try:
        clean = clean_name(text)
    except InputError:
        assume(False)
    assert clean_name(clean) == clean
    assert clean_name(f" {clean}  ") == clean
    assert words_of(clean)


@pytest.mark.parametrize(
    ("name", "words"),
    [("cardArrival_fee", "card Arrival fee"), ("HTTPError", "HTTP Error"), ("CVs", "CVs"),
     ("openFAQs", "open FAQs"), ("IDScan", "ID Scan"), ("MySpace", "My Space")],
)  # fmt: skip
def test_a_name_is_parted_into_words_but_not_within_a_plural(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize("name", ["none of these", "None of These", "none_of_these", "NoneOfThese"])
def test_no_class_is_named_like_the_decline(name):
    with pytest.raises(ClassError, match="none of these"):
        refuse_reserved(name)
