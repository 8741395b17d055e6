"""What a change and an answer cost in statements and transactions. No seconds are measured.

The store commits with ``synchronous = FULL``, so that each transaction that writes is one fsync.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import connection_of, store_of

from protolabel import Document, Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder

D = 8


@pytest.fixture
def space(tmp_path) -> Iterator[LabelSpace]:
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=PrecomputedEncoder(D), background=False) as one:
        one.add(examples("first", 3))
        yield one


def examples(label: str, n: int, seed: int = 0) -> list[Example]:
    vectors = np.random.default_rng([seed, *label.encode()]).normal(size=(n, D))
    return [Example(label, embedding=v.astype(np.float32)) for v in vectors]


@contextmanager
def statements_of(space: LabelSpace) -> Iterator[list[str]]:
    """Collect the SQL that runs inside, each statement on one line."""
    statements: list[str] = []
    database = connection_of(space).db
    database.set_trace_callback(lambda sql: statements.append(" ".join(sql.split())))
    try:
        yield statements
    finally:
        database.set_trace_callback(None)


def beginning(statements: list[str], words: str) -> list[str]:
    return [statement for statement in statements if statement.startswith(words)]


CHANGES = {
    "add": lambda space: space.add(examples("second", 4)),
    "rename": lambda space: space.rename("first", "other name"),
    "undo": lambda space: space.undo(),
    "retire": lambda space: space.retire("first"),
    "remove": lambda space: space.remove(["e1"]),
    "configure": lambda space: space.configure(kappa=2.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_transaction_that_writes(space, name):
    assert connection_of(space).db.execute("PRAGMA synchronous").fetchone() == (2,)
    with statements_of(space) as statements:
        CHANGES[name](space)
    assert len(beginning(statements, "BEGIN IMMEDIATE")) == 1
    assert len(beginning(statements, "COMMIT")) == 1 + len(beginning(statements, "BEGIN DEFERRED"))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_does_not_read_back_its_own_record(space, name):
    with statements_of(space) as statements:
        change = CHANGES[name](space)
    written = statements.index(beginning(statements, "UPDATE changes SET summary")[0])
    ends = statements.index("COMMIT")
    read = [one for one in statements[written + 1 : ends] if "FROM changes" in one]
    assert [one for one in read if "max(version)" not in one] == []
    assert change == next(space.history())


def test_an_example_costs_five_statements(space):
    """It is looked for, stored with its vector, given an id, and put into its class."""
    counts = []
    for n in (10, 30):
        with statements_of(space) as statements:
            space.add(examples(f"class of {n}", n))
        counts.append(len(statements))
        assert beginning(statements, "SELECT embedding FROM vectors") == []
    assert counts[1] - counts[0] == 20 * 5


def test_an_answer_is_read_in_one_transaction_and_its_class_only_once(space):
    space.add(examples("second", 5))
    first, second = (Document("q", embedding=examples(name, 1)[0].embedding)
                     for name in ("first", "second"))  # fmt: skip
    space.label(first)  # the answer log asks the file once for all answers that wait
    with statements_of(space) as statements:
        answer = space.label(second)
    assert answer.evidence is not None
    assert (answer.label, len(answer.evidence.examples)) == ("second", 3)
    assert len(beginning(statements, "BEGIN")) == 1
    with statements_of(space) as statements:
        assert space.label(second) == answer
    assert beginning(statements, "SELECT") == []


def test_single_answers_that_wait_are_written_in_one_transaction(space):
    vectors = np.random.default_rng(1).normal(size=(40, D)).astype(np.float32)
    for i, vector in enumerate(vectors):
        space.label(Document(f"d{i}", embedding=vector))
    with statements_of(space) as statements:
        space.answer_log.write()
    assert len(beginning(statements, "BEGIN IMMEDIATE")) == 1
    assert len(space.answer_log) == 40


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "in/a", "in/b"]),
                          st.integers(0, 2)), max_size=12))  # fmt: skip
def test_answers_written_together_are_those_written_one_by_one(answers):
    """Also where they are about one document, or about one place whose content changed."""
    vectors = np.eye(3, D, dtype=np.float32)
    logs = []
    for together in (True, False):
        with LabelSpace.create(encoder=PrecomputedEncoder(D), background=False) as space:
            space.add([Example(f"class {i}", embedding=vector) for i, vector in enumerate(vectors)])
            for name, source, i in answers:
                space.label(Document(name, embedding=vectors[i], source=source))
                if not together:
                    space.answer_log.write()
            space.answer_log.write()
            logs.append([(r.document, r.id, r.source, r.class_key)
                         for r in store_of(space).answers.rows()])  # fmt: skip
    assert logs[0] == logs[1]
