"""What a name teaches about: documents that can be examples, and those that are answered alone.

The text of a mail may be too short to be an example. A person who says of which class the mail is
has decided on it all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from protolabel.identity.other_folders import keys_of
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.readers.covering_texts import words_of_taught
from protolabel.readers.reports import Notice
from protolabel.store import AnswerRow
from protolabel.types import Document
from protolabel.words.quantity import quantity


class TaughtDocuments(NamedTuple):
    """The documents of a name.

    Attributes:
        documents: those that can be examples.
        covering: texts of mails among them that are too short to be examples.
        contents: what they hold, by the keys by which answers to all of them are remembered, or may
            be.
    """

    documents: list[Document]
    covering: list[Document]
    contents: dict[bytes, bytes]

    @classmethod
    def of(
        cls,
        documents: list[Document],
        covering: list[Document],
        namesakes: Iterable[AnswerRow] = (),
    ) -> TaughtDocuments:
        """Return them with their keys.

        ``namesakes``: the remembered documents that the name means, which may have other keys.
        """
        contents = dict[bytes, bytes]()
        for one in (*covering, *documents):
            content = content_of(one.text, one.image, one.embedding)
            contents |= dict.fromkeys(keys_of(one), content)
        in_parts = {*contents.values()}
        contents |= {row.document: row.content for row in namesakes if row.content in in_parts}
        return cls(documents, covering, contents)

    @classmethod
    def alone(cls, document: Document, key: bytes | None = None) -> TaughtDocuments:
        """Return a document that can be an example, and no other; its source says which it is.

        ``key``: by which it is remembered; None: it may be by its own.
        """
        taught = cls.of([document], [])
        if key is None:
            return taught
        (content,) = {*taught.contents.values()}
        return taught._replace(contents={key: content})

    @property
    def files(self) -> dict[str, str]:
        """The mail that each of them is a part of, by its source; empty for a whole document."""
        sources = [one.source for one in (*self.covering, *self.documents)]
        parts = DocumentParts([], sources)
        return {source: parts.file_of(source) for source in sources}

    def without(self, sources: Collection[str]) -> TaughtDocuments:
        """Return them without those of these sources, which are no examples after all."""
        documents = [one for one in self.documents if one.source not in sources]
        return self._replace(documents=documents)

    @property
    def notice(self) -> Notice | None:
        """What a person is to know of a mail: which of its documents become examples.

        None where the documents are not those of one mail, or are one document.
        """
        sources = [one.source for one in self.documents]
        covering = [one.source for one in self.covering]
        mail = min([*covering, *sources], key=len, default="")
        attachments, own = [source for source in sources if source != mail], "its own text and"
        if not all(one.startswith(f"{mail}/") for one in attachments):  # it has no own text
            files = set(self.files.values())
            mail = files.pop() if len(files) == 1 else ""
            attachments, own = sources, "its"
        if not attachments or not mail:
            return None
        if mail in covering:
            return Notice(mail, words_of_taught([one[len(mail) + 1 :] for one in attachments]))
        return Notice(mail, f"{own} {quantity(len(attachments), 'attachment')}")
