"""Which documents of a mail are examples: its attachments, and its own text where that says enough.

"Please find attached" is the text of mails of every class. As an example it would draw them all to
one class, and strangers with them. Sorting lets the attachment decide there, so it teaches too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from protolabel.readers.options import Reading
from protolabel.readers.rows import Origin, Row
from protolabel.words.text import n_words

ENOUGH_WORDS = 50  # a covering text with a greeting and the address of a firm has fewer

MOST_NAMED = 3  # attachments that a sentence names

_SIGNATURE = re.compile(r"^-- ?\r?$", re.MULTILINE)


def words_of_taught(attachments: Sequence[str]) -> str:
    """Return in a sentence which attachments become examples, and why the text of the mail is none.

    ``attachments``: their names in the mail.
    """
    names = ", ".join(attachments[:MOST_NAMED]) + ", ..." * (len(attachments) > MOST_NAMED)
    return (
        f"its attachments are examples ({names}), and its own text is none: it has fewer than "
        f"{ENOUGH_WORDS} words, and its attachments hold an image, or more words"
    )


def without_covering_text(rows: Iterator[Row], origin: Origin, reading: Reading) -> Iterator[Row]:
    """Yield the documents of a mail that can be examples; a notice says if its own text is none.

    With ``with_covering``, its own text comes last then, as a row that says so.

    The own text is left out if it has fewer than 50 words, and if the attachments that can be read
    together have more words than it, or one of them is an image.

    Args:
        rows: the documents of the mail, its own text first if it has one.
        origin: of the mail; its own text has the same source.
        reading: takes the notice, and says whether such a text is wanted.
    """
    covering: Row | None = None
    left_out: Row | None = None
    n_left, attachments = 0, list[str]()
    for row in rows:
        if row.is_covering:  # of a mail that lies in this one
            yield row
            continue
        words = n_words(_above_signature(row.text or ""))
        if row.source == origin.name:
            if words >= ENOUGH_WORDS:
                yield row
            else:
                covering, n_left = row, words
            continue
        if covering is not None and row.fault is None:
            n_left -= words
            if n_left < 0 or row.image is not None:
                covering, left_out = None, covering
        if row.fault is None and len(attachments) <= MOST_NAMED:
            attachments.append(row.source)
        yield row
    if covering is not None:
        yield covering
    if left_out is not None:
        if reading.with_covering:
            yield left_out._replace(is_covering=True)
        within = [source.removeprefix(f"{origin.name}/") for source in attachments]
        reading.reports.notice(origin.name, words_of_taught(within))


def _above_signature(text: str) -> str:
    return _SIGNATURE.split(text, maxsplit=1)[0]
