"""The examples that are parts of mails, by the mail that each came from. Nothing is written."""

from __future__ import annotations

from collections import defaultdict

from protolabel.copies.equality import short_digest
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.store import Rows


class ExamplesOfMails:
    """The living examples whose sources lie in mails.

    parts: by mail and content. labels: the classes of each part, by mail and content.
    """

    def __init__(self, rows: Rows) -> None:
        with rows.reading():
            version = rows.version()
            examples = [
                (row, one.name)
                for one in rows.classes(version)
                for row in rows.examples(one.key, version)
                if row.source
            ]
            files = DocumentParts([], (row.source for row, _ in examples))
            of_mails = [(row, name) for row, name in examples if files.file_of(row.source)]
            digests = list(item_digests(rows, version, [row.item for row, _ in of_mails]))
        self.labels: dict[tuple[str, bytes], set[str]] = defaultdict(set)
        self._own_texts: dict[tuple[str, bytes], list[str]] = defaultdict(list)
        pairs: list[tuple[str, bytes]] = []
        for (row, name), every in zip(of_mails, digests, strict=True):
            content, file = short_digest(every[0]), files.file_of(row.source)
            pairs.append((row.source, content))
            self.labels[file, content].add(name)
            if row.source == file or files.is_frame(row.source):
                self._own_texts[file, content].append(row.id)
        self.parts = DocumentParts(pairs)

    def own_texts(self, file: str, content: bytes) -> list[str]:
        """Return the ids of examples that are the own text of a mail."""
        return self._own_texts.get((file, content), [])
