"""A row of examples that says nothing of a class is reported; none is dropped without a word."""

from __future__ import annotations

import json

import pytest

from protolabel.errors import InputError
from protolabel.readers import read_examples

GOOD = {"text": "please pay", "label": "invoice"}
NOTHING = ([], "", "  ", None)


def write_lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("negative", NOTHING)
@pytest.mark.parametrize(
    "options", [{}, {"several_labels": True}, {"several_labels": True, "label_separator": "|"}]
)
def test_a_row_with_an_empty_not_label_and_no_label_is_named_by_its_line(
    tmp_path, negative, options
):
    """Whatever stands for no class: an exporter writes it in every row."""
    row = {"text": "my work", "label": None, "not_label": negative}
    path = write_lines(tmp_path / "a.jsonl", GOOD | {"not_label": negative}, row)
    with pytest.raises(InputError, match=r"a\.jsonl:2: .*label"):
        list(read_examples(path, negatives=True, **options))
    unreadable = []
    examples = list(read_examples(path, negatives=True, on_unreadable=unreadable.append, **options))
    assert [(one.label, one.negative) for one in examples] == [("invoice", False)]
    assert len(unreadable) == 1


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_not_label_of_separators_alone_is_no_class(tmp_path, name):
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("text,label,not_label\nplease pay,invoice,|\nmy work,,|\n")
        line = 3
    else:
        write_lines(path, GOOD | {"not_label": "|"}, {"text": "my work", "not_label": "|"})
        line = 2
    with pytest.raises(InputError, match=rf"{name}:{line}: .*label"):
        list(read_examples(path, negatives=True, several_labels=True, label_separator="|"))


@pytest.mark.parametrize("negative", NOTHING)
def test_an_empty_not_label_leaves_the_label_as_it_is(tmp_path, negative):
    path = write_lines(tmp_path / "a.jsonl", {"text": "my work", "not_label": negative})
    (example,) = read_examples(path, label="cv", negatives=True)
    assert (example.label, example.negative) == ("cv", False)
