"""What a person is to know of mails that hold the text of a document which is decided on now.

One text is an example of one class, by the later statement. What was decided on the mail stays.
Nothing is changed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from protolabel.label_space.remembered_documents.remembered import NamesInLog, remembered_document
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.readers.reports import Notice
from protolabel.store import Store
from protolabel.types import Example

MOST_NAMED = 3  # mails of which a person is told


def notices_of_equal_parts(
    store: Store,
    examples: Sequence[Example],
    files: Mapping[str, str],
    besides: Collection[bytes] = (),
) -> list[Notice]:
    """Return what to say of remembered parts of mails that people have decided on otherwise.

    Args:
        store: of the label space.
        examples: of which something is said now, each with the class that it has, or has not.
        files: the mails of those that are parts of mails, by their sources.
        besides: keys of documents of which something is said now, too.
    """
    labels: dict[bytes, list[str]] = defaultdict(list)
    for one in examples:
        if not files.get(one.source):
            labels[content_of(one.text, one.image, one.embedding)].append(one.label)
    rows = [row for row in store.answers.rows(contents=labels) if row.person] if labels else []
    parts, names = DocumentParts.remembered(store) if rows else None, NamesInLog(store)
    negative, notices = any(one.negative for one in examples), list[Notice]()
    for row in rows:
        about, own_labels = remembered_document(row, names), {*labels[row.content]}
        decided = set(about.labels or filter(None, [about.label]))
        is_other = bool(decided & own_labels) if negative else decided != own_labels
        if (
            row.document in besides
            or parts is None
            or not parts.file_of(row.source)
            or not decided
            or not is_other
        ):
            continue
        present = ", ".join(f"{'not ' * negative}{label!r}" for label in sorted(own_labels))
        words = f"it has the same text, which counts as {present} now"
        stays = f"it stays {', '.join(map(repr, sorted(decided)))}, as decided"
        notices.append(Notice(row.source, f"{words}; {stays}"))
    return notices[:MOST_NAMED]
