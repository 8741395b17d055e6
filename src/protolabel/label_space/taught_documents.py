"""What a name teaches about: documents that can be examples, and those that are answered alone.

The text of a mail may be too short to be an example. A person who says of which class the mail is
has decided on it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from protolabel.document_key import document_key
from protolabel.label_space.answer_batch import content_of
from protolabel.quantity import quantity
from protolabel.readers.covering_texts import words_of_taught
from protolabel.readers.reports import Notice
from protolabel.store import AnswerRow
from protolabel.types import Document


class TaughtDocuments(NamedTuple):
    """The documents of a name.

    Attributes:
        documents: those that can be examples.
        covering: texts of mails among them that are too short to be examples.
        keys: those by which answers to the latter are remembered.
    """

    documents: list[Document]
    covering: list[Document]
    keys: list[bytes]

    @classmethod
    def of(
        cls,
        documents: list[Document],
        covering: list[Document],
        namesakes: Iterable[AnswerRow] = (),
    ) -> TaughtDocuments:
        """Return them with the keys of the covering texts.

        ``namesakes``: the remembered documents that the name means, which may have other keys.
        """
        contents = {content_of(one.text, one.image, one.embedding) for one in covering}
        keys = [document_key(one) for one in covering]
        keys += [row.document for row in namesakes if row.content in contents]
        return cls(documents, covering, list(dict.fromkeys(keys)))

    @classmethod
    def alone(cls, document: Document) -> TaughtDocuments:
        """Return a document that can be an example, and no other."""
        return cls.of([document], [])

    @property
    def notice(self) -> Notice | None:
        """What a person is to know of a mail: which of its documents become examples.

        None where the documents are not those of one mail, or are one document.
        """
        sources = [one.source for one in self.documents]
        covering = [one.source for one in self.covering]
        mail = min([*covering, *sources], key=len, default="")
        attachments = [source for source in sources if source != mail]
        if not attachments or not all(one.startswith(f"{mail}/") for one in attachments):
            return None
        if mail in covering:
            return Notice(mail, words_of_taught([one[len(mail) + 1 :] for one in attachments]))
        return Notice(mail, f"its own text and {quantity(len(attachments), 'attachment')}")
