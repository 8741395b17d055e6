"""Notes of decisions: the JSON that a file holds is read, and written again letter by letter."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from protolabel.store.decision_notes import note_of, records_of

KEYS = st.integers(1, 9)
JUDGEMENTS = st.tuples(
    st.none() | KEYS,
    st.none() | st.floats(0, 1),
    KEYS,
    st.just("2026-01-02T03:04:05.678+00:00"),
    st.sampled_from(["prototypes", "refined"]),
    st.sampled_from([0, 1]),
).map(list)
DOCUMENTS = st.binary(min_size=16, max_size=16).map(bytes.hex)
OF_OLDER_PROGRAMS = st.tuples(
    DOCUMENTS,
    st.none() | JUDGEMENTS,
    st.none() | JUDGEMENTS,
    st.lists(st.integers(-9, 9), max_size=3),
).map(list)
CLASSES = st.tuples(
    st.lists(KEYS, max_size=2),
    st.lists(KEYS, max_size=2),
    st.none() | DOCUMENTS,
    st.sampled_from([0, 1]),
).map(list)
"""Records as docs/label-space-format.md has them."""
RECORDS = st.builds(lambda record, classes: [*record, classes], OF_OLDER_PROGRAMS, CLASSES)
RECORDS |= OF_OLDER_PROGRAMS.map(lambda record: [*record, None])


@given(st.lists(RECORDS, max_size=4))
def test_a_note_is_written_as_it_was_read(records: list[list[Any]]):
    text = json.dumps(records)
    assert note_of(records_of(text)) == text


@given(st.lists(OF_OLDER_PROGRAMS, max_size=4))
def test_a_note_of_an_older_program_means_the_same_when_it_is_written_again(records):
    notes = [*records_of(json.dumps(records))]
    assert [*records_of(note_of(notes))] == notes
    written = json.loads(note_of(notes))
    assert [record[:4] for record in written] == records
    assert all(record[4:] in ([], [None]) for record in written)  # as ``check`` allows them


def test_a_record_of_an_older_program_has_the_classes_of_its_rows():
    at = "2026-01-02T03:04:05.678+00:00"
    before, after = [3, 0.5, 1, at, "prototypes", 0], [4, None, 2, at, "prototypes", 1]
    (record,) = records_of(json.dumps([["00" * 16, before, after, [3]]]))
    assert record.classes is not None
    assert (record.classes.before, record.classes.after, record.classes.whole) == ((), (4,), None)


@given(RECORDS, RECORDS)
def test_the_records_of_some_documents_are_read_alone(one, other):
    notes = [*records_of(json.dumps([one, other]), {bytes.fromhex(one[0])})]
    assert [note.document.hex() for note in notes] == [
        record[0] for record in (one, other) if record[0] == one[0]
    ]
