"""A labelled past: what is read, how it is split, and what is refused before any training."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pictures import drawn

from protolabel import Example
from protolabel.errors import InputError
from protolabel.training import past_of, read_past
from protolabel.training.data.class_split import SplitPlan
from protolabel.training.data.class_split import split_classes as split_all
from protolabel.training.data.past import refuse_numbers


def examples(n_classes=6, each=4):
    names = [f"kindOf_{k}thing" for k in range(n_classes)]
    return [Example(name, f"text {i} of {name}") for name in names for i in range(each)]


def clear(caught) -> None:
    """Got, expected and remedy."""
    assert caught.value.got
    assert caught.value.expected
    assert caught.value.remedy


def test_a_past_is_numbers_names_and_words():
    past = past_of(examples(3, 2), {"kindOf_1thing": "the second"})
    assert past.kind == "text"
    assert past.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert past.names == ["kindOf_0thing", "kindOf_1thing", "kindOf_2thing"]
    assert past.descriptions == ["kind Of 0thing", "the second", "kind Of 2thing"]
    assert past.counts.tolist() == [2, 2, 2]
    codes = past_of(examples(3, 2), {"kindOf_1thing": "the second"}, names_mean=False)
    assert codes.described.tolist() == [False, True, False]
    pictured = past_of([Example(k, image=drawn(k, 0)) for k in ("bar", "ring")])
    assert pictured.kind == "image"


def test_a_past_is_read_from_lines_with_descriptions(tmp_path):
    lines = [json.dumps({"text": e.text, "label": e.label}) for e in examples(3, 2)]
    (tmp_path / "past.jsonl").write_text("\n".join(lines))
    (tmp_path / "words.json").write_text(json.dumps({"kindOf_0thing": "the first"}))
    past = read_past(tmp_path / "past.jsonl", descriptions=tmp_path / "words.json")
    same = past_of(examples(3, 2), {"kindOf_0thing": "the first"})
    assert past.documents == same.documents
    assert past.descriptions == same.descriptions
    assert past.digest == same.digest


def test_the_digest_is_all_of_a_past():
    base = past_of(examples(3, 2))
    others = [
        past_of(examples(3, 2), {"kindOf_0thing": "else"}),
        past_of(examples(3, 2)[::-1]),
        past_of(examples(3, 3)),
        past_of([*examples(3, 2)[:-1], Example("kindOf_2thing", "else")]),
    ]
    assert len({base.digest, *(p.digest for p in others)}) == 5


def test_small_classes_can_be_left_out():
    dataset = [*examples(3, 3), Example("rare", "once"), *examples(3, 4)[-1:]]
    dataset.insert(0, Example("few", "a"))
    left, gone = past_of(dataset).without_small(3)
    assert gone == ["few", "rare"]
    assert left.names == ["kindOf_0thing", "kindOf_1thing", "kindOf_2thing"]
    assert left.counts.tolist() == [3, 3, 4]
    assert all(left.names[k] in d for d, k in zip(left.documents, left.labels, strict=True))
    assert len(left.descriptions) == 3


REFUSED = {
    "no label": ('{"text": "a"}', "label"),
    "null for a label": ('{"text": "a", "label": null}', "'label' is null"),
    "no label in it": ('{"text": "a", "label": " "}', "label is empty"),
    "an empty text": ('{"text": " ", "label": "x"}', "'text' is blank"),
    "a number for a text": ('{"text": 3, "label": "x"}', "'text' is a number"),
    "no document": ('{"embedding": [1.0], "label": "x"}', "no text and no image"),
    "no JSON": ('{"text": ', "not JSON"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_lines_that_cannot_be_used_are_named(tmp_path, case):
    line, message = REFUSED[case]
    good = json.dumps({"text": "fine", "label": "x"})
    (tmp_path / "past.jsonl").write_text(f"{good}\n{line}\n")
    with pytest.raises(InputError, match=message) as caught:
        read_past(tmp_path / "past.jsonl")
    assert "past.jsonl:2" in caught.value.got
    clear(caught)


def test_texts_and_images_do_not_mix():
    dataset = [Example("a", "text"), Example("b", image=drawn("bar", 0), source="b.png")]
    for one in (dataset, dataset[::-1]):
        with pytest.raises(
            InputError, match="text among images, or an image among texts"
        ) as caught:
            past_of(one)
        clear(caught)


def test_what_is_empty_is_refused():
    with pytest.raises(InputError, match="no documents") as caught:
        past_of([])
    clear(caught)
    with pytest.raises(InputError, match="example 'e': no text and no image") as caught:
        past_of([Example("a", " ", id="e")])
    clear(caught)


def test_a_description_of_nothing_is_refused():
    with pytest.raises(
        InputError, match="a description of 'bill', which no document has"
    ) as caught:
        past_of(examples(), {"bill": "pay"})
    clear(caught)


def test_numbers_describe_nothing():
    codes = [Example(name, f"text {i}") for name in ("12", "3.5-1", "x9") for i in range(2)]
    with pytest.raises(InputError, match=r"numbers, such as '12', as descriptions") as caught:
        refuse_numbers(past_of(codes))
    clear(caught)
    refuse_numbers(past_of(codes, names_mean=False))
    refuse_numbers(past_of(codes, {"12": "a bill", "3.5-1": "a loss"}))
    with pytest.raises(InputError, match="such as '4 2'"):
        refuse_numbers(past_of(codes, {"12": "a bill", "3.5-1": "4 2"}))


# -- the split ------------------------------------------------------------------------------------


def past(n=10):
    return past_of(examples(n, 2))


def split_classes(one, *, seed=0, **plan):
    (split,) = split_all([one], SplitPlan(**plan), seed=seed)
    return split


def parts(split):
    return [set(p.tolist()) for p in (split.base, split.valid, split.novel)]


@pytest.mark.parametrize("seed", range(5))
def test_a_split_by_shares_is_of_all_classes_each_once(seed):
    split = split_classes(past(20), valid=0.2, novel=0.3, seed=seed)
    assert [len(p) for p in parts(split)] == [10, 4, 6]
    assert set.union(*parts(split)) == set(range(20))
    again = split_classes(past(20), valid=0.2, novel=0.3, seed=seed)
    assert parts(again) == parts(split)
    other = split_classes(past(20), valid=0.2, novel=0.3, seed=seed + 100)
    assert parts(other) != parts(split)


def test_a_share_is_two_classes_at_least():
    assert [len(p) for p in parts(split_classes(past(10), valid=0.01, novel=0.01))] == [6, 2, 2]
    assert [len(p) for p in parts(split_classes(past(10), valid=0.01))] == [8, 2, 0]


@pytest.mark.parametrize("seed", range(20))
def test_named_classes_are_no_part_of_a_share(seed):
    names = past().names
    split = split_classes(past(), valid=0.4, novel=names[3:6], seed=seed)
    assert parts(split)[2] == {3, 4, 5}
    assert len(split.valid) == 4
    assert not parts(split)[1] & {3, 4, 5}
    split = split_classes(past(), valid=[names[9], names[0], names[9]], novel=0.3, seed=seed)
    assert split.valid.tolist() == [0, 9]
    assert len(split.novel) == 3
    assert not parts(split)[2] & {0, 9}
    assert set.union(*parts(split)) == set(range(10))


BAD_SPLITS = {
    "too few": (3, {}, "3 classes, 1 of them to learn from and 2 to validate on"),
    "one class": (1, {}, "1 class, 0 of them"),
    "all in one part": (4, {"valid": [f"kindOf_{k}thing" for k in range(4)]}, "0 of them to learn"),
    "one to validate on": (6, {"valid": ["kindOf_1thing"]}, "1 to validate on"),
    "none to validate on": (6, {"valid": []}, "0 to validate on"),
    "in two parts": (
        6, {"valid": ["kindOf_1thing", "kindOf_2thing"], "novel": ["kindOf_2thing"]},
        "class 'kindOf_2thing' in two parts",
    ),
    "unknown": (6, {"novel": ["kindof"]}, "the novel class 'kindof'"),
    "unknown alone": (6, {"valid": "kindof"}, "the valid class 'kindof'"),
    "more than all": (6, {"valid": 1.5}, "valid is 1.5"),
    "less than none": (6, {"novel": -0.1}, "novel is -0.1"),
    "all of them": (6, {"novel": 0.9}, "to learn from"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_SPLITS)
def test_splits_that_cannot_be_are_refused(case):
    n, shares, message = BAD_SPLITS[case]
    with pytest.raises(InputError, match=message) as caught:
        split_classes(past(n), **shares)
    clear(caught)


def test_counts_are_of_each_class():
    past = past_of([*examples(2, 3), Example("one", "alone")])
    assert past.counts.tolist() == [3, 3, 1]
    assert past.labels.dtype == np.int64


def test_a_split_keeps_the_names_that_a_generator_gives():
    """Before, the check of the names had used them up, and no class was split off."""
    plan = SplitPlan(valid=(name for name in ["a", "b"]), novel=iter(["c", "d"]))
    assert (plan.valid, plan.novel) == (("a", "b"), ("c", "d"))
    assert SplitPlan(valid=["a", "b"]).valid == ("a", "b")
