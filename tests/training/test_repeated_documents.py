"""A document counts once in its class and stands in one part; a class is in one part everywhere."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from hypothesis import given
from hypothesis import strategies as st
from spelt_numbers import spelt
from training_tools import train_flat

from protolabel import Example
from protolabel.copies.equality import document_digests
from protolabel.encoders.provenance import learned_from
from protolabel.errors import InputError
from protolabel.training import Network, Recipe, Scenario, SplitPlan, past_of
from protolabel.training.data.class_split import split_classes
from protolabel.training.data.reading import without_labelled
from protolabel.training.data.repeated_documents import without_asked, without_repeats
from protolabel.training.plan import planned

QUICK = Recipe(episodes=2, validate_every=2, n_validation=2, learning_rate=0.01, warmup=0.0)
SCENARIO = Scenario(2, 1, 1)


def plain(text: str) -> str:
    """The rule in other words: case and white space do not count."""
    return " ".join(text.lower().split())


def past_with(*names: str, each: int = 4, extra: tuple[Example, ...] = ()):
    return past_of([*(Example(n, f"{n} {spelt(i)}") for n in names for i in range(each)), *extra])


texts = st.text("ab ", min_size=1).filter(str.strip)
examples = st.lists(st.tuples(st.sampled_from("vwxyz"), texts), max_size=30)


@given(st.lists(examples, min_size=1, max_size=2))
def test_no_document_is_twice_in_a_class_or_in_two_parts(drawn):
    pasts = [
        past_with("v", "w", "x", "y", "z", extra=tuple(Example(k, t) for k, t in one))
        for one in drawn
    ]
    splits = split_classes(pasts, SplitPlan(["v", "w"], ["x"]))
    kept, _ = without_repeats(pasts, splits)
    where: dict[str, set[str]] = {}
    for past, split in zip(kept, splits, strict=True):
        pairs = [(plain(d), k) for d, k in zip(past.documents, past.labels.tolist(), strict=True)]
        assert len(set(pairs)) == len(pairs)
        for text, k in pairs:
            part = next(p for p in ("base", "valid", "novel") if k in getattr(split, p))
            where.setdefault(text, set()).add(part)
    assert all(len(parts) == 1 for parts in where.values())
    before = {plain(d) for past in pasts for d in past.documents}
    assert set(where) == before  # none is lost


def test_people_are_told_of_repeats_two_classes_and_two_parts():
    past = past_with(
        "a", "b", "c", "d", "e",
        extra=(Example("a", " A  a"), Example("b", "A a"), Example("c", "e a")),
    )  # fmt: skip
    splits = split_classes([past], SplitPlan(["d", "e"]))
    kept, notes = without_repeats([past], splits)
    assert len(kept[0].documents) == 21  # one repeat, one that is validated on
    assert notes == (
        "1 document repeats another of the same class: left out",
        "2 documents stand under two classes, the first under 'a' and 'b'",
        "1 document stands in two parts of the split: left out of the part that is learned from",
    )


@given(st.integers(0, 1000), st.permutations(list("abcdefghij")), st.integers(3, 10))
def test_a_class_is_in_the_same_part_of_every_past(seed, order, n):
    first = past_with(*"abcdefghij", each=1)
    second = past_with(*(name.upper() for name in order[:n]), each=1)
    try:
        splits = split_classes([first, second], SplitPlan(0.3, 0.2), seed=seed)
    except InputError:
        return  # the second has fewer than two classes that are learned from
    parts: dict[str, set[str]] = {}
    for past, split in zip((first, second), splits, strict=True):
        for part in ("base", "valid", "novel"):
            for k in getattr(split, part):
                parts.setdefault(past.names[k].lower(), set()).add(part)
    assert all(len(one) == 1 for one in parts.values())


def test_unlabelled_documents_are_held_against_the_past_by_their_folded_text():
    past = past_with("a", "b")
    stream = ["new", "A  a", "other", "New ", "b d"]
    assert without_labelled(stream, [past]) == ["new", "other"]  # in the order of the first ones


def test_an_encoder_says_which_documents_it_has_learned_from(tmp_path):
    past = past_of(
        Example(f"about {word}", f"{word} {other}") for word in WORDS[:8] for other in WORDS[:4]
    )
    base = write_folder(tmp_path / "base")
    options = {"kind": "map", "recipe": QUICK, "scenario": SCENARIO}
    trained = train_flat(past, tmp_path / "a", encoder=base, novel=0.3, **options)
    learned = learned_from(tmp_path / "a")
    novel = {past.names.index(name) for name in trained.novel}
    matches = learned.include(map(document_digests, past.documents), past.documents)
    assert matches.tolist() == [k not in novel for k in past.labels.tolist()]
    assert learned_from(base) is None

    other = past_of(
        Example(f"of {word}", f"{other} {word} .") for word in WORDS[:8] for other in WORDS[:4]
    )
    train_flat(other, tmp_path / "b", encoder=tmp_path / "a", **options)
    both = learned_from(tmp_path / "b")
    assert np.isin(
        learned.digests, both.digests
    ).all()  # what the encoder it began with had learned from too
    assert len(both.digests) > len(learned.digests)
    facts = json.loads((tmp_path / "b" / "training.json").read_text())
    assert facts["learned_from"]["documents"] == len(both.digests)


def test_a_damaged_image_among_many_is_named(tmp_path):
    from pictures import drawn

    examples_ = [
        Example(name, image=drawn(name, i), source=f"{name}/{i}.png")
        for name in ("bar", "ring", "dash", "cross") for i in range(20)
    ]  # fmt: skip
    examples_[41] = Example("dash", image=(examples_[41].image or b"")[:60], source="dash/1.png")
    settings = {"recipe": QUICK, "scenario": SCENARIO, "valid": ["bar", "dash"]}
    with pytest.raises(InputError, match=r"dash/1\.png: .*cannot be decoded.*expected.*to fix it"):
        train_flat(past_of(examples_), tmp_path / "out", **settings)
    assert not list(tmp_path.iterdir())


LETTER = (
    "the invoice of last month is still open although the term ended two weeks ago so please "
    "transfer the amount at once or say what stands in the way of {}"
)


OFFER = (
    "we are glad to offer you the place in our team that we spoke of last week and would like to "
    "see you begin in spring so please sign below and send it to {}"
)


def test_near_copies_stand_in_one_part_and_are_asked_once():
    past = past_with(
        "a", "b", "c", "d", "e",
        extra=(
            Example("a", LETTER.format("Ann")), Example("d", LETTER.format("Ben")),
            Example("d", LETTER.format("Cleo")), Example("b", "short as Ann"),
        ),
    )  # fmt: skip
    splits = split_classes([past], SplitPlan(["d", "e"]))
    kept, notes = without_repeats([past], splits)
    letters = [d for d in kept[0].documents if "invoice" in d]
    assert letters == [LETTER.format("Ben")]
    assert notes == (
        "2 documents are near copies of another that is validated or reported on: left out",
    )


def test_near_copies_in_one_class_are_all_learned_from():
    letters = tuple(Example("a", LETTER.format(name)) for name in ("Ann", "Ben", "Cleo"))
    past = past_with("a", "b", "c", "d", "e", extra=letters)
    kept, notes = without_repeats([past], split_classes([past], SplitPlan(["d", "e"])))
    assert len(kept[0].documents) == 23
    assert notes == ()


def test_a_stream_has_no_near_copy_of_what_is_asked():
    past = past_with(
        "a", "b", "c", "d", "e", "f",
        extra=(
            Example("a", LETTER.format("Ann")), Example("e", OFFER.format("Ann")),
            Example("e", "how do I block a card that was swallowed abroad?"),
        ),
    )  # fmt: skip
    splits = split_classes([past], SplitPlan(["c", "d"], ["e"]))
    stream = ["new one", OFFER.format("Ben"), LETTER.format("Cleo"), OFFER.format("Cleo") + " P.S."]
    stream.append("Hello, how do I block a card that was swallowed abroad 17!")
    assert without_asked(stream, [past], splits) == ["new one", LETTER.format("Cleo")]


def test_a_figure_is_of_documents_that_the_stream_does_not_repeat(tmp_path):
    """What the encoder's own folder says that it has learned holds none that was reported on."""
    letters = [LETTER.format(f"Ann and {spelt(i)}") for i in range(3)]
    offers = [OFFER.format(f"Ann and {spelt(i)}") for i in range(3)]
    examples_ = [Example("a", text) for text in letters] + [Example("f", text) for text in offers]
    past = past_with(*"abcdef", extra=tuple(examples_))
    stream = [" ".join(words) for words in product(WORDS[:6], repeat=3)]
    stream += [f"Hello, {text}" for text in (*letters, *offers)]
    plan = planned(
        [past], stream, Network("map", encoder=write_folder(tmp_path / "base")),
        SplitPlan(["d", "e"], ["f", "c"]), scenario=SCENARIO, recipe=QUICK,
    )  # fmt: skip
    learned = plan.documents_learned_from()
    assert learned.include(map(document_digests, letters), letters).all()
    assert not learned.include(map(document_digests, offers), offers).any()
    (note,) = (note for note in plan.notes if "unlabelled" in note)
    assert note.startswith("3 unlabelled documents are near copies of one that is validated")


def test_a_class_without_documents_says_that_they_were_left_out(tmp_path):
    """Both pasts have the same documents; before, nothing said where those of the second are."""
    pasts = [past_with(*"abcdef"), past_with(*"abcdef")]
    settings = {"kind": "map", "encoder": write_folder(tmp_path / "base"), "scenario": SCENARIO}
    with pytest.raises(
        InputError, match=r"class '.' has 0 documents .*; 8 documents are near copies"
    ):
        train_flat(pasts, tmp_path / "out", recipe=QUICK, **settings)
    few = [past_with(*"abcdef", each=1)]
    with pytest.raises(
        InputError, match=r"has 1 document \(and \d more such class(es)?\); expected"
    ):
        train_flat(few, tmp_path / "out", recipe=QUICK, **settings)
