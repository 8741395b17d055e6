"""Documents that people take back: which decisions end with that, and who else has their texts.

The reach is that of ``statements``: the documents themselves and equal whole ones. Nothing is
changed here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from protolabel.label_space.person_statements.ended_decisions import taken_among
from protolabel.label_space.person_statements.other_holders import NAMELESS
from protolabel.label_space.person_statements.statements import (
    Statements,
    decisions_meant,
    documents_meant,
)
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.store import Store
from protolabel.types import Example


class WithdrawnDocuments(NamedTuple):
    """What becomes of documents that people take back.

    documents: the keys of those whose decisions end. others: names of other documents on which
    people decided the same, by what answers call their content.
    """

    documents: list[bytes]
    others: dict[bytes, str]


def withdrawn_documents(
    store: Store,
    examples: Sequence[Example],
    contents: Mapping[bytes, bytes],
    labels: Collection[str],
    besides: Collection[bytes],
) -> WithdrawnDocuments:
    """Return the documents whose decisions end, and others that have the same texts.

    Args:
        store: of the label space.
        examples: the documents, with the sources by which they were labelled.
        contents: what they hold, by their keys.
        labels: of the classes that they are taken out of.
        besides: keys of all documents that are taken back now.
    """
    version = store.rows.version()
    stored = [store.rows.class_named(label, version) for label in labels]
    classes = {row.key for row in stored if row is not None}
    classes_now = ClassesNow(store.rows, version)
    statements = replace(Statements.of(examples), contents=contents)
    texts = {*statements.labels}
    rows = documents_meant(store, statements, contents, texts)
    documents = [row.document for row in rows if taken_among(classes_now, row, classes)]
    for one in decisions_meant(store, statements, contents, texts):
        if any(classes_now.among(key, classes) is not None for key in one.classes):
            documents.append(one.document)
    own = {*besides, *(row.document for row in rows), *documents}
    others = {
        row.content: row.source or NAMELESS
        for row in store.answers.rows(contents=texts)
        if row.document not in own and taken_among(classes_now, row, classes)
    }
    places = store.answers.places()
    for key, one in store.answers.decisions().items():
        is_of = any(classes_now.among(label, classes) is not None for label in one.classes)
        if is_of and one.content in texts and key not in own and key not in places:
            others.setdefault(one.content or b"", NAMELESS)
    return WithdrawnDocuments(documents, others)
