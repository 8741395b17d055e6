"""The documents that names mean: those that are remembered, and those that proposals list.

Documents that are read from files for a proposal are not remembered, but the proposal names them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from protolabel.arguments import require_strings
from protolabel.errors import InputError
from protolabel.identity.other_folders import keys_of
from protolabel.label_space.remembered_documents.document_names import (
    DocumentNames,
    documents_within,
)
from protolabel.store import AnswerRow, ProposalRow, Store


def matching(
    rows: list[AnswerRow], names: str | Sequence[str] | None, folder: str | None = None
) -> list[AnswerRow]:
    """Return the rows of these names. Raises InputError for a name that none has.

    ``folder``: where places that are named are, as ``whole_path`` says.
    """
    if names is None:
        return rows
    matching: dict[bytes, AnswerRow] = {}
    for name in [names] if isinstance(names, str) else require_strings(names, "names"):
        namesakes = documents_within(rows, name, folder)
        if not namesakes:
            raise _no_document(name)
        matching |= {row.document: row for row in namesakes}
    return list(matching.values())


def documents_of(
    store: Store, names: str | Sequence[str], folder: str | None = None
) -> list[set[bytes]]:
    """Return the remembered and the proposed documents of these names, each with its keys.

    A document that is neither is known by its key, or by its file, if a person has decided on it. A
    sorted file is known where it stands, too.

    ``folder``: where places that are named are, as ``whole_path`` says.

    Raises:
        InputError: a name that none has.
    """
    remembered = [DocumentNames.of(row) for row in store.answers.rows()]
    decided = decided_documents(store)
    candidates = [*remembered, *_proposed_documents(store.proposals.rows())]
    candidates += [DocumentNames(document.hex(), "", "") for document in decided]
    documents: list[set[bytes]] = []
    for name in [names] if isinstance(names, str) else require_strings(names, "names"):
        namesakes = documents_within(candidates, name, folder)
        meant = [{bytes.fromhex(one.key)} for one in namesakes]
        if not meant and folder is None:
            present = decided | {bytes.fromhex(one.key) for one in remembered}
            meant = [keys & present for keys in documents_in_file(name) if keys & present]
        if not meant:
            raise _no_document(name)
        for keys in meant:
            apart = [one for one in documents if one.isdisjoint(keys)]
            documents = [*apart, keys.union(*(one for one in documents if one not in apart))]
    return documents


def decided_documents(store: Store) -> set[bytes]:
    """Return the documents on which people decided, whether they are remembered or not."""
    answers = store.answers
    refused = {document for document, _ in answers.refusals()}
    return {*answers.decided(), *answers.decisions(), *refused}


def n_decided_documents(store: Store) -> int:
    """Return on how many documents people decided, whether they are remembered or not.

    One that is not remembered may have several keys, under each of which its decision stands: those
    that hold the same count once.
    """
    answers, decided = store.answers, store.answers.decided()
    decisions = answers.decisions()
    contents = {one.content for key, one in decisions.items() if key not in decided and one.content}
    others = decided_documents(store) - decided
    alone = {key for key in others if key not in decisions or decisions[key].content is None}
    return len(decided) + len(contents) + len(alone)


def keys_in_file(name: str) -> set[bytes]:
    """Return the keys of the documents of a mail, a file or a folder that is there."""
    return set().union(*documents_in_file(name))


def documents_in_file(name: str) -> list[set[bytes]]:
    """Return the documents of a mail, a file or a folder that is there, each with its keys."""
    from protolabel.readers.registry import read_documents

    if not name or not os.path.exists(name):
        return []
    read = read_documents(name, on_unreadable=lambda fault: None, on_notice=lambda notice: None)
    try:
        return [{*keys_of(one)} for one in read]
    except InputError:  # such as a table whose text has another name: nothing is known of it
        return []


def _no_document(name: str) -> InputError:
    return InputError(
        f"no remembered document named {name!r}",
        expected="a key, an id or a source",
        remedy="list them with `protolabel review SPACE --all`",
    )


def _proposed_documents(rows: Iterable[ProposalRow]) -> Iterator[DocumentNames]:
    """Yield the documents of proposals, each as often as a proposal has it.

    Those that are stored for people have an id and a source. The others have a key alone.
    """
    for row in rows:
        listed = {names.key: names for names in _listed(row.record)}
        yield from listed.values()
        keys = (member.hex() for member in row.members)
        yield from (DocumentNames(key, "", "") for key in keys if key not in listed)


def _listed(record: str) -> Iterator[DocumentNames]:
    """Yield the documents that a record lists; none of one that is damaged."""
    try:
        values: Any = json.loads(record)
        for one in (*values.get("exemplars", ()), *values.get("members", ())):
            yield DocumentNames(str(one["key"]), str(one["id"]), str(one["source"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return
