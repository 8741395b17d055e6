"""Equal examples are reported, by text after folding, by image, and by vector."""

from __future__ import annotations

from fakes import WordEncoder
from stored import connection_of

from protolabel import Example, LabelSpace


def test_equal_examples_are_reported_and_are_no_damage(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.check() == []
        space.add(
            [
                Example("bill", "Pay  THIS", id="p1"),
                Example("cv", "pay this", id="p2"),
                Example("bill", "ship", id="s1"),
                Example("bill", "SHIP", id="s2"),
                Example("bill", "ship ", id="s3"),
                Example("box", embedding=[1, 0, 0, 0, 0, 0, 0, 0], id="v1"),
                Example("box", embedding=[1, 0, 0, 0, 0, 0, 0, 0], id="v2"),
            ]
        )
        findings = space.check()
        assert [(f.kind, f.repaired) for f in findings] == [("duplicate", False)] * 3
        assert findings[0].what == (
            "one text under two labels: 'p1' of class 'bill' and 'p2' of class 'cv'"
        )
        assert findings[1].what.startswith("one text more than once: 's1' of class 'bill' and 2")
        assert findings[2].what.startswith("one embedding more than once: 'v1'")
        space.retire("cv")
        assert len(space.check()) == 2


def test_many_equal_examples_are_counted(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.add([Example("a", f"pay {n}") for n in range(50)] * 2)
        findings = space.check()
        assert len(findings) == 21
        assert findings[-1].what == "30 more documents more than once"


def test_the_examples_of_an_item_are_found_without_reading_all_examples(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.add([Example("a", "pay", id="p"), Example("b", "ship")])
        rows, statements = space.view().rows, list[str]()
        row = rows.class_named("a", space.version)
        assert row is not None
        with connection_of(space).reading() as db:
            db.set_trace_callback(statements.append)
            (item,) = rows.example_keys(row.key, space.version)[1]
            examples = rows.examples_of_items({int(item)}, space.version)
            db.set_trace_callback(None)
            plan = db.execute(f"EXPLAIN QUERY PLAN {statements[-1]}").fetchall()
    assert examples == {int(item): [("p", "a")]}
    (of_examples,) = [step[3] for step in plan if step[3].split()[1] == "e"]
    assert "examples_item" in of_examples


def test_the_classes_above_are_found_without_reading_all_classes(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        rows, statements = space.view().rows, list[str]()
        with connection_of(space).reading() as db:
            db.set_trace_callback(statements.append)
            rows.class_parents(space.version)
            db.set_trace_callback(None)
            plan = db.execute(f"EXPLAIN QUERY PLAN {statements[-1]}").fetchall()
    assert ["classes_parent" in step[3] for step in plan] == [True]
