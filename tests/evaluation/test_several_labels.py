"""Evaluation where documents may have several labels: which rows are one document."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel import Example, LabelSpace
from protolabel.encoders.hashing import HashingEncoder
from protolabel.evaluation.of_label_space import evaluate_space_on

WORDS = {"bill": "pay bill money due", "job": "cv work study degree"}


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder="hashing", labels="several", background=False) as space:
        for label, words in WORDS.items():
            space.add([f"{words} {label}{i}" for i in range(8)], [label] * 8)
        space.add([f"{' '.join(WORDS.values())} n{i}" for i in range(8)], [list(WORDS)] * 8)
        yield space


def test_rows_of_equal_documents_are_one_document_with_all_their_labels(space):
    texts = ["Pay the bill with my CV for work, money is due", "a degree, and study"]
    labels = [list(WORDS), ["job"]]
    alike = [Example(name, t) for t, names in zip(texts, labels, strict=True) for name in names]
    expected = evaluate_space_on(space, alike)
    assert expected.examples == 2
    written_otherwise = [
        Example("bill", texts[0]),
        Example("job", f"  {texts[0].upper()}\n"),  # equal: case and white space are folded
        Example("job", texts[1]),
    ]
    evaluation = evaluate_space_on(space, written_otherwise)
    assert (evaluation.examples, evaluation.shares) == (2, expected.shares)


def test_a_vector_beside_a_text_makes_no_other_document(space):
    text = "study for work, and pay"
    (vector,) = HashingEncoder().encode([text])
    nearly = np.nextafter(vector, np.float32(2))
    examples = [Example("bill", text, embedding=vector), Example("job", text, embedding=nearly)]
    assert evaluate_space_on(space, examples).examples == 1
