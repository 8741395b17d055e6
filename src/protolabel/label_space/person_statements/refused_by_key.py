"""Which classes no answer may give a document, since a person refused them for it by its key.

A mail is decided on with its own text and all its attachments. Its own text may be no negative
example, and no attachment that other mails have too: what was said of them holds for this mail
alone, and stands in the answer log. So does what a person took out of a class and left open:
``open_refusals`` says how long that holds. Answers ask for both here, beside the negative examples.
Nothing is written here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.negatives import Negatives
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats
from protolabel.errors import ProtolabelError
from protolabel.label_space.kinds_of_change import refusing_kinds
from protolabel.label_space.person_statements.corrected_answers import class_keys
from protolabel.label_space.person_statements.named_decisions import documents_named
from protolabel.label_space.person_statements.open_refusals import OpenRefusals
from protolabel.label_space.person_statements.refused_classes import NONE
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.store import Store
from protolabel.store.class_paths import family, way_up
from protolabel.store.versions_in_force import versions_in_force

log = logging.getLogger(__name__)
KEYS_AT_ONCE = 4096  # that one question to the file names
ClassKeys = Sequence[frozenset[int]]


class RefusedByKey:
    """The classes that are refused for documents by their keys; threads may share it.

    Args:
        store: of the label space, with its answer log.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._named: tuple[int, dict[bytes, set[int]]] = (-1, {})
        self._open: tuple[int, OpenRefusals | None] = (-1, None)

    def of(self, documents: DocumentTexts) -> ClassKeys:
        """Return of each document the classes that people refused for it; nothing where none is.

        A class that a person gave the document since is not refused. Where the file cannot be read
        any more, there is an answer without it.

        Args:
            documents: which are to be answered.
        """
        answers = self._store.answers
        try:
            if not answers.has_refusals():
                return ()
            keys = documents.keys(range(documents.n))
            noted = set[tuple[bytes, int]]()
            for start in range(0, len(keys), KEYS_AT_ONCE):
                noted |= answers.refusals(set(keys[start : start + KEYS_AT_ONCE]))
            place = {key: i for i, key in enumerate(keys)}
            refused = self._refused(noted, lambda key: documents.contents([place[key]])[0])
        except ProtolabelError as error:
            log.info("what was refused for documents is not known: %s", error)
            return ()
        return [refused.get(key, NONE) for key in keys] if refused else ()

    def _refused(
        self,
        noted: Collection[tuple[bytes, int]],
        content_of: Callable[[bytes], bytes | None],
    ) -> dict[bytes, frozenset[int]]:
        """Return the classes of documents, with those under them.

        Args:
            noted: what the answer log says of some documents.
            content_of: returns what a document holds, by its key.
        """
        if not noted:
            return {}
        rows = self._store.rows
        with rows.reading():
            version = rows.version()
            named, refusals = self._named_at(version), self._open_at(version)
            documents = [*{document for document, _ in noted}]
            decisions = self._store.answers.decisions(documents)
            classes: dict[bytes, set[int]] = {}
            for document, key in noted:
                content = None if document in named else content_of(document)
                if document in named or (content and refusals.still_refuses(content, key)):
                    classes.setdefault(document, set()).add(key)
            if not classes:
                return {}
            parents, classes_now = rows.class_parents(version), ClassesNow(rows, version)
            labels = {document: set(named.get(document, ())) for document in classes}
            for document in classes.keys() & decisions.keys():
                heirs = map(classes_now.key, decisions[document].classes)
                labels[document] |= {one for one in heirs if one is not None}
        refused = {}
        for document, keys in classes.items():
            of_document = {up for one in labels[document] for up in way_up(parents, one)}
            refused[document] = frozenset(family(parents, keys - of_document)) - of_document
        return {document: keys for document, keys in refused.items() if keys}

    def _open_at(self, version: int) -> OpenRefusals:
        """Return what holds for documents that nobody has decided on; read once a version."""
        read_at, refusals = self._open
        if refusals is None or read_at != version:
            refusals = OpenRefusals(self._store.rows, version)
            self._open = version, refusals
        return refusals

    def _named_at(self, version: int) -> dict[bytes, set[int]]:
        """Return the documents that refusals named by keys, with the classes given to them since.

        The log of changes is read once for each version.
        """
        read_at, named = self._named
        if read_at != version:
            named, rows = {}, self._store.rows
            changes = list(rows.changes())
            in_force = versions_in_force(changes)
            for change in reversed(changes):
                labels = documents_named(change.detail)
                if not labels or change.version not in in_force:
                    continue
                for document, keys in class_keys(rows, labels, change.version).items():
                    if change.kind in refusing_kinds():
                        named.setdefault(document, set()).difference_update(keys)
                    elif document in named:
                        named[document].update(keys)
            self._named = version, named
        return named


def without_refused(head: Snapshot, vectors: Floats, refused: ClassKeys) -> Snapshot:
    """Return weights that never answer documents by the classes that are refused for them.

    Args:
        head: the weights, of at least one class.
        vectors: (n, d) of the documents; equal ones have the same classes refused.
        refused: the keys of these classes; empty where none is.
    """
    if not any(refused):
        return head
    keys = head.keys
    columns = [np.flatnonzero(np.isin(keys, sorted(every))).tolist() for every in refused]
    negatives = head.negatives or Negatives.none(head.dim, head.metric)
    return replace(head, negatives=negatives.refusing(vectors, columns))


def alike_parts(vectors: Floats, refused: ClassKeys, most: int) -> list[slice]:
    """Return parts of n documents in which equal vectors have the same classes refused.

    Args:
        vectors: (n, d) of the documents.
        refused: the classes of each; empty where none is refused.
        most: documents of a part.
    """
    n, starts = len(vectors), [0]
    of_vector: dict[bytes, frozenset[int]] = {}
    for i in range(n) if any(refused) else range(0, n, most):
        own = refused[i] if refused else NONE
        is_like = of_vector.setdefault(vectors[i].tobytes(), own) == own
        if not is_like or i - starts[-1] >= most:
            of_vector = {vectors[i].tobytes(): own}
            starts.append(i)
    return [slice(at, end) for at, end in zip(starts, [*starts[1:], n], strict=True)]
