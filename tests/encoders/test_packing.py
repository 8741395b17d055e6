"""Rows that sequences share: each once, within the room; arrays as a plain loop lays them out."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from encoder_folders import WORDS, write_folder
from fast_cases import crossed
from hypothesis import given
from hypothesis import strategies as st

from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.encoders.text.head import TokenPooling
from protolabel.encoders.text.packing import packed_rows, row_inputs

lengths = st.lists(st.integers(1, 100), max_size=120)
POOLINGS = [pooling for pooling in get_args(TokenPooling) if pooling != "max"]
PADDING = 1


@given(lengths, st.integers(0, 100), st.integers(1, 4))
def test_every_sequence_is_in_one_row_and_shared_rows_keep_to_the_room(sizes, room, n_streams):
    rows = packed_rows(np.array(sizes, np.int64), room=room, n_streams=n_streams)
    assert sorted(number for row in rows for number in row) == list(range(len(sizes)))
    assert all(len(row) == 1 or sum(sizes[number] for number in row) <= room for row in rows)


@given(lengths, st.integers(1, 100))
def test_no_row_could_take_in_what_begins_a_later_one(sizes, room):
    rows = packed_rows(np.array(sizes, np.int64), room=room)
    tokens = [sum(sizes[number] for number in row) for row in rows]
    for place, row in enumerate(rows):
        first = sizes[row[0]]
        if first <= room:
            room_before = [room - tokens[k] for k in range(place) if sizes[rows[k][0]] <= room]
            assert all(space < first for space in room_before)


def test_equal_sequences_are_shared_out_among_the_streams():
    sizes = np.full(8, 10)
    assert [len(row) for row in packed_rows(sizes, n_streams=1)] == [6, 2]
    assert [len(row) for row in packed_rows(sizes, n_streams=2)] == [4, 4]
    assert len(packed_rows(np.array([20, 10]), n_streams=2)) == 2


def test_a_long_sequence_is_no_reason_to_leave_streams_without_a_row():
    """The room for the others was what all tokens need, the long sequence's too: two rows."""
    assert len(packed_rows(np.array([200, 30, 30]), n_streams=3)) == 3


def test_the_worked_example_of_the_docstring():
    sequences = [np.array([7, 8], np.int32), np.array([9], np.int32)]
    inputs = row_inputs(sequences, [[0, 1]], 4, pooling="mean_tokens")
    assert inputs.ids.tolist() == [[7, 8, 9, 0]]
    assert inputs.owners.tolist() == [[0, 0, 1, -1]]
    assert inputs.places.tolist() == [[0, 1, 0, 0]]
    assert inputs.weights.tolist() == [[1, 1, 0, 0], [0, 0, 1, 0]]
    assert inputs.totals.tolist() == [[2], [1]]


def test_a_sequence_without_a_token_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        packed_rows(np.array([3, 0]))


def by_hand(sequences, rows, width, pooling, padding):
    """Lay out token by token."""
    n = sum(map(len, rows))
    ids, owners, places = (np.full((len(rows), width), fill) for fill in (0, -1, 0))
    weights, totals = np.zeros((n, len(rows) * width)), np.zeros((n, 1))
    owner = 0
    for at, row in enumerate(rows):
        column = 0
        for number in row:
            count = 0
            for place, token in enumerate(sequences[number]):
                ids[at, column], owners[at, column] = token, owner
                count += token != padding
                places[at, column] = place if padding is None else count * (token != padding)
                weight = {
                    "mean": 1,
                    "mean_sqrt_len_tokens": 1,
                    "cls": place == 0,
                    "lasttoken": place == len(sequences[number]) - 1,
                    "weightedmean": place + 1,
                }[pooling]
                weights[owner, at * width + column] = weight
                column += 1
            total = weights[owner].sum()
            totals[owner] = total**0.5 if pooling == "mean_sqrt_len_tokens" else total
            owner += 1
    return ids, owners, places, weights, totals


@given(
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=9), min_size=1, max_size=12),
    st.sampled_from(POOLINGS),
    st.sampled_from([None, PADDING]),
    st.integers(0, 3),
)
def test_rows_are_laid_out_as_by_hand(texts, pooling, padding, more):
    sequences = [np.array(text, np.int32) for text in texts]
    rows = packed_rows(np.array([one.size for one in sequences]), room=12)
    width = max(sum(sequences[number].size for number in row) for row in rows) + more
    got = row_inputs(sequences, rows, width, pooling=pooling, padding=padding)
    for one, expected in zip(got, by_hand(sequences, rows, width, pooling, padding), strict=True):
        np.testing.assert_allclose(one, expected, rtol=1e-6)
    assert {one.dtype.name for one in got[:3]} == {"int32"}
    assert {one.dtype.name for one in got[3:]} == {"float32"}


@pytest.mark.parametrize(
    ("family", "pooling"),
    crossed(["bert", "roberta", "distilbert", "mpnet"], get_args(TokenPooling)),
)
def test_a_text_beside_others_in_its_row_has_the_vector_that_it_has_alone(
    tmp_path, family, pooling
):
    folder = write_folder(tmp_path, family, pooling=pooling, window=36)
    encoder = TransformerEncoder(folder, precision="f32", threads=1)
    texts = [" ".join(WORDS[(i * k) % 13] for k in range(i % 9)) for i in range(40)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=2e-6)
