"""A change is a value: pure data that one loop carries out."""

from __future__ import annotations

import json
import struct
import zlib
from contextlib import suppress
from dataclasses import FrozenInstanceError, asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import damage

from protolabel import Example
from protolabel.errors import InputError, ProtolabelError
from protolabel.label_space.changes import REQUESTS, Add, Reencode, Tune, Undo, request_from
from protolabel.label_space.changes.imported_classes import ImportedClass
from protolabel.label_space.changes.request import ChangeRequest
from protolabel.label_space.kinds_of_change import (
    KINDS_OF_CHANGE,
    deciding_kinds,
    kinds_that_end_examples,
    refusing_kinds,
)
from protolabel.label_space.session import session_of
from protolabel.store.records import CHANGE_KINDS

WORDS = st.text("abc xyz", min_size=1, max_size=8).filter(str.strip)
NAMES = st.text("abcdefg", min_size=1, max_size=5)
SOME_NAMES = st.lists(NAMES, min_size=1, max_size=3, unique=True)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x7f"))
    + _chunk(b"IEND", b"")
)
VECTORS = st.none() | st.lists(st.floats(-4, 4, width=32), min_size=2, max_size=2).map(
    lambda v: np.array(v, dtype=np.float32)
)
EXAMPLES = st.builds(
    Example, NAMES, WORDS, id=st.sampled_from(["", "x1"]), embedding=VECTORS
) | st.builds(Example, NAMES, image=st.just(PIXEL))
NEGATIVES = EXAMPLES.map(lambda example: replace(example, negative=True))
CLASSES = st.builds(
    ImportedClass,
    NAMES,
    WORDS,
    st.sampled_from(["given", "name", "none"]),
    st.booleans(),
    parent=st.none() | NAMES,
)
PARENTS = st.dictionaries(NAMES, st.none() | NAMES, min_size=1, max_size=3)
FIELDS: dict[str, dict[str, Any]] = {
    "import": {
        "classes": st.lists(CLASSES, min_size=1, max_size=3, unique_by=lambda c: c.label),
        "examples": st.lists(EXAMPLES, max_size=3),
        "settings": st.just({"kappa": "2.0"}),
    },
    "describe": {"texts": st.dictionaries(NAMES, WORDS, min_size=1, max_size=3)},
    "add": {"examples": st.lists(EXAMPLES | NEGATIVES, min_size=1, max_size=3), "parents": PARENTS},
    "rename": {"old": NAMES, "new": NAMES},
    "merge": {"labels": SOME_NAMES, "into": NAMES},
    "split": {"label": NAMES, "parts": st.dictionaries(NAMES, SOME_NAMES, min_size=1, max_size=2)},
    "nest": {"parents": PARENTS, "new": st.booleans()},
    "retire": {"labels": SOME_NAMES},
    "restore": {"labels": SOME_NAMES},
    "move": {"ids": SOME_NAMES, "to": NAMES, "copies": st.booleans()},
    "correct": {
        "examples": st.lists(EXAMPLES, min_size=1, max_size=3),
        "removed": st.just(()) | SOME_NAMES,
    },
    "relabel": {"id": NAMES, "labels": SOME_NAMES},
    "refute": {"examples": st.lists(NEGATIVES, min_size=1, max_size=3)},
    "remove": {"ids": SOME_NAMES},
    "sharpen": {"off": st.booleans()},
    "configure": {"values": st.just({"kappa": 2, "refine": "off"})},
    "tune": {"kappa": st.floats(0.1, 9), "encoding": st.integers(1, 3)},
    "place": {"encoder": NAMES},
    "remember": {"what": st.sampled_from(["off", "answers", "text"])},
    "return": {"version": st.integers(1, 9)},
    "reencode": {"fingerprint": NAMES, "encoder": NAMES, "only_if_better": st.booleans()},
}


@pytest.mark.parametrize("kind", REQUESTS)
@given(data=st.data())
def test_a_change_goes_through_json_and_back(kind, data):
    fields = {name: data.draw(values) for name, values in FIELDS.get(kind, {}).items()}
    request = REQUESTS[kind](**fields)
    record = json.loads(json.dumps(request.to_dict()))
    assert record["kind"] == kind
    again = request_from(record)
    assert type(again) is type(request)
    assert json.dumps(again.to_dict()) == json.dumps(request.to_dict())


def test_a_change_is_frozen():
    request = Add([Example("bill", "pay")])
    with pytest.raises(FrozenInstanceError):
        request.examples = ()


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "explode"},
        {"kind": 3},
        {},
        {"kind": "undo", "version": 3},
        {"kind": "rename", "old": "a"},
        {"kind": "add", "examples": "a"},
        {"kind": "add", "examples": [{"text": "a"}]},
        {"kind": "add", "examples": [{"label": "a", "text": "b", "other": 1}]},
    ],
)
def test_a_record_that_is_no_change_is_refused(record):
    with pytest.raises(InputError):
        request_from(record)


