"""What a journal knows of a file in a sorted folder. Nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from protolabel.batch.earlier_answers import AnsweredBy
from protolabel.identity.maildir_paths import lasting_path

State = Literal["intended", "placed", "kept"]
How = Literal["copy", "link", "move"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the sorted folder.

    Attributes:
        place: path in the sorted folder.
        source: absolute path that the file came from.
        digest: SHA-256 of its content.
        stamp: of the source, when it was read; (size, mtime_ns, ctime_ns, inode).
        read_ns: when it was read, nanoseconds since the epoch.
        how: copied, linked or moved.
        label: the class, None for the review.
        probability: that the class is right.
        version: of the label space that answered; 0 for a state that its file has no more, since a
            backup was put in its place.
        state: ``intended`` before it is placed; ``kept`` where a person decided, so that no answer
            moves it.
        moved_from: path in the sorted folder that it stood at before, while it changes its class.
        chance: that the class is right, *none of these* counted in; None in entries of earlier
            versions of protolabel.
        class_before: that the file was learned as, where a person has put it back into the review
            since, by its name at ``version_before``; None where that is not noted.
        version_before: of the label space that learned it so.
        is_partial: it was learned in part: something of it could not be used.
        earlier_versions: of the label space that learned other parts of it, before ``version``.
        head: which weights ranked the classes; empty where a person decided, and in entries of
            earlier versions of protolabel.
    """

    place: str
    source: str
    digest: str
    stamp: tuple[int, ...]
    read_ns: int
    how: How
    label: str | None
    probability: float | None
    version: int
    state: State = "placed"
    moved_from: str = ""
    chance: float | None = None
    class_before: str | None = None
    version_before: int = 0
    is_partial: bool = False
    earlier_versions: tuple[int, ...] = ()
    head: str = ""

    @property
    def answered_by(self) -> AnsweredBy:
        """What gave the answer."""
        return AnsweredBy(self.version, self.head)

    @property
    def known_source(self) -> str:
        """The source without the flags of a mail in a Maildir, which others set and remove."""
        return lasting_path(self.source)

    @property
    def versions_of_parts(self) -> tuple[int, ...]:
        """Those of the label space that learned parts of it; none where it was learned at once."""
        is_in_parts = self.is_partial or bool(self.earlier_versions)
        return (*self.earlier_versions, self.version) if is_in_parts else ()

    def read_again(self, source: str, stamp: tuple[int, ...], read_ns: int) -> Entry:
        """Return the entry of a file whose source was read again and holds the same."""
        return replace(self, source=source, stamp=stamp, read_ns=read_ns)

    def before(self) -> Entry:
        """Return the entry of a file that was taken back as it was before that, by its class."""
        return replace(self, label=self.class_before, version=self.version_before)


def is_of_one_document(earlier: Entry, entry: Entry) -> bool:
    """Return whether two entries of one place are of one document; a link's content may change."""
    if earlier.known_source != entry.known_source:
        return False
    return earlier.digest == entry.digest or "link" in (earlier.how, entry.how)
