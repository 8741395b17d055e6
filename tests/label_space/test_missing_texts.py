"""Missing texts among many: the remedy works to the letter, and one stops no other."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from protolabel import Answer, Document, LabelSpace
from protolabel.errors import InputError

TEXTS = ["pay the bill", None, "my skills", ""]


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    path = tmp_path_factory.mktemp("missing") / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as one:
        one.add(["pay the bill", "my skills and work"], ["bill", "cv"])
        yield one


@pytest.mark.parametrize("name", ["pandas", "polars"])
@pytest.mark.parametrize("identity", [None, "n"])
def test_the_remedy_for_a_missing_text_names_the_column_and_covers_empty_ones(
    space, name, identity
):
    package = pytest.importorskip(name)
    table = package.DataFrame({"my t": TEXTS, "n": [1, 2, 3, 4]})
    with pytest.raises(InputError) as refused:
        list(space.label_many(table, text="my t", id=identity))
    code = re.fullmatch(r"leave empty rows out: (table.*)", refused.value.remedy)
    rest = eval(code[1], {"table": table})
    answers = list(space.label_many(rest, text="my t", id=identity))
    assert [one.label for one in answers] == ["bill", "cv"]


@pytest.mark.parametrize("missing", [None, math.nan, 7, b"pay"])
def test_each_document_has_its_answer_or_its_error_in_its_place(space, missing):
    places = [0, 2, 3, 6]
    mixed = ["pay the bill" if i not in places else missing for i in range(7)]
    outcomes = list(space.label_each(mixed))
    assert [i for i, one in enumerate(outcomes) if isinstance(one, InputError)] == places
    assert [one.id for one in outcomes if isinstance(one, Answer)] == ["1", "4", "5"]
    assert all(f"{i}" in str(outcomes[i]) for i in places)


def test_only_errors_are_yielded_too(space):
    outcomes = list(space.label_each([None, Document("a", source="b"), None]))
    assert [isinstance(one, InputError) for one in outcomes] == [True] * 3
    rows = pd.DataFrame({"text": ["pay", None, "work"], "id": ["a", "b", None]})
    outcomes = list(space.label_each(rows))
    assert [isinstance(one, InputError) for one in outcomes] == [False, True, True]


def test_answers_before_a_missing_text_come_first(space):
    stream = space.label_many(["pay the bill", None])
    assert next(stream).label == "bill"
    with pytest.raises(InputError, match="document 1"):
        next(stream)
