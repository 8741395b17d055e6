"""A run whose documents mostly belong to no class says so, and names the share to count on."""

from __future__ import annotations

import json
import random
import re
import shlex
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from commands import call
from spelt_numbers import spelt

from protolabel import Answer, Document, Example, LabelSpace
from protolabel.arithmetic.belonging import Belonging, log_odds_to_belong
from protolabel.cli.strangers_of_run import StrangersOfRun
from protolabel.label_space.configuration.target_words import parsed_share

SENTENCE = "seem to belong to none of the classes"
WORDS = {
    "bill": "pay bill amount due transfer", "cv": "job apply engineer work team",
    "box": "ship parcel box courier track", "menu": "soup bread dinner lunch sweet",
    "trip": "flight hotel train luggage visa",
}  # fmt: skip


def documents_of_classes(seed: int, each: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    return [
        (label, " ".join(rng.choices(words.split(), k=3) + rng.choices(("of", "we", "the"), k=3)))
        for label, words in WORDS.items()
        for _ in range(each)
    ]


STRANGE = [f"granite marble slate opera {spelt(n)} violin {spelt(n + 50)}" for n in range(60)]


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as label_space:
        label_space.add([Example(label, text) for label, text in documents_of_classes(0, 8)])
    return path


def stream_file(path, rows):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows))
    return path


def words_of(done) -> str:
    return " ".join(done.stderr.split())


def test_label_and_stream_say_it_and_the_command_that_they_name_ends_it(space, tmp_path):
    stream = stream_file(
        tmp_path / "s.jsonl", [*(text for _, text in documents_of_classes(1, 2)), *STRANGE]
    )
    words = words_of(call("label", space, stream))
    assert SENTENCE in words
    assert "counts on 20%" in words
    assert SENTENCE in words_of(call("stream", space, stream))
    call(*shlex.split(re.search(r"`protolabel (set [^`]*)`", words)[1]))
    assert SENTENCE not in words_of(call("label", space, stream))


def test_sorting_says_it(space, tmp_path):
    (tmp_path / "in").mkdir()
    for n, text in enumerate(STRANGE):
        (tmp_path / "in" / f"{n}.txt").write_text(text)
    done = call("label", space, tmp_path / "in", "--sort-into", tmp_path / "sorted", "--preview")
    assert SENTENCE in words_of(done)
    (tmp_path / "own").mkdir()
    for n, (_, text) in enumerate(documents_of_classes(1, 8)):
        (tmp_path / "own" / f"{n}.txt").write_text(text)
    done = call("label", space, tmp_path / "own", "--sort-into", tmp_path / "sorted", "--preview")
    assert SENTENCE not in words_of(done)


def test_copies_of_a_stranger_are_no_evidence(space, tmp_path):
    stream = stream_file(
        tmp_path / "s.jsonl",
        [*(text for _, text in documents_of_classes(1, 8)), *STRANGE[:1] * 400],
    )
    assert SENTENCE not in words_of(call("label", space, stream))


def test_few_documents_show_no_share(space, tmp_path):
    assert SENTENCE not in words_of(
        call("label", space, stream_file(tmp_path / "s.jsonl", STRANGE[:3]))
    )


@pytest.mark.parametrize("strangers", [0.01, 0.2, 0.9])
def test_log_odds_are_read_back_from_the_probability_that_allows_for_strangers(strangers):
    scores, curve = np.linspace(-1.0, 1.0, 9), Belonging(7.0, 0.5)
    none = 1.0 - curve.probability(scores, strangers)
    assert log_odds_to_belong(none, strangers) == pytest.approx(curve.log_odds(scores), abs=1e-6)


def answer(none_probability: float) -> Answer:
    return Answer(
        id="a", label=None, score=0.5, margin=None, probability=0.5, probability_of="bill",
        threshold=None, alternatives=(), evidence=None, reason="far", head="refined",
        space_version=1, encoder_fingerprint="", none_probability=none_probability,
    )  # fmt: skip


