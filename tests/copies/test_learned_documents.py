"""Near copies of what an encoder has learned from, where the learned texts are not there."""

from __future__ import annotations

import random

import numpy as np
import pytest
from learned import learned_texts, note_learned

from protolabel.copies.equality import document_digests
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.encoders.provenance import learned_from, provenance_of

WORDS = ["".join(random.Random(n).choices("abcdefghijklm", k=7)) for n in range(2000)]
FOOTER = " ".join(WORDS[:60])


def letter(number: int, words: int = 40) -> str:
    return " ".join(random.Random(number).sample(WORDS[100:], words))


def including(documents: LearnedDocuments, texts: list[str]) -> list[bool]:
    return documents.include(map(document_digests, texts), texts).tolist()


LEARNED = [letter(number) for number in range(60)]


@pytest.mark.parametrize(
    "copy",
    [
        lambda text: text.upper() + "!",
        lambda text: f"{text} no 17 of 2024",
        lambda text: " ".join(["henrietta", "smith", *text.split()[2:]]),
        lambda text: f"{text} with many regards from your friend in the north",
        lambda text: f"you wrote {text} and {letter(1000, 60)}",
        lambda text: " ".join(text.split()[:-2]),
    ],
    ids=["shouted", "numbered", "renamed", "signed", "quoted", "cut"],
)
def test_near_copies_of_learned_texts_are_learned(copy):
    copies = [copy(text) for text in LEARNED]
    assert np.mean(including(learned_texts(LEARNED), copies)) >= 0.95
    assert not any(including(LearnedDocuments.none(), copies))


def test_other_texts_of_the_same_words_are_new():
    learned = learned_texts(LEARNED)
    assert not any(including(learned, [letter(number) for number in range(100, 300)]))
    halves = [
        f"{' '.join(text.split()[:15])} {letter(n + 500, 25)}" for n, text in enumerate(LEARNED)
    ]
    assert np.mean(including(learned, halves)) < 0.05
    shuffled = [" ".join(random.Random(1).sample(text.split(), 40)) for text in LEARNED]
    assert not any(including(learned, shuffled))


def test_a_short_text_is_known_by_its_words_in_order_alone():
    learned = learned_texts(["invoice 17", "pay the rent"])
    texts = ["Invoice 2024", "pay the rent!", "rent the pay", "pay the loan", "", "17"]
    assert including(learned, texts) == [True, True, False, False, False, False]


def test_a_text_of_ten_words_is_known_with_words_put_around_it_alone():
    short = [letter(number, 10) for number in range(60)]
    learned = learned_texts(short)
    assert all(including(learned, [f"{text} no 17 of 2024" for text in short]))
    assert all(including(learned, [f"dear sir {text} kind regards" for text in short]))
    others = [" ".join([*text.split()[:5], "other", *text.split()[6:]]) for text in short]
    assert not any(including(learned, others))
    assert not any(including(learned, [letter(number, 10) for number in range(100, 300)]))


def test_a_footer_under_all_messages_makes_none_of_them_learned():
    learned = learned_texts([f"{text} {FOOTER}" for text in LEARNED], [n % 3 for n in range(60)])
    others = [f"{letter(number)} {FOOTER}" for number in range(100, 160)]
    assert not any(including(learned, others))
    copies = [f"{text} no 3 {FOOTER}" for text in LEARNED]
    assert np.mean(including(learned, copies)) >= 0.95


def test_what_two_encoders_learned_is_learned_by_one_that_began_with_the_other():
    both = learned_texts(LEARNED[:30]).joined(learned_texts(LEARNED[30:]))
    signed = [f"{text} with regards" for text in LEARNED]
    assert np.mean(including(both, signed)) >= 0.95
    assert learned_texts(LEARNED).joined(None).digests.size


def test_a_folder_keeps_what_near_copies_are_known_by_and_no_text(tmp_path):
    folder = note_learned(tmp_path / "encoder", LEARNED)
    signed = [f"{text} with regards" for text in LEARNED]
    assert all(including(learned_from(folder), signed))
    kept = learned_from(folder).phrases
    assert len(kept.hashes) <= 0.6 * 37 * len(LEARNED)  # of the phrases, a half
    stored = (folder / "learned_from.safetensors").read_bytes()
    assert not any(word.encode() in stored for word in WORDS)
    assert provenance_of(folder).key != provenance_of(note_learned(tmp_path / "b", ["a"])).key
