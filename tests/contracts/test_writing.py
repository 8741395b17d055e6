"""What any store must do with the parts of an open change, said through the protocol alone."""

from __future__ import annotations

import numpy as np
import pytest
from store_contract import SPACE, add, sums, vector

from protolabel.store import Store


@pytest.fixture
def described(store) -> dict[str, int]:
    """Two described classes and one without a description, at version 2; their keys."""
    with store.writing("describe", "me") as writing:
        pay = writing.item("bills", vector(0, 1))
        job = writing.item("work", vector(1, 0))
        return {
            "pay": writing.new_class("pay", pay, "given"),
            "job": writing.new_class("job", job, "given"),
            "ship": writing.new_class("ship", None, "none"),
        }


def sharpen(store: Store, name: str, *components: float) -> None:
    """Sharpen one class in a change, or take that away where there are no components."""
    with store.writing("sharpen", "me") as writing:
        row = writing.rows.class_named(name, writing.version)
        item = writing.item(None, vector(*components)) if components else None
        writing.sharpen_class(row, item)


def descriptions(store: Store, version: int | None = None) -> dict[str, list[float]]:
    classes = store.rows.vectors() if version is None else store.rows.vectors_at(version)
    return {c.name: c.description.tolist() for c in classes if c.description is not None}


def test_a_sharpened_description_stands_in_the_prototype_and_the_words_stay(store, described):
    plain = {"pay": [0, 1], "job": [1, 0]}
    sharpen(store, "pay", 0.5, 1)
    row = store.rows.class_named("pay", 3)
    assert (row.description, row.described_by) == ("bills", "given")
    assert store.rows.class_named("job", 3).sharpened is None
    assert store.rows.descriptions()[described["pay"]] != row.sharpened
    assert (store.rows.version(), store.rows.basis()) == (3, 3)
    assert descriptions(store) == descriptions(store, 3) == plain | {"pay": [0.5, 1]}
    assert descriptions(store, 2) == plain
    keys = np.array(list(described.values()))
    assert store.rows.class_arrays(keys, 3).descriptions.tolist() == [[0.5, 1], [1, 0], [0, 0]]
    assert store.rows.class_arrays(keys, 2).descriptions.tolist() == [[0, 1], [1, 0], [0, 0]]
    one = store.rows.description_embedding(described["pay"], 3)
    assert one.tolist() == [0.5, 1]
    sharpen(store, "pay")
    assert descriptions(store) == plain
    with store.writing("undo", "me") as writing:
        writing.revert_to(3)
    assert descriptions(store) == plain | {"pay": [0.5, 1]}
    assert store.check() == []


def test_the_vectors_of_descriptions_are_those_of_the_version_and_of_the_oldest(store, described):
    sharpen(store, "pay", 0.5, 1)
    with store.writing("add", "me") as writing:
        writing.new_class("cv", writing.item("cvs", vector(1, 1)), "given")
        writing.retire_class(writing.rows.class_named("job", writing.version), retired=True)
    read = store.rows.description_embeddings
    assert read(2, 9).tolist() == [[0, 1], [1, 0]]
    assert read(3, 9).tolist() == [[0.5, 1], [1, 0]]
    assert read(4, 9).tolist() == [[0.5, 1], [1, 1]]
    assert read(4, 1).tolist() == [[0.5, 1]]
    assert read(1, 9).shape == (0, 2)


def test_the_sharpened_share_is_of_the_descriptions_that_answer(store, described):
    assert store.rows.sharpened_share(1) == store.rows.sharpened_share(2) == 0.0
    sharpen(store, "pay", 0.5, 1)
    assert store.rows.sharpened_share(3) == 0.5
    with store.writing("retire", "me") as writing:
        writing.retire_class(writing.rows.class_named("job", 4), True)
    assert store.rows.sharpened_share(4) == 1.0
    with store.writing("describe", "me") as writing:
        row = writing.rows.class_named("pay", 5)
        writing.describe_class(row, writing.item("invoices", vector(1, 1)), "given")
    assert [store.rows.sharpened_share(v) for v in range(1, 6)] == [0, 0, 0.5, 1, 0]
    assert descriptions(store) == {"pay": [1, 1]}
    assert store.rows.class_named("pay", 5).sharpened is None


