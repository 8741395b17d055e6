"""What any store must do with changes and versions, said through the protocol alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_contract import SETTINGS, SPACE, add, public, sums, sums_at, vector

from protolabel.errors import HistoryError, SpaceExistsError, StoreBusyError
from protolabel.store import Fit, Rows, Store, Writing, open_store


def test_a_store_offers_what_the_protocol_names_and_nothing_else(store):
    """A connection, say, would let a caller read and write past the store."""
    assert public(store) == public(Store)
    assert public(store.rows) == public(Rows)
    with store.writing("add", "me") as writing:
        assert public(writing.rows) == public(Rows)
        assert public(Writing) | set(Writing.__annotations__) <= public(writing)
        for name in public(writing):
            assert "sqlite3" not in type(getattr(writing, name)).__module__
    with store.rows.reading() as state, store.exclusively() as section:
        assert (state, section) == (None, None)


def test_a_new_store_is_at_version_1(store):
    assert (store.rows.version(), store.rows.basis()) == (1, 1)
    assert store.rows.encoding(1) == SPACE
    assert store.rows.settings(1).items() >= SETTINGS.items()
    assert store.rows.meta["metric"] == "cosine"
    assert [(c.kind, c.who) for c in store.rows.changes()] == [("create", "me")]
    assert store.rows.writable
    assert store.check() == []


def test_a_change_is_one_version_with_its_record(store):
    add(store, "a", vector(1, 0), vector(0, 1))
    change = next(store.rows.changes())
    assert (change.version, change.summary, change.detail) == (2, "added 2", {"n": 2})
    assert sums(store) == {"a": (2, [2**32, 2**32])}
    assert [row.name for row in store.rows.classes(2)] == ["a"]
    assert store.rows.classes(1) == []
    assert store.rows.counts(2) == {store.rows.class_named("a", 2).key: 2}
    assert store.check() == []


def test_a_mark_tells_a_version_from_another_one_of_its_number(store):
    add(store, "a", vector(1, 0))
    mark = store.rows.mark(2)
    assert len(mark) == 16
    assert mark != store.rows.mark(1)
    assert store.rows.mark(3) == store.rows.mark(0) == ""
    add(store, "a", vector(0, 1))
    assert store.rows.mark(2) == mark


def test_folders_of_sorted_files_are_noted_once_the_newest_last(store):
    assert store.sorted_folders() == []
    for path in ("/a", "/b", "/a"):
        store.note_sorted_folder(path)
    assert store.sorted_folders() == ["/b", "/a"]
    for n in range(150):
        store.note_sorted_folder(f"/{n}")
    assert store.sorted_folders() == [f"/{n}" for n in range(50, 150)]
    assert store.rows.version() == 1
    assert store.check() == []


def test_a_change_that_fails_leaves_nothing(store):
    add(store, "a", vector(1, 0))
    with pytest.raises(ZeroDivisionError), store.writing("add", "me") as writing:
        writing.new_class("b", None, "none")
        writing.set("kappa", "9")
        raise ZeroDivisionError
    assert store.rows.version() == 2
    assert sums(store) == {"a": (1, [2**32, 0])}
    assert store.rows.settings(2)["kappa"] == "1.0"
    assert store.check() == []


def test_changes_inside_an_exclusive_section_are_one_transaction(store):
    with pytest.raises(ZeroDivisionError), store.exclusively():
        add(store, "a", vector(1, 0))
        assert store.rows.version() == 2
        raise ZeroDivisionError
    assert store.rows.version() == 1
    assert sums(store) == {}


def test_every_version_can_be_read_and_returned_to(store):
    ids = add(store, "a", vector(1, 0), vector(0, 1))
    add(store, "b", vector(1, 1))
    with store.writing("move", "me") as writing:
        row = writing.rows.example_with_id(ids[0], writing.version)
        writing.move_example(row, writing.rows.class_named("b", writing.version).key)
    with store.writing("rename", "me") as writing:
        writing.rename_class(writing.rows.class_named("a", writing.version), "c")
    with store.writing("retire", "me") as writing:
        writing.retire_class(writing.rows.class_named("b", writing.version), True)
    states = {v: sums_at(store, v) for v in range(1, 7)}
    assert states[2] == {"a": (2, [2**32, 2**32])}
    assert states[4] == {"a": (1, [0, 2**32]), "b": (2, [2 * 2**32, 2**32])}
    assert states[5] == {"b": states[4]["b"], "c": states[4]["a"]}
    assert states[6] == {"c": (1, [0, 2**32])}
    for version in (4, 2, 6, 1):
        with store.writing("return", "me") as writing:
            writing.revert_to(version)
        assert sums(store) == states[version]
        assert store.check() == []
    for version in (0, store.rows.version() + 1):
        with pytest.raises(HistoryError):
            store.rows.require_version(version)


def test_a_rename_alone_moves_no_prototype(store):
    add(store, "a", vector(1, 0))
    with store.writing("rename", "me") as writing:
        writing.rename_class(writing.rows.class_named("a", writing.version), "b")
    assert (store.rows.version(), store.rows.basis()) == (3, 2)
    assert store.rows.basis(1) == 1
    assert store.rows.touched_since(2) == [store.rows.class_named("b", 3).key]
    assert store.rows.touched_since(3) == []


def test_equal_items_are_stored_once(store):
    add(store, "a", vector(1, 0))
    living = store.rows.living()
    with store.writing("add", "me") as writing:
        item = writing.item("a [1.0, 0.0]", vector(1, 0))
        writing.add_example(writing.new_class("b", None, "none"), "mine", item, "")
    assert store.rows.living() == living
    assert store.rows.content(item).text == "a [1.0, 0.0]"
    assert store.rows.example_with_id("mine", 3).item == item
    assert [len(x) for x in store.rows.training_set(3, 100)] == [2, 2, 2]


def test_descriptions_stand_beside_sums(store):
    with store.writing("describe", "me") as writing:
        key = writing.new_class("a", writing.item("words", vector(0, 1)), "given")
    assert store.rows.descriptions().keys() == {key}
    np.testing.assert_array_equal(store.rows.description_embedding(key, 2), vector(0, 1))
    arrays = store.rows.class_arrays(np.array([key]), 2)
    assert (arrays.counts.tolist(), arrays.described.tolist()) == ([0], [True])
    np.testing.assert_array_equal(arrays.descriptions, vector(0, 1)[None])


def test_vectors_of_another_encoder_come_into_force_whole(store):
    add(store, "a", vector(1, 0))
    other = store.draft("other:3", "elsewhere", 3, "text")
    items = store.rows.lacking(other.number)
    assert len(items) == 1
    store.keep_vectors(other, items, np.array([[0, 0, 1]], np.float32))
    assert store.rows.lacking(other.number) == []
    assert sums(store) == {"a": (1, [2**32, 0])}
    with store.writing("reencode", "me") as writing:
        writing.use_encoding(other)
    assert store.rows.encoding(3).dim == 3
    assert sums(store) == {"a": (1, [0, 0, 2**32])}
    assert sums_at(store, 2) == {"a": (1, [2**32, 0])}
    with store.writing("undo", "me") as writing:
        writing.revert_to(2)
    assert sums(store) == {"a": (1, [2**32, 0])}
    assert store.check() == []


def test_fits_are_kept_by_what_they_were_made_from(store):
    store.rows.keep_fit(Fit("kind", 1, {"n": 1}, b"one"))
    store.rows.keep_fit(Fit("kind", 2, {"n": 2}, b"two"))
    assert store.rows.fit("kind", 1) == Fit("kind", 1, {"n": 1}, b"one")
    assert store.rows.fit("kind", 2).body == b"two"
    assert store.rows.fit("kind", 3) is None
    assert store.rows.fit("other", 1) is None


def test_a_fit_alone_takes_the_place_of_all_others_of_its_kind(store):
    for basis in (2, 3):
        store.rows.keep_fit(Fit("kind", basis, {"n": basis}))
        store.rows.keep_fit(Fit("alone", basis, {"n": basis}), alone=True)
    assert store.rows.fit("alone", 2) is None
    assert store.rows.newest_fit("alone") == store.rows.fit("alone", 3)
    assert store.rows.newest_fit("kind").header == {"n": 3}
    assert store.rows.newest_fit("other") is None


def test_a_backup_is_a_store_of_its_own(store, tmp_path):
    add(store, "a", vector(1, 0))
    store.backup(str(tmp_path / "copy.space"))
    add(store, "b", vector(0, 1))
    copy = open_store(str(tmp_path / "copy.space"))
    assert sums(copy) == {"a": (1, [2**32, 0])}
    assert copy.check() == []
    copy.close()
    with pytest.raises(SpaceExistsError):
        store.backup(str(tmp_path / "copy.space"))


def test_two_connections_see_each_other_and_wait_for_each_other(factory, tmp_path):
    if factory.reopen is None:
        pytest.skip("this store has one connection")
    here, there = factory.create(tmp_path), factory.reopen(tmp_path)
    before = there.commits_elsewhere()
    add(here, "a", vector(1, 0))
    assert there.commits_elsewhere() > before
    assert there.commits_elsewhere() == there.commits_elsewhere()
    assert sums(there) == {"a": (1, [2**32, 0])}
    with there.rows.reading():
        assert there.rows.version() == 2
        add(here, "b", vector(0, 1))
        assert there.rows.version() == 2  # one state for as long as it is read
    assert there.rows.version() == 3
    with here.exclusively():
        assert there.rows.version() == 3  # looking waits for nobody
        with pytest.raises(StoreBusyError), there.exclusively(patience=0.05):
            pass
        with pytest.raises(StoreBusyError):
            there.rows.keep_fit(Fit("kind", 3, {}))
    add(there, "c", vector(1, 1))
    assert here.rows.version() == 4
    here.close()
    there.close()
    again = factory.reopen(tmp_path)
    assert again.rows.version() == 4
    again.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_sums_equal_plain_sums_whatever_came_before(factory, tmp_path_factory, data):
    store = factory.create(tmp_path_factory.mktemp("store"))
    expected: dict[int, dict[str, tuple[int, list[int]]]] = {1: {}}
    members: dict[str, tuple[str, list[int]]] = {}  # example -> class, vector in steps
    past = {1: dict(members)}
    for _ in range(data.draw(st.integers(1, 6))):
        kind = data.draw(st.sampled_from(["add", "remove", "return"]))
        if kind == "add":
            name = data.draw(st.sampled_from("abc"))
            parts = data.draw(st.lists(st.integers(-8, 8), min_size=2, max_size=2))
            (identity,) = add(store, name, vector(*(p / 4 for p in parts)))
            members[identity] = (name, [p * 2**30 for p in parts])
        elif kind == "remove" and members:
            identity = data.draw(st.sampled_from(sorted(members)))
            with store.writing("remove", "me") as writing:
                writing.end_example(writing.rows.example_with_id(identity, writing.version))
            del members[identity]
        else:
            version = data.draw(st.integers(1, store.rows.version()))
            with store.writing("return", "me") as writing:
                writing.revert_to(version)
            members = dict(past[version])
        past[store.rows.version()] = dict(members)
        expected[store.rows.version()] = {
            name: (
                sum(c == name for c, _ in members.values()),
                [sum(v[i] for c, v in members.values() if c == name) for i in range(2)],
            )
            for name in {c for c, _ in members.values()}
        }
    for version, sums_then in expected.items():
        counted = {n: s for n, s in sums_at(store, version).items() if s[0]}
        assert counted == sums_then
    assert {n: s for n, s in sums(store).items() if s[0]} == expected[store.rows.version()]
    assert [f for f in store.check() if f.kind != "duplicate"] == []
    store.close()


def test_a_change_is_about_the_documents_whose_examples_it_began_or_else_ended(store):
    with store.writing("add", "me") as writing:
        key, other = (writing.new_class(name, None, "none") for name in ("bill", "order"))
        items = [writing.item(f"text {n}", vector(n, 1)) for n in range(3)]
        writing.add_example(key, "", items[0], "in/a.txt")
        for label in (key, other):
            writing.add_negative(label, "", items[1], "in/b.txt")
        identity = writing.add_example(other, "", items[2], "")
    version = store.rows.version()
    documents = [(items[0], "in/a.txt"), (items[1], "in/b.txt"), (items[2], "")]
    assert store.rows.documents_of_change(version, 4) == documents
    assert store.rows.documents_of_change(version, 2) == documents[:2]
    assert store.rows.documents_of_change(1, 4) == []
    with store.writing("remove", "me") as writing:
        row = store.rows.example_with_id(identity, version)
        assert row is not None
        writing.end_example(row)
    assert store.rows.documents_of_change(version + 1, 4) == documents[2:]
    assert store.rows.documents_of_change(version, 4) == documents


def test_negative_examples_are_born_die_and_come_back(store):
    with store.writing("add", "me") as writing:
        key = writing.new_class("bill", None, "none")
        item = writing.item("not a bill", vector(0, 1))
        identity = writing.add_negative(key, "", item, "in/a.txt")
        assert writing.add_negative(key, "", item, "") != identity
        assert writing.add_example(key, "", item, "") != identity
    version = store.rows.version()
    first, second = store.rows.negatives(version)
    assert (first.id, first.text, first.class_key, first.source) == (
        identity, "not a bill", key, "in/a.txt",
    )  # fmt: skip
    assert store.rows.negative_with_id(identity, version) == first
    assert store.rows.has_negatives(version)
    assert not store.rows.has_negatives(1)
    assert store.rows.negatives_of_items({item}, version) == [first, second]
    assert store.rows.negatives_since(version - 1) == [(version, key, item)] * 2
    assert store.rows.negatives_since(version) == []
    assert store.rows.negatives(version, key + 1) == []
    assert store.rows.lacking(SPACE.number) == []
    keys, items, vectors = store.rows.negative_set(version)
    assert (keys.tolist(), items.tolist(), vectors.tolist()) == (
        [key] * 2,
        [item] * 2,
        [[0, 1]] * 2,
    )
    assert store.rows.counts(version) == {key: 1}
    with store.writing("remove", "me") as writing:
        other = writing.new_class("cv", None, "none")
        writing.end_negative(first)
        writing.move_negative(second, other)
    assert [row.class_key for row in store.rows.negatives(version + 1)] == [other]
    assert store.rows.touched_since(version) == [key, other]
    assert store.rows.basis() == version + 1
    with store.writing("undo", "me") as writing:
        writing.revert_to(version)
    again = store.rows.negatives(version + 2)
    assert [(row.key, row.id, row.class_key) for row in again] == [
        (row.key, row.id, row.class_key) for row in (first, second)
    ]
    assert [one.kind for one in store.check()] == ["duplicate"]  # of a class and not of it


def test_undoing_says_nothing_anew_of_an_example_or_a_negative_one(store):
    with store.writing("add", "me") as writing:
        key = writing.new_class("bill", None, "none")
        first = writing.item("a bill", vector(0, 1))
        second = writing.item("not a bill", vector(1, 0))
        writing.add_example(key, "", first, "")
        writing.add_negative(key, "", second, "")
    version = store.rows.version()
    (example,), (negative,) = store.rows.examples(key, version), store.rows.negatives(version)
    with store.writing("remove", "me") as writing:
        writing.end_example(example)
        writing.end_negative(negative)
    with store.writing("undo", "me") as writing:
        writing.revert_to(version)
    now = version + 2
    again = store.rows.examples(key, now), store.rows.negatives(now)
    assert [[row.born for row in rows] for rows in again] == [[now], [now]]
    assert store.rows.statement_moments(again[0], now, False) == [(version, 0)]
    assert store.rows.statement_moments(again[1], now, True) == [(version, 0)]


def test_the_moments_of_one_change_are_ordered_by_their_turns_and_stay_so(store):
    with store.writing("import", "me") as writing:
        key = writing.new_class("bill", None, "none")
        items = [writing.item(f"bill {n}", vector(n, 1)) for n in range(3)]
        writing.add_example(key, "a", items[0], "")
        writing.add_example(key, "b", items[1], "")
        writing.add_negative(key, "n", items[2], "")
        writing.order_statements({"a": 3, "n": 2, "of another change": 1})
    version = store.rows.version()
    with store.writing("describe", "me") as writing:
        writing.order_statements({"b": 7})
    with store.writing("undo", "me") as writing:
        writing.revert_to(version - 1)
    with store.writing("redo", "me") as writing:
        writing.revert_to(version + 1)
    now = store.rows.version()
    examples, negatives = store.rows.examples(key, now), store.rows.negatives(now)
    moments = store.rows.statement_moments(examples, now, negative=False)
    refused = store.rows.statement_moments(negatives, now, negative=True)
    assert [row.id for row in (*examples, *negatives)] == ["a", "b", "n"]
    assert [*moments, *refused] == [(version, 3), (version, 0), (version, 2)]