@pytest.fixture
def sentence(space):
    """Return what is said of a run whose answers have these probabilities."""

    def of(
        none_probabilities: Iterable[float],
        counted_on: float = 0.2,
        text: Callable[[int], str] = spelt,
    ) -> str:
        with LabelSpace(space, background=False) as label_space:
            label_space.configure(strangers=counted_on)
            label_space.settle()
            run = StrangersOfRun(label_space.view())
            for number, none_probability in enumerate(none_probabilities):
                run.count(Document(str(number), text(number)), answer(none_probability))
            return run.words()

    return of


def sure(n_strangers: int, n_others: int) -> list[float]:
    """Return the probabilities of different documents, each almost surely a stranger or not."""
    small = [1e-6 * (1.0 + n / 1000) for n in range(max(n_strangers, n_others))]
    return [*(1.0 - one for one in small[:n_strangers]), *small[:n_others]]


def test_a_share_that_is_hardly_above_the_setting_is_not_worth_a_sentence(sentence):
    """Wilson's interval of 100 in 200 is 43 % to 57 %."""
    assert "about 50% (43% to 57%) of 200 different documents" in sentence(sure(100, 100), 0.3)
    assert sentence(sure(100, 100), 0.38) == ""


def test_where_all_are_strangers_the_advised_share_can_be_set(sentence):
    share = re.search(r"strangers (\S+)`", sentence(sure(1000, 0)))[1]
    assert parsed_share(share) == 0.99


def test_odds_that_differ_by_a_rounding_error_count_once(sentence):
    """As those of equal documents in batches of other sizes do."""
    odds = [0.999 + n * 2.0**-52 for n in range(400)]
    assert sentence(odds, text=lambda _: "the same") == ""


def test_different_documents_are_those_that_risk_counts(space, tmp_path):
    """Near copies of one mailing are one document for both, and what they advise agrees."""
    names = [f"{spelt(n)} {spelt(n + 7)}" for n in range(100, 300)]
    mailing = [
        f"Dear {name} your lottery coupon has won a golden elephant from our circus so "
        "call us before sunday and bring your own wagon with hay"
        for name in names
    ]
    ordinary = [text for _, text in documents_of_classes(1, 12)]
    stream = stream_file(tmp_path / "s.jsonl", [*ordinary, *mailing])
    assert SENTENCE not in words_of(call("label", space, stream))
    done = call("risk", space, "--stream", stream)
    (different,) = re.findall(r"of (\d+) different documents", done.stdout)
    assert int(different) <= len(ordinary) + 1
    assert re.search(
        r"near copies count once; where each counts, [5-9]\d% of", done.stdout + done.stderr
    )
    both = stream_file(tmp_path / "b.jsonl", [*ordinary, *mailing, *STRANGE])
    assert f"of {len(set(ordinary)) + 61} different documents" in words_of(
        call("label", space, both)
    )


def test_a_stream_with_examples_in_it_gets_one_share_from_both(space, tmp_path):
    """What the label space knows says nothing of what is to come: neither counts it."""
    examples = [text for _, text in documents_of_classes(0, 8)]
    ordinary = [text for _, text in documents_of_classes(1, 6)]
    stream = stream_file(tmp_path / "s.jsonl", [*STRANGE, *ordinary, *examples])
    shares = r"about (\d+% \(\d+% to \d+%\) of \d+ different documents)"
    (of_risk,) = re.findall(shares, call("risk", space, "--stream", stream).stdout)
    for command in ("label", "stream"):
        words = words_of(call(command, space, stream))
        assert re.findall(shares, words) == [of_risk]
    assert f"of {len({*ordinary} - {*examples}) + len(STRANGE)} different" in of_risk


def test_the_share_is_that_of_the_first_documents_of_a_long_run(sentence):
    words = sentence([*sure(0, 16_000)[::-1], *sure(16_000, 0)], 0.05)
    assert "of 20,000 different documents" in words
    assert words.startswith("about 20%")
