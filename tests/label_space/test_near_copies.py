"""A near copy is no new evidence: what a label space says of itself counts letters, not copies."""

from __future__ import annotations

import random
import zlib
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.copies.sketches import Sample, Sketch
from protolabel.errors import InputError
from protolabel.label_space.changes.imported_classes import ImportedClass
from protolabel.label_space.changes.imports import Import
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.stored_items import near_texts
from protolabel.label_space.stored_items.near_texts import KEYS, MOST_TEXTS, NearTexts

STEMS = [f"{a}{b}" for a in "bdfgklmnpr" for b in ("alo", "emi", "irun", "oste", "ulka", "aven")]
WORDS = [a + b for a in STEMS for b in ("", "s", "ed")]
NAMES = ("Miller", "Shah", "Okafor", "Jensen", "Tanaka", "Rossi")
MONTHS = ("March", "April", "June", "July", "August", "October")


class HashedWords:
    """Counts words, each on one of 64 axes."""

    dim, fingerprint = 64, "hashed words:64"

    def encode(self, texts):
        out = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % self.dim] += 1.0
        return out


def letter(rng: random.Random) -> str:
    """A letter without any topic: no label can be read off another one."""
    return " ".join(rng.choices(WORDS, k=35))


def near_copies(text: str, rng: random.Random) -> list[str]:
    """The letter and seven near copies of it."""

    def dated() -> str:
        date = f"{rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(2019, 2026)}"
        return f"Dear {rng.choice(NAMES)}, our letter of {date}: {text}"

    quote = "\n> ".join(["", *text.split(" s")])
    return [
        text, dated(), dated(), dated(),
        f"{text}\n\nBest regards\n{rng.choice(NAMES)}\nAccounts",
        f"{text}\n\n-- \nsent from my phone",
        f"Thank you, see below.\nOn 3 {rng.choice(MONTHS)} {rng.choice(NAMES)} wrote:{quote}",
        f"Please have a look at this.\n{rng.choice(NAMES)} wrote:{quote}",
    ]  # fmt: skip


def letters(count: int, classes: int, seed: int = 0) -> list[Example]:
    """That many letters of meaningless labels, eight near copies of each."""
    rng = random.Random(seed)
    return [
        Example(f"class {i % classes}", copy)
        for i in range(count)
        for copy in near_copies(letter(rng), rng)
    ]


def filled(examples: list[Example]) -> LabelSpace:
    space = LabelSpace.create(encoder=HashedWords(), background=False)
    space.add(examples)
    space.settle()
    return space


def test_six_letters_in_eight_near_copies_are_too_few_to_tell_anything_from():
    with filled(letters(6, 3)) as space:
        view = space.view()
        assert isinstance(view.calibration, Shortage)
        answer = space.label(letter(random.Random(9)))
        assert answer.probability is None


@pytest.mark.parametrize("refined", [False, True])
def test_accuracy_and_probability_are_those_of_fresh_letters_however_many_near_copies(refined):
    with filled(letters(60, 3)) as space:
        view = space.view() if refined else space.view().unrefined()
        assert isinstance(view.calibration, Calibration)
        assert view.calibration.n <= 60
        rng = random.Random(7)
        fresh = [letter(rng) for _ in range(300)]
        answers = list(view.label_many(fresh))
        best = [answer.alternatives[0] for answer in answers]
        right = np.mean([one.label == f"class {i % 3}" for i, one in enumerate(best)])
        assert abs(view.calibration.accuracy - right) < 0.2  # two standard errors of 60 letters
        sure = np.mean([one.probability for one in best])
        assert abs(sure - right) < 0.15


def test_near_copies_leave_sums_and_prototypes_as_they_are():
    examples = letters(6, 3)
    with filled(examples) as space:
        encoded = HashedWords().encode([e.text for e in examples])
        encoded /= np.linalg.norm(encoded, axis=1, keepdims=True)
        labels = np.array([e.label for e in examples])
        for name in space.view().prototypes.labels:
            own = encoded[labels == name].sum(axis=0)
            prototype = space.view().unrefined().head.prototype(name)
            words = HashedWords().encode([name])[0]
            kappa = space.settings.kappa
            exact = own + kappa * words / np.linalg.norm(words)
            cosine = exact @ prototype / np.linalg.norm(exact) / np.linalg.norm(prototype)
            assert cosine == pytest.approx(1.0, abs=1e-6)


