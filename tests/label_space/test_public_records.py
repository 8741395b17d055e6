"""What the Python door hands out: typed records that print, turn into JSON, arrays and tables."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest

import protolabel
from protolabel import Answers, LabelSpace, Settings, SpaceInfo, StoredExample


def test_an_answer_prints_in_one_line(space):
    assert str(space.label("pay bill")).startswith("0: bill (score ")
    space.configure(threshold=1.0)
    assert str(space.label("pay bill")).startswith("0: none of these (nearest: bill, score ")
    with LabelSpace.create(encoder="hashing", background=False) as empty:
        assert str(empty.label("pay")).startswith("0: none of these (the label space has no class")


def test_an_answer_turns_into_json(space):
    record = space.label("pay bill").to_dict()
    assert list(record)[:3] == ["id", "source", "label"]
    assert json.loads(json.dumps(record, allow_nan=False)) == json.loads(json.dumps(record))
    assert record["evidence"]["examples"][0]["id"] == "b1"
    endless = replace(space.label("pay"), threshold=-math.inf)
    assert endless.to_dict()["threshold"] is None


def test_answers_are_arrays_and_a_table(space):
    texts = ["pay bill", "cv work", "ship"]
    answers = Answers(space.label_many(texts))
    one_by_one = [space.label(text) for text in texts]
    assert (len(answers), answers.ids) == (3, ["0", "1", "2"])
    assert answers.labels == [a.label for a in one_by_one]
    np.testing.assert_array_equal(answers.scores, [a.score for a in one_by_one])
    np.testing.assert_array_equal(answers.declined, [a.label is None for a in one_by_one])
    assert np.isnan(answers.probabilities).all()  # nothing is calibrated yet
    assert answers.margins.dtype == np.float64
    assert answers[0] == next(iter(answers))
    assert isinstance(answers[1:], Answers)
    assert answers.to_dicts()[2] == answers[2].to_dict()
    table = answers.to_frame()
    assert isinstance(table, pd.DataFrame)
    assert table["id"].tolist() == answers.ids
    assert list(Answers([]).to_frame().columns) == list(table.columns)
    assert "3, of which" in repr(answers)


def test_info_is_a_typed_record(space):
    info = space.info()
    assert isinstance(info, SpaceInfo)
    assert (info.path, info.version, info.classes, info.examples) == (":memory:", 4, 3, 3)
    assert info.settings == Settings()
    assert info.to_dict()["settings"] == Settings().rows()
    json.dumps(info.to_dict())
    with pytest.raises(FrozenInstanceError):
        info.version = 5


def test_show_gives_public_records(space):
    info, examples = space.show("cv")
    assert info.name == "cv"
    assert examples == [StoredExample("e3", "cv", "cv work", "", False, 4)]
    assert space.view().image("e3") is None


def test_settings_are_keyword_arguments_and_those_left_out_stay(space):
    space.configure(kappa=2.5, refine=False)
    assert space.settings == Settings(kappa=2.5, kappa_auto=False, refine=False)
    space.configure(threshold=0.5)
    assert space.settings == Settings(kappa=2.5, kappa_auto=False, refine=False, threshold=0.5)
    space.configure(threshold=None, kappa=None, refine=True)
    assert (space.settings.threshold, space.settings.kappa_auto) == (None, True)


def test_evaluation_and_training_are_there_by_name():
    from protolabel.evaluation.of_encoder import evaluate
    from protolabel.training import adapt, train

    assert (protolabel.evaluate, protolabel.adapt, protolabel.train) == (evaluate, adapt, train)


def test_a_stream_of_answers_becomes_a_table_or_arrays_at_once(space):
    texts = ["pay pay", "work", "sign"]
    stream = space.label_many(texts, alternatives=9)
    first = next(stream)
    frame = stream.to_frame()
    assert [first.id, *frame["id"]] == ["0", "1", "2"]
    answers = space.label_many(texts, alternatives=9).collected()
    names, table = answers.class_probabilities()
    assert names == sorted({a.label for answer in answers for a in answer.alternatives})
    assert table.shape == (3, len(names))
    for answer, row in zip(answers, table, strict=True):
        for ranked in answer.alternatives:
            value = row[names.index(ranked.label)]
            assert value == ranked.probability or (ranked.probability is None and value != value)
    assert Answers([]).class_probabilities()[1].shape == (0, 0)
