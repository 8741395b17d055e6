"""Which remembered documents a name means: one rule, exactly or by the place, for every door."""

from __future__ import annotations

import pytest
from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.remembered_documents.document_names import (
    documents_named,
    documents_within,
)
from protolabel.label_space.session import session_of
from protolabel.types import Example

SOURCES = ["in/a.txt", "in/b.zip/a.txt", "in/t.csv:2", "in/t.csv:3", "inn/c.txt", "c.txt"]


@pytest.fixture(scope="module")
def rows():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay 1", "pay 2"], "bill")
        documents = [Document(f"d{n}", f"pay {n} x", source=s) for n, s in enumerate(SOURCES)]
        list(space.label_many(documents))
        space.answer_log.write(1.0)
        yield session_of(space).store.answers.rows()


@pytest.mark.parametrize(
    ("name", "exact", "within"),
    [
        ("d0", ["d0"], ["d0"]),
        ("in/a.txt", ["d0"], ["d0"]),
        ("a.txt", ["d0", "d1"], []),
        ("c.txt", ["d5"], ["d5"]),  # a source goes before the name of a file
        ("in", [], ["d0", "d1", "d2", "d3"]),
        ("./in/", [], ["d0", "d1", "d2", "d3"]),
        ("in/t.csv", [], ["d2", "d3"]),
        ("/", [], [f"d{n}" for n in range(6)]),
        ("x", [], []),
    ],
)
def test_a_name_means_exactly_a_document_or_all_that_lie_in_it(rows, name, exact, within):
    assert [row.id for row in documents_named(rows, name)] == exact
    assert [row.id for row in documents_within(rows, name)] == within


def test_a_key_names_a_document_by_its_first_eight_digits(rows):
    key = rows[2].document.hex()
    for name in (key, key[:8], key[:8].upper()):
        assert documents_named(rows, name) == documents_within(rows, name) == [rows[2]]
    assert documents_named(rows, key[:7]) == []


@pytest.mark.parametrize("what", [Document("d", "a secret"), Example("bill", "a secret")])
def test_the_text_of_a_document_is_not_in_its_repr(what):
    assert "secret" not in repr(what)
    assert repr(what).startswith(f"{type(what).__name__}(")


def test_a_remembered_document_is_corrected_by_its_key():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay 1", "pay 2"], "bill")
        space.answer_log.remember("text")
        list(space.label_many([Document("d", "pay 3 x", source="gone/a.txt")]))
        (one,) = space.answer_log.documents()
        space.correct(one.key[:8], "other")
        assert [e.text for e in space.show("other")[1]] == ["pay 3 x"]
        with pytest.raises(InputError):
            space.correct("gone", "other")
