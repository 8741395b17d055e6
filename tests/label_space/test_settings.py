"""Settings and the metric: one rule for each value, at every way into a label space."""

from __future__ import annotations

import json
import math
import sqlite3

import numpy as np
import pytest
from commands import call
from fakes import WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from protolabel import Example, LabelSpace, evaluate
from protolabel.errors import InputError, SpaceDamagedError
from protolabel.evaluation.plan import Plan
from protolabel.label_space.configuration.settings import Settings, unreadable_settings
from protolabel.label_space.configuration.target_words import target_of

BAD = [
    ("kappa", "auto"), ("kappa", "nan"), ("kappa", "inf"), ("kappa", "-3"), ("kappa", "1e400"),
    ("kappa", 1.0), ("kappa", None), ("kappa_auto", "yes"), ("refine", "maybe"), ("refine", True),
    ("threshold", "inf"), ("threshold", "nan"), ("threshold", "low"), ("names_mean", ""),
    ("learned", "x"), ("encoding", "7"), ("colour", "red"),
]  # fmt: skip


def header(**changes: object) -> dict[str, object]:
    record = {
        "protolabel_export": 1,
        "encoder_fingerprint": "words:8",
        "metric": "cosine",
        "settings": Settings().rows(),
    }
    return record | changes


def spoil(path, key: str, value: str) -> None:
    """Write a row as an import without checks did."""
    db = sqlite3.connect(path)
    db.execute("UPDATE settings SET died = NULL, value = ? WHERE key = ?", (value, key))
    if not db.execute("SELECT changes()").fetchone()[0]:
        db.execute("INSERT INTO settings (key, value, born) VALUES (?, ?, 1)", (key, value))
    db.commit()
    db.close()


@pytest.mark.parametrize(("key", "value"), BAD)
def test_an_imported_setting_that_cannot_be_is_refused_whole(key, value):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        with pytest.raises(InputError, match=r"mail\.jsonl:1: "):
            space.import_records([header(settings={key: value})], "mail.jsonl")
        assert (space.version, space.settings) == (1, Settings())


@pytest.mark.parametrize(
    "changes",
    [{"metric": "l2"}, {"metric": None}, {"settings": []}, {"settings": None}, {"colour": 1},
     {"encoder_fingerprint": None}],
)  # fmt: skip
def test_every_field_of_the_first_record_is_read(changes):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        with pytest.raises(InputError):
            space.import_records([header(**changes)])
        assert space.version == 1


