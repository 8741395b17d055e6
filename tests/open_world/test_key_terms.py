"""The terms of a group of texts: topics, in whatever language, and no words that all texts have."""

from __future__ import annotations

from protolabel.open_world.key_terms import key_terms

INVITATIONS = [
    "Vous \u00eates invit\u00e9s \u00e0 la f\u00eate du village, le samedi, dans la salle des "
    "f\u00eates.",
    "Nous avons le plaisir de vous inviter \u00e0 la f\u00eate de notre \u00e9cole, le samedi, et "
    "pour le repas.",
    "Viens \u00e0 la f\u00eate de mon anniversaire, le samedi, avec les enfants et une chanson.",
]
LETTERS = ["The amount of the bill is due within a month.", "We apply for the job that you offer."]
WAR = ["The war in the north", "A hat for the war", "Die casting of the war hat"]


def test_function_words_of_other_languages_are_no_terms():
    """Before, five invitations were proposed as a class named 'heures le'."""
    (terms,) = key_terms([INVITATIONS], LETTERS)
    words = {word for term in terms for word in term.split()}
    assert words & {"f\u00eate", "samedi"}
    assert not words & {"le", "la", "de", "les", "vous", "\u00e0", "et", "une"}


def test_words_of_english_that_another_language_has_too_stay_terms():
    (terms,) = key_terms([WAR], LETTERS)
    words = {word for term in terms for word in term.split()}
    assert {"war", "hat"} <= words


def test_words_that_the_other_texts_have_too_are_no_terms():
    """Before, headers were the words of a group: each of its documents has them, as all others."""
    header = "organization: university, edu. just a question:"
    group = [f"{header} the patients of a doctor, disease {n}" for n in ("one", "two", "three")]
    others = [f"{header} the goalie and the team of game {n}" for n in ("four", "five", "six")]
    (terms,) = key_terms([group], others)
    words = {word for term in terms for word in term.split()}
    assert {"patients", "doctor", "disease"} <= words
    assert not words & {"organization", "university", "edu", "just", "question"}


def test_a_group_whose_words_are_those_of_the_others_has_its_most_frequent_ones():
    (terms,) = key_terms([["bill to pay"]], ["bill to pay", "pay the bill"])
    assert set(terms) & {"bill", "pay", "bill pay"}
