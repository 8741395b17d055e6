"""Rows that no longer hold what they may: check says so, and no door ends in a traceback."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from commands import call
from fakes import WordEncoder
from stored import findings

from protolabel import Document, LabelSpace
from protolabel.errors import SpaceDamagedError
from protolabel.label_space.changes.registry import REQUESTS
from protolabel.store import open_store
from protolabel.store.column_rules import DERIVED_RULES, RULES
from protolabel.store.records import CHANGE_KINDS

NEWEST = "WHERE version = (SELECT max(version) FROM changes)"
NO_UTF8 = "CAST(x'64e5' AS TEXT)"


def sql(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    for statement in statements:
        db.execute(statement)
    db.close()


@pytest.fixture
def answered(path) -> Path:
    """The file of the fixture, with a document that was answered and decided on."""
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many([Document("d1", "pay pay")]))
        space.answer_log.write(1.0)
        space.correct("d1", "cv")
    assert findings(path) == []
    return path


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"UPDATE changes SET detail = '{{' || char(2) {NEWEST}", "detail is"),
        (f"UPDATE changes SET detail = '[1]' {NEWEST}", "a JSON object"),
        (f"UPDATE changes SET summary = {NO_UTF8} {NEWEST}", "a text in UTF-8"),
        (f"UPDATE changes SET who = {NO_UTF8} {NEWEST}", "a text in UTF-8"),
        (f"UPDATE changes SET kind = '2ename' {NEWEST}", "one of 'create', "),
        (f"UPDATE changes SET at = replace(at, 'T', 'V') {NEWEST}", "a time of ISO 8601"),
        (f"UPDATE changes SET at = '2026-13-30T10:00:00.000+00:00' {NEWEST}", "a time"),
        (f"UPDATE changes SET reverts = 'x' {NEWEST}", "reverts is 'x'"),
        ("UPDATE meta SET value = 'x' WHERE key = 'commit'", "a number and two marks"),
        ("UPDATE meta SET value = value || 'x' WHERE key = 'created_at'", "a time"),
        ("UPDATE meta SET value = '[1' WHERE key LIKE 'decided:%'", "decisions on documents"),
        ("UPDATE meta SET value = '[[1]]' WHERE key LIKE 'decided:%'", "decisions on documents"),
        ("UPDATE meta SET value = '[]' WHERE key LIKE 'own:%'", "the answer of a document"),
        ("UPDATE meta SET value = 'x' WHERE key = 'answer_writes'", "a whole number"),
        ("INSERT INTO meta VALUES ('beginning', '{}')", "number, chosen and span"),
        ("UPDATE encodings SET reads = 'tent'", "reads is 'tent'"),
        (f"UPDATE encodings SET encoder = {NO_UTF8}", "a text in UTF-8"),
        ("UPDATE items SET text = x'00ff' WHERE item = 1", "a text in UTF-8"),
        (f"UPDATE examples SET source = {NO_UTF8}", "a text in UTF-8"),
        ("UPDATE classes SET parent = 'x' WHERE class = 1", "a whole number, or NULL"),
        (f"UPDATE settings SET value = {NO_UTF8} WHERE key = 'strangers'", "a text in UTF-8"),
        ("INSERT INTO refusals VALUES (x'00', 1)", "16 bytes"),
    ],
)
def test_check_names_each_value_that_its_column_cannot_hold(answered, statement, words):
    sql(answered, statement)
    damage = findings(answered, repair=True)
    assert any(words in finding.what for finding in damage), damage
    assert {finding.kind for finding in damage} == {"damage"}
    result = call("check", answered, code=5)
    assert "protolabel restore BACKUP" in result.stderr


@pytest.mark.parametrize("value", ["'{' || char(2)", "'[1]'", NO_UTF8, "'null'"])
def test_history_and_undo_of_a_damaged_detail_say_so(path, value):
    sql(path, f"UPDATE changes SET detail = {value} {NEWEST}")
    for command in (("history", path), ("undo", path), ("undo", path, "--preview")):
        result = call(*command, code=5)
        assert "protolabel check" in result.stderr
    with (
        LabelSpace(path, encoder=WordEncoder(), background=False) as space,
        pytest.raises(SpaceDamagedError, match="is damaged"),
    ):
        list(space.history())


@pytest.mark.parametrize("value", ["NULL", "x'00'", "7", "'text'"])
def test_a_vector_that_is_none_is_damage_and_no_traceback(path, value):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'embedding BLOB NOT NULL', "
               "'embedding BLOB') WHERE name = 'vectors'")  # fmt: skip
    db.close()
    sql(path, f"UPDATE vectors SET embedding = {value}", "DELETE FROM sums")
    for command in (("label", path, "--text", "pay"), ("export", path), ("classes", path)):
        result = call(*command, code=5)
        assert "protolabel check" in result.stderr
    with pytest.raises(SpaceDamagedError, match="protolabel check"):
        LabelSpace(path, encoder=WordEncoder(), background=False)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE answers SET text = {NO_UTF8}",
        "UPDATE answers SET at = 'yesterday'",
        "UPDATE answers SET content = x'00'",
        "UPDATE answers SET probability = 'x'",
    ],
)
def test_a_remembered_answer_that_cannot_be_read_is_removed_by_a_repair(answered, statement):
    sql(answered, statement)
    assert [finding.kind for finding in findings(answered)] == ["derived"]
    assert all(finding.repaired for finding in findings(answered, repair=True))
    assert findings(answered) == []


def test_a_fit_whose_header_is_no_text_counts_as_absent(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.settle()
    sql(path, f"UPDATE fits SET header = {NO_UTF8} WHERE kind = 'refinement'")
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.view().head.head == "prototypes"
    assert [finding.repaired for finding in findings(path, repair=True)] == [True]


def test_an_error_over_a_sound_file_stays_what_it_is(path):
    store = open_store(str(path))
    try:
        with pytest.raises(KeyError), store.rows.reading():
            raise KeyError("a fault of ours")
    finally:
        store.close()


def test_every_kind_of_change_is_known_to_check():
    assert set(CHANGE_KINDS) == {*REQUESTS, "create", "repair"}


def test_every_column_has_a_rule(path):
    """``sums`` and ``fits`` have a digest over all that they hold."""
    db = sqlite3.connect(path)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    rules = RULES | DERIVED_RULES
    assert tables - {"sums", "fits"} == set(rules)
    for table, columns in rules.items():
        names = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        assert names - {"row"} == set(columns), table
    db.close()
