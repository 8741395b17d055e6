"""Copies, and documents that the encoder has learned from, are no evidence."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from encoder_folders import write_folder
from fakes import WordEncoder
from learned import note_learned
from spelt_numbers import spelt

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.sentences import episodes_text, headline, shown_estimate

TOPICS = {"bill": "pay bill", "cv": "cv work", "nda": "secret sign", "box": "ship box"}
FILLERS = ("pay", "cv", "secret", "ship", "sign", "work")


def examples(each: int = 12, seed: int = 0) -> list[Example]:
    several = []
    for label, words in TOPICS.items():
        for n in range(each):
            fillers = " ".join(random.Random(f"{seed}{label}{n}").choices(FILLERS, k=3))
            text = f"{words} {fillers} {spelt(seed)} {spelt(n)}"
            several.append(Example(label, text, id=f"{label}{n}"))
    return several


def copies(several: list[Example]) -> list[Example]:
    """The same documents in capitals, with other white space."""
    return [Example(e.label, f"  {(e.text or '').upper()}\n") for e in several]


def test_copies_in_labelled_data_change_no_figure():
    plan = Plan(ways=(2,), shots=(1, 3), episodes=40, draws=3)
    once = evaluate(examples(), encoder=WordEncoder(), plan=plan)
    twice = evaluate([*examples(), *copies(examples())], encoder=WordEncoder(), plan=plan)
    assert twice.curve == once.curve
    assert twice.episodes == once.episodes
    assert twice.examples == 48
    assert "left out, copies of another document of the class: 48 of 96 documents" in twice.notes


def test_one_text_under_two_classes_is_reported():
    contradiction = [*examples(), Example("cv", examples()[0].text, id="again")]
    notes = evaluate(contradiction, encoder=WordEncoder(), plan=Plan(ways=(2,), episodes=5)).notes
    assert any("under more than one class: 1 document, the first is 'bill0'" in n for n in notes)


def test_copies_in_a_label_space_do_not_make_its_accuracy_surer():
    def judged(several: list[Example]):
        with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
            space.add(several)
            return evaluate_space(space)

    once, copied = judged(examples(5)), judged([*examples(5), *copies(examples(5))])
    name = "leave-one-out, prototypes"
    assert copied.shares[name].share == pytest.approx(once.shares[name].share, abs=0.1)
    width = [e.shares[name].high - e.shares[name].low for e in (once, copied)]
    assert width[1] > 0.9 * width[0]
    assert any("copies of another example" in note for note in copied.notes)


@pytest.fixture
def learned(tmp_path, monkeypatch):
    """A folder that says that an encoder has learned from the documents of seed 0."""
    return note_learned(tmp_path / "encoder", [e.text or "" for e in examples()])


def test_a_label_space_on_what_its_encoder_has_learned_from_tells_no_accuracy(learned):
    with LabelSpace.create(
        encoder=WordEncoder(), encoder_name=str(learned), background=False
    ) as space:
        space.add(examples())
        evaluation = evaluate_space(space)
    assert evaluation.shares["leave-one-out, prototypes"].n == 0
    assert "cannot be judged by its own examples" in headline(evaluation)
    assert any("has learned from 48 of the 48 examples" in note for note in evaluation.notes)


def test_a_label_space_is_not_judged_on_its_own_examples_as_if_they_were_new(learned):
    with LabelSpace.create(
        encoder=WordEncoder(), encoder_name=str(learned), background=False
    ) as space:
        space.add(examples(6))
        new = examples(4, seed=1)
        evaluation = evaluate_space_on(space, [*new, *copies(examples(8))])
        assert evaluation.shares["best class right"].n == 16
        assert "left out, examples of the label space: 24 documents" in evaluation.notes
        assert (
            "left out, the encoder has learned from them or near copies of them: 8 documents"
            in evaluation.notes
        )
        with pytest.raises(InputError, match="all of which the label space or its encoder knows"):
            evaluate_space_on(space, copies(examples(6)))


def test_labelled_data_that_the_encoder_has_learned_from_are_left_out(learned, monkeypatch):
    monkeypatch.setattr("protolabel.evaluation.of_encoder.as_encoder", lambda name: WordEncoder())
    plan = Plan(ways=(2,), shots=(1,), episodes=10)
    mixed = [*examples(), *examples(seed=1)]
    evaluation = evaluate(mixed, encoder=str(learned), plan=plan)
    assert evaluation.examples == 48
    note = "left out, the encoder has learned from them or near copies of them: 48 of 96 documents"
    assert note in evaluation.notes


def test_near_copies_of_what_the_encoder_has_learned_from_are_no_new_evidence(learned, monkeypatch):
    monkeypatch.setattr("protolabel.evaluation.of_encoder.as_encoder", lambda name: WordEncoder())
    numbered = [Example(e.label, f"{e.text} no 17 of 2024") for e in examples()]
    numbers_learned = [Example(e.label, f"{e.text} no 1 of 2") for e in examples()]
    folder = note_learned(learned, [e.text or "" for e in numbers_learned])
    plan = Plan(ways=(2,), shots=(1,), episodes=10)
    evaluation = evaluate([*numbered, *examples(seed=1)], encoder=str(folder), plan=plan)
    assert evaluation.examples == 48
    with pytest.raises(InputError, match="48 of which the encoder has learned from"):
        evaluate(numbered, encoder=str(folder), plan=plan)
    with LabelSpace.create(
        encoder=WordEncoder(), encoder_name=str(folder), background=False
    ) as space:
        space.add(numbered)
        assert evaluate_space(space).shares["leave-one-out, prototypes"].n == 0


def test_an_encoder_on_classes_that_it_has_learned_says_nothing_of_new_ones(learned, monkeypatch):
    monkeypatch.setattr("protolabel.evaluation.of_encoder.as_encoder", lambda name: WordEncoder())
    plan = Plan(ways=(2,), shots=(1,), episodes=10)

    def judged(**facts: object):
        folder = note_learned(learned, [e.text or "" for e in examples()], **facts)
        return evaluate(examples(seed=1), encoder=str(folder), plan=plan)

    others = judged(classes={"base": ["other"], "valid": [], "novel": ["cv"]})
    assert all(cell.new_classes is not None for cell in others.episodes)
    assert "new classes" in episodes_text(others)
    (cell,) = others.episodes
    published = f"[± {100 * cell.accuracy.interval:.1f}]"
    assert shown_estimate(others, cell.way, cell.shot, cell.described).endswith(published)
    assert "square brackets" in episodes_text(others)
    some = judged(classes={"base": ["cv"], "valid": ["nda"], "novel": ["bill"]})
    assert all(cell.new_classes is None for cell in some.episodes)
    assert "has learned 2 of the classes" in episodes_text(some)
    assert any("has learned 2 of these 4 classes ('cv', 'nda')" in note for note in some.notes)
    capitals = judged(classes={"base": ["CV"], "valid": ["N-D_A", "Nda"], "novel": []})
    assert capitals.notes == some.notes


def test_what_an_encoder_of_the_hub_has_learned_from_is_left_out(tmp_path):
    """The copy on this machine is known by the encoder's name alone."""
    data, model = tmp_path / "data.jsonl", tmp_path / "hub/models--some--encoder"
    documents = [{"text": e.text, "label": e.label} for e in [*examples(), *examples(seed=1)]]
    data.write_text("".join(json.dumps(one) + "\n" for one in documents))
    (model / "refs").mkdir(parents=True)
    (model / "refs/main").write_text("0" * 40)
    folder = write_folder(model / "snapshots" / ("0" * 40))
    note_learned(folder, [e.text or "" for e in examples()])
    words = ["evaluate", str(data), "--shots", "1", "--ways", "2", "--episodes", "5", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "protolabel", *words, "--encoder", "some/encoder"],
        capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HF_HOME": str(tmp_path), "HOME": str(tmp_path),
             "HF_HUB_OFFLINE": "1", "PROTOLABEL_CACHE": "off"},
    )  # fmt: skip
    note = "left out, the encoder has learned from them or near copies of them: 48 of 96 documents"
    assert note in done.stdout + done.stderr


def test_labels_that_look_the_same_are_one_class():
    labelled = [
        replace(e, label=e.label + "\u200b" * (n % 2)) for n, e in enumerate(examples(each=12))
    ]
    plan = Plan(ways=(2,), shots=(1,), episodes=2, draws=2)
    assert evaluate(labelled, encoder=WordEncoder(), plan=plan).classes == len(TOPICS)


def test_a_plan_may_keep_what_the_encoder_has_learned_from(learned, monkeypatch):
    """Under a published protocol, before and after training are then of the same documents."""
    monkeypatch.setattr("protolabel.evaluation.of_encoder.as_encoder", lambda name: WordEncoder())
    plan = Plan(ways=(2,), shots=(1,), episodes=10, keep_copies=True)
    evaluation = evaluate([*examples(), *examples(seed=1)], encoder=str(learned), plan=plan)
    assert evaluation.examples == 96
    note = "kept, the encoder has learned from them or near copies of them: 48 of 96 documents"
    assert note in evaluation.notes
    assert evaluate(examples(), encoder=str(learned), plan=plan).examples == 48
