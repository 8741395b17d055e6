"""What any store must read back: classes, examples, items and vectors, of every version."""

from __future__ import annotations

import numpy as np
import pytest
from store_contract import SPACE, add, vector

from protolabel.errors import HistoryError
from protolabel.store import Store
from protolabel.store.records import Holding

VECTORS = {"a": [(1, 0), (0, 1), (1, 0)], "b": [(1, 1)], "c": [(0, -1), (-1, 0)]}


@pytest.fixture
def ids(store) -> dict[str, list[str]]:
    """Three classes at versions 2, 3 and 4; two examples of ``a`` are equal."""
    return {name: add(store, name, *(vector(*v) for v in VECTORS[name])) for name in VECTORS}


def key_of(store: Store, name: str, version: int = 4) -> int:
    row = store.rows.class_named(name, version)
    assert row is not None
    return row.key


def test_a_store_says_where_and_what_it_is(store, factory, tmp_path):
    (tmp_path / "other").mkdir()
    other = factory.create(tmp_path / "other")
    assert store.rows.identity != other.rows.identity
    assert len(store.rows.identity) == 32
    assert (store.rows.path == str(tmp_path / "a.space")) == bool(factory.reopen)
    other.close()


def test_classes_are_read_by_key_and_names_by_the_rows_that_have_them(store, ids):
    with store.writing("rename", "me") as writing:
        writing.rename_class(writing.rows.class_named("a", 5), "z")
    rows = {c.name: c for c in store.rows.classes(5)}
    assert list(rows) == ["z", "b", "c"]
    assert [store.rows.class_with_key(c.key, 5) for c in rows.values()] == list(rows.values())
    assert store.rows.class_with_key(rows["z"].key, 4).name == "a"
    named = store.rows.class_names_since(0, 5)
    assert sorted(name for _, name in named) == ["a", "b", "c", "z"]
    assert sorted(name for _, name in store.rows.class_names_since(0, 3)) == ["a", "b"]
    assert store.rows.last_class_name(rows["z"].key) == "z"
    with store.writing("merge", "me") as writing:
        writing.end_class(writing.rows.class_named("z", 6))
    assert store.rows.last_class_name(rows["z"].key) == "z"
    assert store.rows.last_class_name(rows["b"].key) == "b"
    assert store.rows.last_class_name(99) is None
    last = max(row for row, name in named if name != "z")
    assert store.rows.class_names_since(last, 5) == [(rows["z"].row, "z")]


def test_examples_come_oldest_first_as_of_any_version(store, ids):
    with store.writing("move", "me") as writing:
        writing.move_example(writing.rows.example_with_id(ids["a"][0], 5), key_of(store, "c"))
    with store.writing("remove", "me") as writing:
        writing.end_example(writing.rows.example_with_id(ids["a"][1], 6))
    expected = {
        4: {"a": ids["a"], "c": ids["c"]},
        5: {"a": ids["a"][1:], "c": [ids["a"][0], *ids["c"]]},
        6: {"a": ids["a"][2:], "c": [ids["a"][0], *ids["c"]]},
    }
    numbers = {i: v for name in VECTORS for i, v in zip(ids[name], VECTORS[name], strict=True)}
    for version, classes in expected.items():
        for name, members in classes.items():
            key = key_of(store, name)
            rows = store.rows.examples(key, version)
            assert [row.id for row in rows] == members
            keys, items = store.rows.example_keys(key, version)
            assert keys.tolist() == [row.key for row in rows]
            assert items.tolist() == [row.item for row in rows]
            assert store.rows.examples_with_keys(keys.tolist()[::-1], version) == rows[::-1]
            np.testing.assert_array_equal(
                store.rows.example_embeddings(key, version),
                np.array([numbers[i] for i in members], np.float32),
            )


def test_items_are_read_with_what_holds_them(store, ids):
    rows = [row for name in VECTORS for row in store.rows.examples(key_of(store, name), 4)]
    equal = [row for row in rows if row.id in (ids["a"][0], ids["a"][2])]
    assert len({row.item for row in equal}) == 1
    items = sorted({row.item for row in rows})
    assert store.rows.example_items(4).tolist() == items
    assert store.rows.examples_of_items({equal[0].item, rows[-1].item}, 4) == {
        equal[0].item: [(ids["a"][0], "a"), (ids["a"][2], "a")],
        rows[-1].item: [(ids["c"][1], "c")],
    }
    assert store.rows.examples_of_items({rows[-1].item}, 3) == {}
    births = store.rows.examples_since(1)
    assert {item for _, _, item in births} == set(items)
    assert [change for change, _, _ in births] == sorted(change for change, _, _ in births)
    newest = births[-1][0]
    assert store.rows.examples_since(newest - 1) == [one for one in births if one[0] == newest]
    assert store.rows.examples_since(newest) == []
    with store.writing("remove", "me") as writing:
        writing.end_example(rows[-1])
    ends = store.rows.examples_ended_since(newest)
    assert ends == [(store.rows.version(), rows[-1].class_key, rows[-1].item)]
    assert store.rows.examples_ended_since(store.rows.version()) == []
    assert store.rows.texts([row.item for row in rows]) == [row.text for row in rows]
    assert store.rows.texts_since(0, 2) == [(i, store.rows.texts([i])[0]) for i in items[:2]]
    assert store.rows.texts_since(items[-2], 9) == [(items[-1], rows[-1].text)]
    vectors = store.rows.vectors_of([*items, items[-1] + 1], SPACE)
    assert {i: v.tolist() for i, v in vectors.items()} == {
        row.item: list(v)
        for row, v in zip(rows, [v for name in VECTORS for v in VECTORS[name]], strict=True)
    }