def test_each_letter_is_left_out_and_dealt_out_with_its_near_copies():
    """Plain loops: a letter is scored against its class without the letter and all its copies."""
    examples = letters(8, 2)
    with filled(examples) as space:
        support = read_support(space.view().rows, space.view().prototypes).support
        letters_of = {e.text: i // 8 for i, e in enumerate(examples)}
        with space.view().rows.reading():
            rows = [
                letters_of[row.text]
                for name in space.view().prototypes.labels
                for row in space.view().show(name)[1]
            ]
        groups = support.groups
        assert len(set(zip(groups.tolist(), rows, strict=True))) == len(set(groups.tolist())) == 8
        simulation = simulate(support)
        assert len(simulation.rows) == 8
        for row, scores in zip(simulation.rows, simulation.scores, strict=True):
            x, own = support.embeddings[row].astype(float), support.labels[row]
            stay = [i for i in range(64) if support.labels[i] == own and rows[i] != rows[row]]
            g = support.classes.descriptions[own].astype(float)
            whole = support.kappa * g + support.embeddings[support.labels == own].sum(axis=0)
            rest = support.kappa * g
            rest = rest + support.embeddings[stay].astype(float).sum(axis=0) * 32 / len(stay)
            assert scores[own] == pytest.approx(x @ rest / np.linalg.norm(whole), abs=1e-5)
        crossed = cross_fit(support)
        assert crossed is not None
        queries = crossed.linear.rows
        assert len(np.unique(groups[queries])) == len(queries) <= 8


def test_an_addition_says_how_many_are_near_copies_of_other_examples():
    rng = random.Random(3)
    one, two = letter(rng), letter(rng)
    with LabelSpace.create(encoder=HashedWords(), background=False) as space:
        first = space.add([Example("a", one), Example("b", letter(rng)), Example("b", "short one")])
        assert first.detail["near_copies"] == 0
        change = space.add(
            [
                Example("a", near_copies(one, rng)[1]),  # of one that is here
                Example("a", two),
                Example("a", near_copies(two, rng)[6]),  # of one that comes with it
                Example("a", one),  # equal, so no near copy
            ]
        )
        assert change.detail["near_copies"] == 2
        assert change.detail["known"] == 1
        assert "2 of 4 are near copies of other examples" in change.summary
        _, rows = space.view().show("a")
        space.remove([row.id for row in rows])
        again = space.add(near_copies(one, rng)[2], "a")
        assert again.detail["near_copies"] == 0  # what it nearly repeats is gone
        assert "near copies" not in again.summary


@pytest.mark.parametrize("batch", [1, 7, 48])
def test_near_copies_are_counted_alike_however_they_come(batch):
    examples = letters(6, 3)
    with LabelSpace.create(encoder=HashedWords(), background=False) as space:
        changes = [space.add(examples[i : i + batch]) for i in range(0, len(examples), batch)]
        assert sum(int(str(change.detail["near_copies"])) for change in changes) == 42


def refused_import(space: LabelSpace) -> None:
    """An import whose description is stored before its examples contradict each other."""
    law = ImportedClass("law", letter(random.Random(11)), "given", retired=False)
    contract = Example("law", "a contract")
    with pytest.raises(InputError):
        space.commit(Import([law], [contract, replace(contract, negative=True)]))


@pytest.mark.parametrize(
    "taken_back", [lambda space: space.preview.move("first", "a brand new class"), refused_import]
)
def test_near_copies_are_found_after_a_change_that_was_taken_back(taken_back):
    """The next change uses the numbers of its items again."""
    rng = random.Random(4)
    one, two = letter(rng), letter(rng)
    with LabelSpace.create(encoder=HashedWords(), background=False) as space:
        space.add(Example("a", one, id="first"))
        taken_back(space)
        space.add(two, "a")
        assert space.add(near_copies(two, rng)[1], "a").detail["near_copies"] == 1
        assert space.add(near_copies(one, rng)[1], "a").detail["near_copies"] == 1


def test_an_import_says_how_many_are_near_copies():
    examples = letters(2, 2)
    with filled(examples) as space, LabelSpace.create(encoder=HashedWords()) as other:
        change = other.import_records(space.view().export())
        assert "14 of 16 are near copies of other examples" in change.summary


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=12), max_size=20), st.data())
def test_the_index_leads_to_the_newest_texts_of_each_hash(hashes, data):
    """Whether they are sorted already or not, as a plain list would."""
    sketches = [
        Sketch(Sample.of(np.array(own, np.uint64)), Sample.of(np.array(own, np.uint64)))
        for own in hashes
    ]
    index = NearTexts()
    for item, sketch in enumerate(sketches):
        index.add(item, sketch)
        if data.draw(st.booleans()):
            with patch.object(near_texts, "MOST_NEWEST", 0):
                index.candidates(sketch)  # which sorts what came
    for sketch in sketches:
        keys = sketch.pairs.hashes[:KEYS].tolist()
        plain = set()
        for key in keys:
            owners = [i for i, one in enumerate(sketches) if key in one.pairs.hashes[:KEYS]]
            plain.update(owners[-MOST_TEXTS:])
        assert index.candidates(sketch) == plain