def test_a_change_of_which_only_the_record_is_left_does_the_same(space):
    record = json.loads(json.dumps(Add([Example("cv", "work work", id="c9")]).to_dict()))
    session_of(space).commit(request_from(record))
    assert "c9" in {e.id for e in space.show("cv")[1]}
    session_of(space).commit(Undo())
    assert "c9" not in {e.id for e in space.show("cv")[1]}
    assert damage(space) == []


def test_an_estimate_that_no_longer_holds_changes_nothing_and_says_why(space):
    space.configure(kappa=3)
    version = space.version
    outcome = session_of(space).attempt(Tune(2.0, space.view().embedder.encoding))
    assert (outcome.change, space.version) == (None, version)
    assert "person" in outcome.reason


def test_every_kind_that_notes_something_of_documents_says_what_it_decides():
    noting = {
        kind for kind, one in REQUESTS.items() if one.note_answers is not ChangeRequest.note_answers
    }
    carrying = {"merge", "nest"}  # what people refused stays refused; they decide on no document
    assert deciding_kinds() == noting - carrying - {"undo", "redo", "return", "remember"}
    assert kinds_that_end_examples() | refusing_kinds() == deciding_kinds()


WRITES_A_VERSION_IN_ANY_CASE = {
    "split": "its parts are new classes, so that it never finds nothing to change",
    "undo": "each is a version, or refused",
    "redo": "each is a version, or refused",
    "return": "each is a version, or refused",
}


def test_every_kind_that_decides_on_documents_says_so_where_no_example_changes():
    def overrides(one: type[ChangeRequest], name: str) -> bool:
        return getattr(one, name) is not getattr(ChangeRequest, name)

    deciding = {
        kind
        for kind, one in REQUESTS.items()
        if overrides(one, "note_answers") and overrides(one, "reads_answers")
    }
    silent = {kind for kind in deciding if not overrides(REQUESTS[kind], "decides_anew")}
    assert silent == WRITES_A_VERSION_IN_ANY_CASE.keys()


def test_every_kind_that_a_file_may_have_in_its_log_says_what_it_may_do():
    assert KINDS_OF_CHANGE.keys() == {*CHANGE_KINDS} >= REQUESTS.keys()


def requests_of(space) -> dict[str, dict[str, Any]]:
    """Return fields of each kind of change that suit the label space of the fixture."""
    words = {"examples": [{"label": "cv", "text": "work work", "id": "c9"}]}
    return {
        "import": {"classes": [asdict(ImportedClass("cv", None, "none", False))], **words},
        "describe": {"texts": {"cv": "cv work"}},
        "add": words,
        "rename": {"old": "cv", "new": "resume"},
        "merge": {"labels": ["bill", "box"], "into": "bill"},
        "split": {"label": "bill", "parts": {"part": ["b1"]}},
        "nest": {"parents": {"bill": "box"}},
        "retire": {"labels": ["bill"]},
        "restore": {"labels": ["bill"]},
        "move": {"ids": ["b1"], "to": "cv"},
        "correct": words,
        "relabel": {"id": "b1", "labels": ["cv"]},
        "refute": {"examples": [{"not_label": "cv", "text": "pay pay", "id": "n1"}]},
        "remove": {"ids": ["b1"]},
        "sharpen": {"off": True},
        "configure": {"values": {"kappa": 2}},
        "tune": {"kappa": 2.0, "encoding": space.view().embedder.encoding},
        "place": {"encoder": "hashing"},
        "remember": {"what": "text"},
        "return": {"version": 2},
        "reencode": {"fingerprint": space.view().embedder.fingerprint},
    }


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_change_that_is_asked_for_twice_has_a_record_or_is_refused(space, kind):
    request = request_from({"kind": kind} | requests_of(space).get(kind, {}))
    for _ in range(2):
        version = space.version
        try:
            change = space.commit(request)
        except ProtolabelError:
            assert space.version == version
        else:
            assert change.kind == kind
            assert change.summary
            assert change.version == space.version


@pytest.mark.parametrize("kind", sorted(REQUESTS.keys() - {"reencode"}))
def test_a_preview_says_what_the_second_commit_of_a_change_does(space, kind):
    request = request_from({"kind": kind} | requests_of(space).get(kind, {}))
    with suppress(ProtolabelError):
        space.commit(request)
    try:
        preview = space.preview(request)
    except ProtolabelError as error:
        with pytest.raises(type(error)):
            space.commit(request)
    else:
        change = space.commit(request)
        assert (preview.change.summary, preview.change.version) == (change.summary, change.version)


def test_a_change_that_has_a_reason_to_stay_says_so_in_its_record(space):
    version, embedder = space.version, space.view().embedder
    for request in (Reencode(embedder.fingerprint), Tune(1.0, embedder.encoding)):
        change = space.commit(request)
        assert (change.version, space.version) == (version, version)
        assert change.summary.startswith(("nothing to do: ", "kappa is that already"))
