"""Groups are equal whatever type and container holds them, in one call and over several."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from protolabel import PrototypicalClassifier
from protolabel.estimator.groups import group_name

RNG = np.random.default_rng(1)
X = np.repeat(RNG.normal(size=(24, 6)), 3, axis=0) + RNG.normal(0, 0.01, (72, 6))
Y = np.repeat(np.arange(24) % 3, 3)
NUMBERS = np.repeat(np.arange(24), 3)
DAYS = pd.Series(pd.to_datetime("2026-01-01") + pd.to_timedelta(NUMBERS, "D"))
TWINS = {  # the same groups, held in several ways
    "numbers": [
        NUMBERS, NUMBERS.tolist(), NUMBERS.astype(float), NUMBERS.astype(np.int8),
        pd.Series(NUMBERS).astype("Int64"), pd.Series([*NUMBERS, np.nan])[:-1],
        pd.Series(NUMBERS).astype("category"), NUMBERS.astype(object),
    ],
    "texts": [
        NUMBERS.astype(str), NUMBERS.astype(str).tolist(), NUMBERS.astype(str).astype(object),
        pd.Series(NUMBERS).astype(str), pd.Series(NUMBERS).astype("string"),
    ],
    "days": [
        DAYS, DAYS.to_numpy(), DAYS.to_list(), DAYS.dt.date, [d.to_pydatetime() for d in DAYS],
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", TWINS)
def test_passages_of_a_document_are_left_out_together_however_their_groups_are_given(kind):
    whole = PrototypicalClassifier(refine=False).fit(X, Y, groups=NUMBERS)
    assert whole.calibration_.n == 24
    proba = whole.predict_proba(X).tolist()
    one, *others = TWINS[kind]
    for other in others:
        mixed = [(one, other)[i % 2] for i in range(72)]
        at_once = [list(groups)[i] for i, groups in enumerate(mixed)]
        for estimator in (
            PrototypicalClassifier(refine=False).fit(X, Y, groups=at_once),
            PrototypicalClassifier(refine=False)
            .partial_fit(X[::3], Y[::3], groups=list(one)[::3])
            .partial_fit(X[1::3], Y[1::3], groups=list(other)[1::3])
            .partial_fit(X[2::3], Y[2::3], groups=other[2::3]),
        ):
            assert estimator.calibration_.n == 24
            assert estimator.calibration_.accuracy == whole.calibration_.accuracy
            assert estimator.predict_proba(X).tolist() == proba


VIENNA = timezone(timedelta(hours=1))
SAME = [
    (1, True), (1, np.bool_(True)), (0, -0.0), (2, Decimal("2.0")), (0.5, Fraction(1, 2)),
    (np.float64(0.1), 0.1), (2**80, float(2**80)),
    (float("inf"), Decimal("Infinity")), ((1, "a"), (np.int64(1), np.str_("a"))),
    (datetime(2026, 1, 1, 12, tzinfo=VIENNA), datetime(2026, 1, 1, 11, tzinfo=UTC)),
    (pd.Timestamp("2026-01-01 12:00", tz="UTC"), datetime(2026, 1, 1, 12, tzinfo=UTC)),
    (np.timedelta64(90, "s"), timedelta(seconds=90)), (pd.Timedelta("90s"), timedelta(seconds=90)),
    (b"a", np.bytes_(b"a")),
]  # fmt: skip
DIFFERENT = [
    (1, "1"), (1, 1.5), ("a", "A"), ("a", b"a"), (10**17, 10**17 + 1), (float(10**17), 10**17 + 1),
    (date(2026, 1, 1), "2026-01-01"), (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
    (pd.Timestamp(1), pd.Timestamp(2)), (timedelta(1), timedelta(2)), ((1, 2), (12,)),
    (float("inf"), -float("inf")),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_groups_have_one_name(one, other):
    assert one == other
    assert group_name(one) == group_name(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_groups_have_two_names(one, other):
    assert one != other
    assert group_name(one) != group_name(other)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, np.datetime64("NaT")])
def test_a_group_that_is_missing_has_no_name(missing):
    assert group_name(missing) is None


@pytest.mark.parametrize("word", ["Müller", "문서", "\ud800", "a" * 10_000])
def test_any_text_is_the_name_of_a_group(word, tmp_path):
    expected = PrototypicalClassifier(refine=False).fit(X, Y, groups=NUMBERS)
    groups = [f"{word} {number}" for number in NUMBERS]
    estimator = PrototypicalClassifier(refine=False).fit(X, Y, groups=groups)
    assert estimator.calibration_ == expected.calibration_
    assert estimator.predict_proba(X).tolist() == expected.predict_proba(X).tolist()
    with pytest.warns(UserWarning, match="groups"):
        estimator.save(tmp_path / "groups.space")
