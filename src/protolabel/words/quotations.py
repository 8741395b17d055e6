"""What an error may quote where people read it who never saw the file: short plain names alone.

Errors quote what they met, as ``repr`` writes it: the names of fields, labels, paths. In a table
without a header the first document stands in the place of these names. This is the one place that
says which quotation may be a document, and that removes it from a message.
"""

from __future__ import annotations

import re

from protolabel.words.text import n_words

LONGEST_NAME = 40  # characters of a plain name
MOST_WORDS = 3  # in a plain name
MOST_PARTS = 4  # between blanks or marks: of a name such as ticket_message_body_text
LONGEST_PART = 24  # characters: a text without its blanks has longer ones
MOST_DIGITS = 6  # in a plain name: numbers of accounts and telephones have more

_NAME = re.compile(r"[\w \-./:()&%#]*")
_PART = re.compile(r"[^\W_]+")
_EXTRA = re.compile(r"protolabel\[[a-z,-]+\]")  # of a command that installs it
_CUT = ("...", "…")  # how the beginning of a longer text ends
# A text or bytes as ``repr`` and JSON write them. An apostrophe inside a word opens and closes
# nothing; what is never closed reaches to the end. A number stands in parentheses.
_QUOTATION = re.compile(
    r"""(?:(?<!\w)|\b[bru])'(?P<single>(?:[^'\\]|\\.|'(?=\w))*)(?:'(?!\w)|\Z)"""
    r"""|(?:(?<!\w)|\b[bru])"(?P<double>(?:[^"\\]|\\.|"(?=\w))*)(?:"(?!\w)|\Z)"""
    r"""|\((?P<number>-?\d[\d.,e+-]*)\)""",
    re.DOTALL,
)


def is_plain_name(text: str) -> bool:
    """Return whether a text is a short plain name, as fields and classes have them.

    Three words, forty characters and six digits at most, of letters, digits and a few marks. Marks
    in the place of blanks part it into four at most, of 24 characters each. In a script without
    blanks two characters count as a word. The cut beginning of a longer text is none. A text
    without a letter or a digit tells nothing, and counts as one.
    """
    parts = _PART.findall(text)
    return not any(map(str.isalnum, text)) or (
        not text.endswith(_CUT)
        and len(text) <= LONGEST_NAME
        and n_words(text) <= MOST_WORDS
        and len(parts) <= MOST_PARTS
        and max(map(len, parts)) <= LONGEST_PART
        and sum(map(str.isdigit, text)) <= MOST_DIGITS
        and _NAME.fullmatch(text) is not None
    )


def plain_or_length(text: str) -> str:
    """Return a plain name as it is, and the number of characters in place of any other text."""
    return text if is_plain_name(text) else f"[{_length_in_words(text)}]"


def without_quotations(message: str) -> str:
    """Return a message with the number of characters in place of each text that is no plain name.

    ``'Dear Dr Smith, I am ill'`` becomes ``[23 characters]``. The name of an extra stays.
    """
    return _QUOTATION.sub(_plain, message)


def _plain(match: re.Match[str]) -> str:
    quoted = match[match.lastgroup or 0]
    if is_plain_name(quoted) or _EXTRA.fullmatch(quoted):
        return match[0]
    return (
        f"({_length_in_words(quoted)})" if match.lastgroup == "number" else plain_or_length(quoted)
    )


def _length_in_words(quoted: str) -> str:
    return f"{len(quoted):,} characters"
