"""Where a document of a mailbox lies by the names that messages keep, and not by their numbers.

The source ``in/box.mbox/3/2/a.txt`` has the message path ``NAME/2/a.txt``: it stands for as many
parts at the end of the source. Who reads the mailbox makes the name.
"""

from __future__ import annotations


def message_path_of(source: str, message: str, name: str, inner: str = "") -> str:
    """Return the message path of a document that lies in a message, or is one.

    Args:
        source: of the document.
        message: the source of the message.
        name: of the message, wherever it stands in its mailbox.
        inner: the message path of the document in a mailbox that lies in the message.
    """
    end = source[len(message) :]
    return name + by_messages(end, inner)


def by_messages(source: str, message_path: str) -> str:
    """Return a source with the names of messages for their numbers; without any, as it is."""
    return f"{mailbox_of(source, message_path)}/{message_path}" if message_path else source


def mailbox_of(source: str, message_path: str) -> str:
    """Return the path of the mailbox that a source with this message path lies in."""
    return source.rsplit("/", message_path.count("/") + 1)[0]


def in_mailbox(source: str, message_path: str, mailbox: str) -> str:
    """Return a source with this message path in a mailbox of another path."""
    return mailbox + source[len(mailbox_of(source, message_path)) :]
