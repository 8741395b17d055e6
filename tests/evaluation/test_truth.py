"""Documents and the rows of a table that name them, in the ways in which people write names."""

from __future__ import annotations

import os

import pytest

from protolabel import Document
from protolabel.errors import InputError
from protolabel.evaluation.truth import truth_of
from protolabel.readers.truth import NamedLabels

DOCUMENTS = [
    Document("001.txt", "a", source="inbox/001.txt"),
    Document("may/002.txt", "b", source="inbox/may/002.txt"),
    Document("june/002.txt", "c", source="inbox/june/002.txt"),
    Document("17", "d", source="post.csv:2"),
]


def row(identity: str, *labels: str, source: str = "") -> NamedLabels:
    return NamedLabels(identity, source, labels, "truth.csv:2")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("001.txt", 0),
        ("inbox/001.txt", 0),
        ("./inbox/001.txt", 0),
        ("inbox\\\\001.txt".replace("\\\\", "\\"), 0),
        (os.path.abspath("inbox/001.txt"), 0),
        ("may/002.txt", 1),
        ("17", 3),
        ("post.csv:2", 3),
    ],
)
def test_a_name_is_an_id_a_source_a_path_or_the_end_of_one(name, place):
    for one in (row(name, "cv"), row("", "cv", source=name)):
        labels = truth_of(DOCUMENTS, [one]).labels
        assert [i for i, label in enumerate(labels) if label is not None] == [place]


def test_the_name_of_a_file_is_enough_where_only_one_document_has_it():
    documents = [Document("a/x.txt", "a", source="in/a/x.txt"), DOCUMENTS[0]]
    assert truth_of(documents, [row("x.txt", "cv")]).labels == (("cv",), None)
    with pytest.raises(InputError, match=r"2 documents are called .002\.txt.: .inbox/may/002\.txt"):
        truth_of(DOCUMENTS, [row("002.txt", "cv")])


def test_an_id_and_a_source_of_different_documents_name_neither():
    with pytest.raises(InputError, match="2 documents are called '17'"):
        truth_of(DOCUMENTS, [row("17", "cv", source="inbox/001.txt")])


def test_an_id_that_two_documents_have_is_told_apart_by_the_source():
    documents = [Document("1", "a", source="may.csv:2"), Document("1", "b", source="june.csv:2")]
    assert truth_of(documents, [row("1", "cv", source="june.csv:2")]).labels == (None, ("cv",))


def test_what_fits_nothing_is_listed_on_either_side():
    truth = truth_of(DOCUMENTS, [row("001.txt"), row("17", "cv"), row("404.txt", "cv")])
    assert truth.labels == ((), None, None, ("cv",))
    assert truth.without_row == ("inbox/may/002.txt", "inbox/june/002.txt")
    assert truth.without_document == ("truth.csv:2: 404.txt",)


def test_rows_that_say_the_same_are_one_and_others_contradict_each_other():
    same = [row("001.txt", "cv"), row("inbox/001.txt", "cv")]
    assert truth_of(DOCUMENTS, same).labels[0] == ("cv",)
    for other in (row("001.txt", "bill"), row("001.txt")):
        with pytest.raises(InputError, match=r"'001.txt' is .*, and 'cv' in truth\.csv:2"):
            truth_of(DOCUMENTS, [*same, other])


def test_a_table_about_other_documents_is_refused_with_names_of_both():
    with pytest.raises(InputError, match=r"none of 1 row .*'404'.*'001\.txt'.*id_field="):
        truth_of(DOCUMENTS, [row("404", "cv")])
    with pytest.raises(InputError, match="none of 0 rows"):
        truth_of([], [])
