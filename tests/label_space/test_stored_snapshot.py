"""Prototypes in a file beside a large label space: used where they match, made again elsewhere.

"Large" is three classes here. The oracle is the same label space without the file.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import WordEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mounts import read_only
from other_processes import opened
from spaces import four_classes

from protolabel import Example, LabelSpace
from protolabel.arithmetic.calibration import Shortage
from protolabel.errors import HistoryError, InputError
from protolabel.evaluation.risk_of_space import calibration_of
from protolabel.label_space.fits import stored_fits
from protolabel.store.array_file import Column, map_arrays, write_arrays

FEWEST = "protolabel.label_space.stored_items.stored_snapshot.FEWEST"
SCANNED = "protolabel.arithmetic.snapshot.SCANNED"
FEW = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def three_classes_are_many(monkeypatch):
    monkeypatch.setattr(FEWEST, 3)
    monkeypatch.setattr(SCANNED, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four classes, and the file that the first opening has made."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
        space.configure(kappa=1.0, refine=False)
        space.add(four_classes())
    opened(where).close()
    assert beside(where).exists()
    return where


def beside(path: Path) -> Path:
    return Path(f"{path}-prototypes")


def made_again(path: Path) -> bool:
    """Whether the next opening writes the file."""
    before = beside(path).stat().st_ino
    opened(path).close()
    return beside(path).stat().st_ino != before


def require_same_as_from_rows(path: Path) -> None:
    """What an opening has is what summing up the rows gives, bit for bit; so are its answers."""
    alone = path.with_name(f"alone {path.name}")
    with opened(path) as space:
        space.backup(alone)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FEWEST, 10**9)
            patch.setattr(SCANNED, 10**9)
            with opened(alone) as plain:
                mapped, rows = space.view().prototypes, plain.view().prototypes
                for name in ("labels", "keys", "sizes", "weights", "biases", "version", "basis"):
                    np.testing.assert_array_equal(getattr(mapped, name), getattr(rows, name))
                answer = plain.label("pay cv secret", alternatives=9).to_dict()
        assert space.label("pay cv secret", alternatives=9).to_dict() == answer
    alone.unlink()


def test_an_opening_uses_the_file_and_answers_as_from_rows(path):
    assert not made_again(path)
    require_same_as_from_rows(path)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.sampled_from(["add", "new", "retire", "rename", "describe", "undo", "kappa", "open"]),
        min_size=1, max_size=6,
    ),
    metric=st.sampled_from(["cosine", "euclidean"]),
)  # fmt: skip
def test_what_changed_since_the_file_was_made_is_read_from_the_rows(
    tmp_path_factory, changes, metric
):
    path = tmp_path_factory.mktemp("changed") / "a.space"
    with LabelSpace.create(path, encoder=WordEncoder(), metric=metric, background=False) as space:
        space.configure(kappa=1.0, refine=False)
        space.add(four_classes())
    space = opened(path)
    for number, change in enumerate(changes):
        live = [info.name for info in space.classes() if not info.retired]
        if change in ("add", "rename", "describe") and not live:
            continue
        if change == "add":
            space.add(f"pay ship {number}", live[0])
        elif change == "new":
            space.add([Example(f"new {number}", f"sign box {number}")])
        elif change == "retire" and len(live) > 3:
            space.retire(live[-1])
        elif change == "rename":
            space.rename(live[0], f"other {number}")
        elif change == "describe":
            space.describe({live[0]: f"secret work {number}"})
        elif change == "undo":
            with suppress(HistoryError):  # nothing is left to undo
                space.undo()
        elif change == "kappa":
            space.configure(kappa=2.0 + number)
        elif change == "open":
            space.close()
            space = opened(path)
    space.close()
    require_same_as_from_rows(path)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_file_is_made_again(path, share, bit, cut):
    content = bytearray(beside(path).read_bytes())
    place = int(share * len(content))
    if cut:
        beside(path).write_bytes(content[:place])
    else:
        content[place] ^= 1 << bit
        beside(path).write_bytes(content)
    require_same_as_from_rows(path)
    assert not made_again(path)


def header_of(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The header of a file, and its arrays."""
    end = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:end]), content[end:]


