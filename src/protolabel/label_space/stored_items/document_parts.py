"""Which documents are parts of one file: the own text of a mail, and its attachments.

The source of an attachment lies in that of its mail: ``a.eml/2/bill.pdf`` in ``a.eml``. A mail that
has no text of its own is known by its name alone. A person who decides on a mail decides on its
parts, and on no equal part of another mail: a disclaimer or the terms of business come with mails
of every class. Nothing is read or decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator

from protolabel.identity.mail_paths import mail_of
from protolabel.store import Store


class DocumentParts:
    """Documents by the files that they are parts of.

    Args:
        documents: the source and the content of each, as answers are known by it.
        further: sources of other documents of these files.
        mails: files that are known to be mails, whatever their names.
    """

    def __init__(
        self,
        documents: Iterable[tuple[str, bytes]],
        further: Iterable[str] = (),
        mails: Container[str] = (),
    ) -> None:
        self._mails = mails
        pairs = [pair for pair in documents if pair[0]]
        self._sources = {*further, *(source for source, _ in pairs)} - {""}
        self._frames = {one for source in self._sources for one in self._around(source)}
        self._contents: dict[str, set[bytes]] = defaultdict(set)
        self._files: dict[bytes, set[str]] = defaultdict(set)
        for source, content in pairs:
            file = self.file_of(source)
            if file:
                self._contents[file].add(content)
                self._files[content].add(file)

    @classmethod
    def remembered(cls, store: Store) -> DocumentParts:
        """Return those that a label space remembers."""
        places = store.answers.places().values()
        return cls((place.source, place.content) for place in places)

    def file_of(self, source: str) -> str:
        """Return the file that a document is a part of; empty for a whole document."""
        return next(self._around(source), "") or (source if source in self._frames else "")

    def is_frame(self, source: str) -> bool:
        """Return whether other documents lie in a document, as attachments do in a mail."""
        return source in self._frames

    def contents_of(self, file: str) -> Collection[bytes]:
        """Return the contents of the parts of a file."""
        return self._contents.get(file, ())

    def files_with(self, content: bytes) -> Collection[str]:
        """Return the files that have a part of a content."""
        return self._files.get(content, ())

    def _around(self, source: str) -> Iterator[str]:
        """Yield the documents and mails that a source lies in, the outermost first."""
        mail, at = mail_of(source, self._mails), source.find("/", 1)
        while at > 0:
            path = source[:at]
            if path == mail or path in self._sources:
                yield path
            at = source.find("/", at + 1)