def test_a_retired_class_leaves_the_items_that_answer_and_the_training_set(store, ids):
    digest = store.rows.examples_digest(4)
    before = store.rows.example_items(4).tolist()
    with store.writing("retire", "me") as writing:
        writing.retire_class(writing.rows.class_named("a", 5), True)
    rest = [row.item for name in "bc" for row in store.rows.examples(key_of(store, name), 5)]
    assert store.rows.example_items(5).tolist() == sorted(rest)
    assert store.rows.example_items(4).tolist() == before
    assert store.rows.examples_digest(5) != digest == store.rows.examples_digest(4)
    with store.writing("retire", "me") as writing:
        writing.retire_class(writing.rows.class_named("a", 6), False)
    assert store.rows.examples_digest(6) == digest
    keys, items = store.rows.training_items(5, 99)
    assert (keys.tolist(), items) == ([key_of(store, n) for n in "bcc"], rest)


@pytest.mark.parametrize(("most", "sizes"), [(99, (3, 1, 2)), (5, (2, 1, 2)), (3, (1, 1, 1))])
def test_training_takes_an_equal_share_of_each_class(store, ids, most, sizes):
    expected = [
        row for name, n in zip("abc", sizes, strict=True)
        for row in store.rows.examples(key_of(store, name), 4)[:n]
    ]  # fmt: skip
    keys, items = store.rows.training_items(4, most)
    assert keys.tolist() == [row.class_key for row in expected]
    assert items == [row.item for row in expected]
    same_keys, same_items, embeddings = store.rows.training_set(4, most)
    assert (same_keys.tolist(), same_items.tolist()) == (keys.tolist(), items)
    vectors = [v for name, n in zip("abc", sizes, strict=True) for v in VECTORS[name][:n]]
    np.testing.assert_array_equal(embeddings, np.array(vectors, np.float32))


@pytest.mark.parametrize("size", [1, 2, 9])
def test_groups_are_the_classes_side_by_side(store, ids, size):
    with store.writing("describe", "me") as writing:
        writing.new_class("d", writing.item("words", vector(1, 1)), "given")
    single = list(store.rows.vectors())
    groups = list(store.rows.class_groups(size))
    assert [len(g.keys) for g in groups] == [len(single[i : i + size]) for i in range(0, 4, size)]
    assert [k for g in groups for k in g.keys.tolist()] == [c.key for c in single]
    assert [n for g in groups for n in g.names] == [c.name for c in single]
    counts = [n for g in groups for n in g.totals.counts.tolist()]
    assert counts == [c.count for c in single] == [3, 1, 2, 0]
    sums = [s for g in groups for s in g.totals.sums.tolist()]
    assert sums == [(c.sums / 2**32).tolist() for c in single] == [[2, 1], [1, 1], [-1, -1], [0, 0]]
    described = [one for g in groups for one in g.totals.described.tolist()]
    assert described == [False, False, False, True]
    assert groups[-1].totals.descriptions[-1].tolist() == [1, 1]


def test_what_is_held_is_counted_by_kind(store, ids):
    assert store.rows.holding("text") == Holding(6, ids["a"][0], "a")
    assert store.rows.holding("images") is None
    assert store.rows.holding("embeddings") is None
    with store.writing("add", "me") as writing:
        key = writing.new_class("pictures", None, "none")
        item = writing.item(None, vector(0, 1), b"\x89PNG")
        writing.add_example(key, "seal", item, "seal.png")
        writing.add_example(key, "bare", writing.item(None, vector(0.5, 1)), "")
    assert store.rows.holding("images") == Holding(1, "seal", "pictures")
    assert store.rows.holding("embeddings") == Holding(1, "bare", "pictures")
    assert store.rows.image(item) == store.rows.content(item).image == b"\x89PNG"
    assert store.rows.texts([item]) == [None]
    assert [row.has_image for row in store.rows.examples(key, 5)] == [True, False]


def test_encodings_are_listed_those_too_that_were_never_in_force(store, ids):
    draft = store.draft("other:3", "elsewhere", 3, "text")
    assert store.draft("other:3", "elsewhere", 3, "text") == draft
    assert store.rows.encodings() == [SPACE, draft]
    items = store.rows.lacking(draft.number)
    store.keep_vectors(draft, items, np.ones((len(items), 3), np.float32))
    assert set(store.rows.vectors_of(items, draft)) == set(items)
    store.drop_draft(draft)
    assert store.rows.vectors_of(items, draft) == {}
    assert store.rows.lacking(draft.number) == items
    store.drop_draft(SPACE)  # in force: nothing is lost
    assert set(store.rows.vectors_of(items, SPACE)) == set(items)


def test_no_version_is_read_that_never_was(store, ids):
    store.rows.require_version(4, 4)
    for version, newest in ((0, None), (5, None), (4, 3)):
        with pytest.raises(HistoryError):
            store.rows.require_version(version, newest)
