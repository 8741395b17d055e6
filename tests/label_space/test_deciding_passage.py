"""The passage that decided an answer: which, on which page, and by which words."""

from __future__ import annotations

import numpy as np
import pytest
from encoder_folders import write_folder
from passage_words import PassageWords

from protolabel import Document, LabelSpace, load_encoder
from protolabel.cli.render import answer_text


def answer_of(text, *, weighs=True, by_pages=False, **classes):
    encoder = PassageWords(weighs=weighs, by_pages=by_pages)
    with LabelSpace.create(encoder=encoder, names_mean=False, background=False) as space:
        for name, words in classes.items():
            space.describe(name, words)
        return space.label(Document("d", text))


def test_the_passage_that_decided_is_the_one_without_which_the_lead_falls_most():
    """Not the one that scores highest: a short line of the right word changes little."""
    text = "pay\n" + "pay pay pay pay pay pay pay work\n" + "cv cv cv cv cv\n"
    passage = answer_of(text, money="pay", jobs="cv").evidence.passage
    assert text[passage.start : passage.end].startswith("pay pay")
    unweighed = answer_of(text, weighs=False, money="pay", jobs="cv").evidence.passage
    assert (unweighed.start, unweighed.end, unweighed.influence) == (0, 4, None)


def test_the_influence_is_what_labelling_without_the_passage_says():
    text = "pay pay work\nsign sign\ncv cv bill\n"
    answer = answer_of(text, money="pay", jobs="cv work")
    passage = answer.evidence.passage
    falls = []
    for line in text.splitlines(keepends=True):
        rest = answer_of(text.replace(line, ""), money="pay", jobs="cv work")
        scores = {one.label: one.score for one in rest.alternatives}
        best, second = (one.label for one in answer.alternatives)
        falls.append(answer.margin - (scores[best] - scores[second]))
    assert passage.influence == pytest.approx(max(falls), abs=1e-4)
    assert passage.start == text.index(text.splitlines()[int(np.argmax(falls))])


def test_the_page_is_that_of_the_marked_words():
    text = "sign box\nship work ship\f" + "box " * 10 + "pay bill bill pay\n" + "sign sign sign\n"
    passage = answer_of(text, money="pay bill", boxes="sign work").evidence.passage
    assert passage.page == 2
    assert answer_of("pay\nbill cv\n", a="pay", b="cv").evidence.passage.page is None


def test_words_are_marked_where_they_stand():
    text = "sign box ship work " * 2 + "pay bill bill pay bill pay pay bill sign\nsign sign\n"
    answer = answer_of(text, money="pay bill", rest="secret cv")
    (words,) = answer.evidence.passage.words
    assert text[words.start : words.end] == words.text == "pay bill bill pay bill pay pay bill"
    assert "**pay bill bill pay bill pay pay bill**" in " ".join(answer_text(answer).split())
    record = {"start": words.start, "end": words.end, "text": words.text}
    assert list(answer.to_dict()["evidence"]["passage"]["words"]) == [record]


def test_marked_words_far_into_a_passage_stand_in_the_excerpt():
    text = "sign box ship work " * 30 + "pay bill bill pay\n" + "sign sign\n"
    passage = answer_of(text, money="pay bill", rest="secret cv").evidence.passage
    assert passage.words[0].text in passage.text


def test_marked_words_near_the_beginning_leave_the_excerpt_where_the_passage_begins():
    text = "sign box ship work " * 4 + "pay bill bill pay pay bill bill pay\n" + "sign sign\n"
    passage = answer_of(text, money="pay bill", rest="secret cv").evidence.passage
    assert passage.words[0].start == 76  # farther than a third of an excerpt
    assert passage.text == text.splitlines()[0]


def test_words_are_marked_that_speak_nearly_as_much_for_the_class_as_the_best_ones():
    """Cosines with "pay bill": 1 for both equally often, 0.89 for three to one, 0.71 for one."""
    third, best, second = "pay " * 8, "pay bill " * 4, "pay pay pay bill " * 2
    text = f"{third}{best}{second}sign\nsign sign\n"
    passage = answer_of(text, money="pay bill", rest="secret cv").evidence.passage
    assert [one.text for one in passage.words] == [best.strip(), second.strip()]


def test_lines_of_three_words_are_marked_two_together():
    page = "sign sign sign\nbox box box\npay bill pay\nbill pay bill\nship ship ship\n"
    answer = answer_of(f"{page}\fsign", by_pages=True, money="pay bill", rest="secret cv")
    (words,) = answer.evidence.passage.words
    assert words.text == "pay bill pay bill pay bill"


def test_one_class_and_short_documents_have_their_evidence_too():
    assert answer_of("pay\nbill\n", money="pay").evidence.passage.influence > 0
    assert answer_of("pay bill", money="pay", jobs="cv").evidence.passage is None


def test_a_real_encoder_names_the_passage_and_its_words(tmp_path):
    encoder = load_encoder(write_folder(tmp_path / "encoder", window=36), precision="f32")
    text = ("box ship work sign " * 20) + "pay bill pay bill " * 5
    with LabelSpace.create(encoder=encoder, names_mean=False, background=False) as space:
        space.describe({"money": "pay bill", "boxes": "box"})
        passage = space.label(text).evidence.passage
    assert passage.influence is not None
    assert all(passage.start <= words.start < words.end <= passage.end for words in passage.words)