def with_header(text: bytes, arrays: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text + arrays


NO_HEADERS = {
    "a number": b"5", "null": b"null", "a text": b'"weights"', "a list": b"[1]",
    "no JSON": b"\xff\xfe{", "deep": b"[" * 200_000, "empty": b"{}",
    "metadata": b'{"__metadata__": 5}', "no key": b'{"__metadata__": {"crc32": ""}}',
    "a key of another kind": b'{"__metadata__": {"key": 5, "crc32": ""}}',
    "a deep key": b'{"__metadata__": {"crc32": "", "key": "' + b"[" * 200_000 + b'"}}',
    "a key that is no object": b'{"__metadata__": {"key": "[1]", "crc32": ""}}',
    "checksums of another kind": b'{"__metadata__": {"key": "{}", "crc32": 5}}',
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_HEADERS)
def test_a_file_with_a_header_of_another_shape_is_made_again(path, kind):
    beside(path).write_bytes(with_header(NO_HEADERS[kind], b""))
    require_same_as_from_rows(path)
    assert not made_again(path)


@pytest.mark.parametrize("field", ["dtype", "shape"])
def test_a_file_whose_header_describes_no_array_is_made_again(path, field):
    """The key and the checksums are right: the shape of the header alone tells."""
    header, arrays = header_of(beside(path).read_bytes())
    for value in (None, 5, [], {}, [-1, -8], [True], [["F32"]], [10**400]):
        changed = header | {"weights": header["weights"] | {field: value}}
        beside(path).write_bytes(with_header(json.dumps(changed).encode(), arrays))
        assert made_again(path)


def test_arrays_of_another_shape_are_not_those_of_the_file(path):
    header, arrays = header_of(beside(path).read_bytes())
    header["counts"]["shape"].append(1)  # as many bytes
    beside(path).write_bytes(with_header(json.dumps(header).encode(), arrays))
    assert made_again(path)
    require_same_as_from_rows(path)


def test_a_file_of_another_label_space_is_made_again(path, tmp_path):
    other = tmp_path / "b.space"
    with LabelSpace.create(other, encoder=WordEncoder(), background=False) as space:
        space.configure(kappa=1.0, refine=False)
        space.add(four_classes(np.random.default_rng(1)))
    shutil.copy(beside(path), beside(other))
    require_same_as_from_rows(other)


def test_a_file_of_another_history_of_the_same_label_space_is_made_again(path, tmp_path):
    earlier = tmp_path / "earlier.space"
    with opened(path) as space:
        space.backup(earlier)
        space.add("pay", "d")
    beside(path).unlink()
    opened(path).close()  # the file is of a version that the backup reaches by another change
    with opened(earlier) as space:
        space.add("ship", "a")
    shutil.copy(beside(path), beside(earlier))
    require_same_as_from_rows(earlier)
    assert made_again(path) is False


def test_near_names_come_from_a_file_too_and_follow_what_is_added(path, monkeypatch):
    monkeypatch.setattr("protolabel.label_space.stored_items.known_names.FEWEST", 3)
    names = Path(f"{path}-names")
    with opened(path) as space:
        space.add([Example("invoices", "pay"), Example("contract", "sign")])
        assert names.exists()
    written = names.read_bytes()
    with opened(path) as space:
        near = {"invoice": ["invoices"], "Contract": ["contract"]}
        assert space.near_names(list(near)) == near
        space.rename("invoices", "receipts")
        assert space.near_names(["invoice", "receipt"]) == {"receipt": ["receipts"]}
    assert names.read_bytes() == written
    names.write_bytes(written[:-1] + b"?")
    with opened(path) as space:
        assert space.near_names(["receipt"]) == {"receipt": ["receipts"]}


def test_only_its_owner_may_read_the_file(path):
    assert stat.S_IMODE(os.stat(beside(path)).st_mode) == 0o600


def test_an_opening_without_the_file_on_a_read_only_disk_sums_up_the_rows(path):
    beside(path).unlink()
    with read_only(path.parent), opened(path) as space:
        assert space.label("pay").label == "a"
    assert not beside(path).exists()


def test_a_small_label_space_and_one_in_memory_have_no_file(tmp_path):
    where = tmp_path / "small.space"
    for path in (where, ":memory:"):
        with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
            space.add([Example("a", "pay"), Example("b", "ship")])
    opened(where).close()
    assert os.listdir(tmp_path) == ["small.space"]


def test_too_many_classes_are_not_fitted_and_the_answer_says_so(path, monkeypatch):
    monkeypatch.setattr(stored_fits, "MOST_CLASSES", 3)
    with opened(path) as space:
        assert space.view().lacking == ()
        assert isinstance(space.info().calibration, Shortage)
        answer = space.label("pay")
    assert answer.label == "a"
    assert answer.probability is None
    assert "4 classes are too many for a calibration" in answer.reason


def test_of_too_many_classes_nobody_is_told_to_add_examples(path, monkeypatch):
    monkeypatch.setattr(stored_fits, "MOST_CLASSES", 3)
    with opened(path) as space:
        sentence = space.view().rule.nothing_declined_sentence("cosine")
        assert "4 classes are too many" in sentence
        assert "threshold" in sentence
        with pytest.raises(InputError, match="merge or retire classes") as caught:
            calibration_of(space.view())
    assert "add examples" not in sentence + str(caught.value)


def test_classes_of_which_a_fit_would_see_less_than_two_examples_are_not_fitted(path, monkeypatch):
    monkeypatch.setattr(stored_fits, "MOST_FITTED", 7)
    with opened(path) as space:
        assert "4 classes are too many" in space.label("pay").reason
    monkeypatch.setattr(stored_fits, "MOST_FITTED", 8)
    with opened(path) as space:
        space.settle()
        assert "too many" not in space.label("pay").reason


@pytest.mark.parametrize("sizes", [[0], [3], [0, 5, 2]])
def test_arrays_come_back_as_they_were_written(tmp_path, sizes):
    where, key = tmp_path / "arrays", {"made from": "this"}
    rows = np.random.default_rng(0).standard_normal((sum(sizes), 3))
    small = np.arange(sum(sizes), dtype=np.int8)
    columns = {"rows": Column("<f8", rows.shape), "small": Column("|i1", small.shape)}
    edges = np.cumsum([0, *sizes])
    parts = [rows[a:b] for a, b in pairwise(edges)]
    assert write_arrays(where, key, columns, iter([*parts, small]))
    arrays = map_arrays(where, key)
    assert arrays is not None
    np.testing.assert_array_equal(arrays["rows"], rows)
    np.testing.assert_array_equal(arrays["small"], small)
    assert not arrays["rows"].flags.writeable
    assert map_arrays(where, {"made from": "that"}) is None


def test_the_file_can_be_read_by_the_safetensors_library(path):
    from safetensors.numpy import load_file

    with opened(path) as space:
        np.testing.assert_array_equal(
            load_file(beside(path))["weights"], space.view().prototypes.weights
        )