@given(
    st.floats(0, 1e6), st.booleans(),
    st.none() | st.just(-math.inf) | st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_settings_are_the_same_after_rows(kappa, auto, threshold, names_mean, refine):
    settings = Settings(kappa, auto, threshold, names_mean, refine)
    assert Settings.from_rows(settings.rows()) == settings
    assert unreadable_settings(settings.rows()) == {}


@pytest.mark.parametrize(
    ("key", "value"), [("kappa", "auto"), ("threshold", "low"), ("refine", "x"), ("learned", "x")]
)
def test_a_file_with_an_unreadable_setting_opens_and_is_repaired(path, key, value):
    spoil(path, key, value)
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.settings == Settings()
        space.settle()
        assert space.label("pay bill").label == "bill"
        (finding,) = [f for f in space.check() if f.kind != "duplicate"]
        assert (finding.derived, finding.repaired, key in finding.what) == (True, False, True)
        version = space.version
        assert any(f.repaired for f in space.check(repair=True))
        assert space.version == version + 1
        assert [f for f in space.check() if f.kind != "duplicate"] == []
        space.undo()
        assert space.view().info().settings == Settings()


@pytest.mark.parametrize("metric", ["l2", "Cosine", "euclid", "", None, [], 3, b"cosine"])
def test_a_metric_that_is_none_is_refused(metric):
    with pytest.raises(InputError, match="metric"):
        LabelSpace.create(encoder=WordEncoder(), metric=metric)
    with pytest.raises(InputError, match="metric"):
        evaluate([Example("a", "pay")], encoder=WordEncoder(), plan=Plan(metric=metric))


def test_a_file_with_another_word_for_its_metric_says_so_and_is_repaired(path):
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = 'l2' WHERE key = 'metric'")
    db.commit()
    db.close()
    with pytest.raises(SpaceDamagedError, match="--repair"):
        LabelSpace(path, encoder=WordEncoder())
    call("check", path, code=5)
    call("check", path, "--repair")
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.info().metric == "cosine"


def two_classes() -> list[Example]:
    rng = np.random.default_rng(0)
    return [
        Example(label, " ".join(rng.choice(words, 5)))
        for label, words in (("bill", ["pay", "bill"]), ("cv", ["cv", "work"]))
        for _ in range(5)
    ]


def test_kappa_is_estimated_after_it_was_set_by_hand(tmp_path):
    with (
        LabelSpace.create(encoder=WordEncoder(), background=False) as space,
        LabelSpace.create(encoder=WordEncoder(), background=False) as twin,
        LabelSpace.create(encoder=WordEncoder(), background=False) as copy,
    ):
        for one in (space, twin):
            one.describe({"bill": "pay bill", "cv": "cv work"})
            one.add(two_classes())
        twin.settle()
        space.configure(kappa=0)
        space.settle()
        space.configure(kappa="auto")
        assert space.view().lacking
        copy.import_records(list(space.view().export()))
        for one in (space, copy):
            one.settle()
            assert one.view().lacking == ()
            assert one.settings.kappa == pytest.approx(twin.settings.kappa)
            assert one.settings.kappa > 0


def test_vectors_of_another_metric_are_made_again_or_refused():
    with (
        LabelSpace.create(encoder=WordEncoder(), background=False) as cosine,
        LabelSpace.create(encoder=WordEncoder(), metric="euclidean", background=False) as euclidean,
        LabelSpace.create(encoder=WordEncoder(), metric="euclidean", background=False) as own,
    ):
        cosine.add("pay pay bill", "bill")
        own.add("pay pay bill", "bill")
        euclidean.import_records(list(cosine.view().export(vectors=True)))
        key = euclidean.view().rows.classes(euclidean.version)[0].key
        vectors = euclidean.view().rows.example_embeddings(key, euclidean.version)
        assert vectors.tolist() == own.view().rows.example_embeddings(key, own.version).tolist()
        cosine.add(Example("bill", embedding=np.eye(8, dtype=np.float32)[0]))
        version = euclidean.version
        with pytest.raises(InputError, match="metric"):
            euclidean.import_records(list(cosine.view().export()))
        assert euclidean.version == version


def test_settings_alone_move_to_another_label_space(tmp_path):
    first, second = tmp_path / "a.space", tmp_path / "b.space"
    call("init", first, "--encoder", "hashing", "--names-are-codes")
    call("init", second, "--encoder", "hashing")
    call("import", second, "-", stdin=call("export", first).stdout)
    info = json.loads(call("info", second, "--json").stdout)
    assert info["settings"]["names_mean"] == "0"


@pytest.mark.parametrize("threshold", ["inf", "1e400", "+inf", math.inf, "-1e400", "nan"])
def test_a_threshold_that_is_not_finite_is_refused(space, threshold):
    with pytest.raises(InputError, match="threshold"):
        space.configure(threshold=threshold)


def test_a_threshold_of_none_is_said_to_be_off(space):
    space.configure(threshold="none")
    assert "the threshold is off" in space.label("pay").reason


def test_the_history_names_what_none_stands_for(space):
    space.configure(threshold=None)
    assert next(iter(space.history())).summary == "set threshold to auto"
    space.configure(target=None)
    assert next(iter(space.history())).summary == "set target to none"


@pytest.mark.parametrize(
    "target",
    ["strangers 90% sure 99.99999%", "errors 0.0000001%", "errors 99.99999%", "errors 5%",
     "turned away 0.123456789%", "errors 16.7%"],
)  # fmt: skip
def test_a_target_is_stored_as_it_was_checked(tmp_path, target):
    """Before, it was rounded to what is no target, acknowledged, and lost."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.configure(target=target)
    with LabelSpace(path, background=False) as space:
        assert str(space.settings.target) == target
        assert space.settings.target == target_of(target)
        assert space.check() == []


@pytest.mark.parametrize(
    "share", ["100", "0", "0.00000000001", f"0.{'0' * 309}1", "99." + 30 * "9"]
)
def test_a_target_that_rounds_to_none_is_refused(share):
    with pytest.raises(InputError, match="below 100 %"):
        target_of(f"errors {share}%")


@pytest.mark.parametrize("value", ["errors 5%\n", "errors  5 %", " errors 5%"])
def test_the_history_has_a_target_in_its_one_form(space, value):
    assert space.configure(target=value).summary == "set target to errors 5%"
