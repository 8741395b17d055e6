"""Which documents an encoder has learned from: written, read, checked."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protolabel.copies.equality import document_digests, folded, text_digest
from protolabel.copies.learned_documents import LearnedDocuments, short_digests
from protolabel.copies.learned_phrases import LearnedPhrases
from protolabel.copies.sketches import template_of
from protolabel.encoders.folder import DOCUMENTS_FILE, TRAINING_FILE
from protolabel.encoders.provenance import (
    learned_classes,
    learned_from,
    provenance_of,
    write_learned_from,
)
from protolabel.errors import EncoderError


def write(folder, texts):
    digests = np.unique(short_digests(map(text_digest, texts)))
    entry = write_learned_from(folder, LearnedDocuments(digests, LearnedPhrases.none()))
    (folder / TRAINING_FILE).write_text(json.dumps({"learned_from": entry}))


@example(["A"], ["A\x1b"])
@example(["rate 0"], ["Rate: 3.5 %"])
@given(st.lists(st.text()), st.lists(st.text()))
def test_documents_are_learned_from_if_an_equal_one_was(tmp_path_factory, texts, others):
    folder = tmp_path_factory.mktemp("encoder")
    write(folder, texts)
    documents = learned_from(folder)
    assert documents.digests.tolist() == sorted({int(text_digest(text)[:16], 16) for text in texts})
    asked = [*texts, *others, *(f"  {text.upper()}\n" for text in texts)]
    matches = documents.include(map(document_digests, asked), asked)
    assert matches.dtype == np.bool_
    equal, alike = set(map(text_digest, texts)), set(map(folded, texts))
    for text, match in zip(asked, matches, strict=True):
        assert match or text_digest(text) not in equal
        assert not match or {folded(text), template_of(text)[0]} & alike  # its words count, too


def test_any_digest_of_a_document_counts():
    learned = LearnedDocuments(short_digests([text_digest("a")]), LearnedPhrases.none())
    documents = [(text_digest("b"), text_digest("a")), (text_digest("b"),), ()]
    nothing = [None] * 3
    assert learned.include(documents, nothing).tolist() == [True, False, False]
    assert LearnedDocuments.none().include(documents, nothing).tolist() == [False, False, False]


def test_a_folder_that_says_nothing_is_not_an_error(tmp_path):
    assert learned_from(tmp_path) is None
    assert learned_from("hashing") is None
    (tmp_path / TRAINING_FILE).write_text('{"learned_from": 3}')
    assert learned_from(tmp_path) is None


def cut(path):
    path.write_bytes(path.read_bytes()[:-3])


def change(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, change, lambda path: path.unlink()])
def test_damaged_digests_are_one_clear_error(tmp_path, damage):
    write(tmp_path, ["a", "b"])
    damage(tmp_path / DOCUMENTS_FILE)
    with pytest.raises(EncoderError, match=DOCUMENTS_FILE) as caught:
        learned_from(tmp_path)
    assert caught.value.expected
    assert caught.value.remedy


@pytest.mark.parametrize(
    "damage", [cut, lambda path: path.write_text("{}"), lambda path: path.unlink()]
)
def test_a_damaged_record_of_training_is_not_that_of_an_encoder_which_has_learned_nothing(
    tmp_path, damage
):
    write(tmp_path, ["a", "b"])
    damage(tmp_path / TRAINING_FILE)
    for question in (learned_from, learned_classes):
        with pytest.raises(EncoderError, match=rf"{TRAINING_FILE}.*expected.*to fix it"):
            question(tmp_path)
    assert provenance_of(tmp_path).damaged


def test_a_damaged_file_of_another_tool_says_nothing(tmp_path):
    (tmp_path / TRAINING_FILE).write_text('{"classes"')
    assert learned_from(tmp_path) is None
    assert learned_classes(tmp_path) == set()