def test_a_sharpened_description_counts_in_its_own_encoding_alone(store, described):
    sharpen(store, "pay", 0.5, 1)
    other = store.draft("other:3", "elsewhere", 3, "text")
    texts = [i for i in store.rows.lacking(other.number) if store.rows.texts([i])[0]]
    store.keep_vectors(other, texts, np.eye(3, dtype=np.float32)[: len(texts)])
    with store.writing("reencode", "me") as writing:
        writing.use_encoding(other)
        assert writing.re_encoded
    assert store.rows.sharpened_share(4) == 0.0
    assert descriptions(store) == {"pay": [1, 0, 0], "job": [0, 1, 0]}
    assert store.rows.sharpened_share(3) == 0.5


def test_a_class_stands_under_another_at_the_versions_at_which_it_was_put_there(store, described):
    pay, job, ship = described.values()
    for child, parent in ((job, pay), (ship, job), (job, None)):
        with store.writing("nest", "me") as writing:
            row = writing.rows.class_with_key(child, writing.version)
            writing.put_class_under(row, parent)
            assert not writing.re_encoded
    expected = {2: {}, 3: {job: pay}, 4: {job: pay, ship: job}, 5: {ship: job}}
    for version, parents in expected.items():
        assert store.rows.class_parents(version) == parents
        rows = store.rows.classes(version)
        assert {row.key: row.parent for row in rows if row.parent} == parents
    assert store.rows.basis() == 5  # what adds up levels follows from this too
    with store.writing("undo", "me") as writing:
        writing.revert_to(4)
    assert store.rows.class_parents(6) == expected[4]
    assert store.check() == []


def test_a_change_of_one_thing_leaves_the_other_columns_of_a_class(store, described):
    sharpen(store, "pay", 0.5, 1)
    with store.writing("nest", "me") as writing:
        writing.put_class_under(writing.rows.class_named("pay", 4), described["job"])
    with store.writing("rename", "me") as writing:
        writing.rename_class(writing.rows.class_named("pay", 5), "bill")
    with store.writing("retire", "me") as writing:
        writing.retire_class(writing.rows.class_named("bill", 6), True)
    before, after = (store.rows.class_with_key(described["pay"], v) for v in (3, 6))
    assert (after.name, after.retired, after.parent) == ("bill", True, described["job"])
    for column in ("key", "description", "described_by", "sharpened", "born"):
        assert getattr(after, column) == getattr(before, column)


def test_a_class_ends_and_its_name_is_free(store):
    (identity,) = add(store, "a", vector(1, 0))
    with store.writing("merge", "me") as writing:
        assert (writing.before, writing.version) == (2, 3)
        newest = writing.newest_before
        assert newest == writing.rows.example_with_id(identity, 2).item
        assert writing.item("another text", vector(0, 1)) > newest
        assert writing.newest_before == newest
        key = writing.new_class("b", None, "none")
        writing.move_example(writing.rows.example_with_id(identity, 3), key)
        writing.end_class(writing.rows.class_named("a", 3))
        assert [row.name for row in writing.rows.classes(3)] == ["b"]
    assert sums(store) == {"b": (1, [2**32, 0])}
    with store.writing("add", "me") as writing:
        again = writing.new_class("a", None, "none")
    assert again not in {row.key for row in store.rows.classes(3) + store.rows.classes(2)}
    assert store.check() == []


def test_an_item_is_found_where_it_would_not_be_stored_anew(store):
    with store.writing("add", "me") as writing:
        assert writing.item_of("words", vector(1, 0)) is None
        item = writing.item("words", vector(1, 0))
        image = writing.item(None, vector(1, 0), b"\x89PNG")
        assert writing.item_of("words", vector(1, 0)) == item
        assert writing.item_of(None, vector(1, 0), b"\x89PNG") == image != item
        assert writing.item_of("other", vector(1, 0)) is None
        assert writing.item("other", vector(1, 0)) not in (item, image)


def test_an_encoder_has_another_place_and_the_same_fingerprint(store):
    with store.writing("place", "me") as writing:
        writing.place_encoder("elsewhere")
        assert writing.encoding.encoder == "elsewhere"
    assert store.rows.encoding(2).encoder == "elsewhere"
    assert store.rows.encoding(2).fingerprint == SPACE.fingerprint


def test_a_record_is_what_the_log_has(store):
    add(store, "a", vector(1, 0))
    with store.writing("undo", "me") as writing:
        writing.reverts = 2
        writing.summary, writing.detail = "undid 2", {"n": 1}
        writing.revert_to(1)
        assert writing.record is None
    change = next(store.rows.changes())
    assert writing.record == change
    assert (change.reverts, change.detail) == (2, {"n": 1})
    assert [c.version for c in store.rows.changes(before=3, limit=1)] == [2]
