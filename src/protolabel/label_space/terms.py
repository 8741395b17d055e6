"""The terms of a change: at which version it applies, under which key, in whose name.

They serve callers who share a label space. A change that was prepared at an older version is
refused. A change that is sent twice, because its answer was lost, is carried out once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protolabel.arguments import require_whole
from protolabel.errors import RepeatedKeyError, VersionConflictError
from protolabel.label_space.encoder_binding import name_of
from protolabel.store import Store
from protolabel.types import Change

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest
    from protolabel.label_space.person_decisions import PersonDecision

REMEMBERED = 1000  # newest changes among which a key is looked for
KEY, REQUEST = "key", "request_sha256"  # where the detail of a change holds them


@dataclass(frozen=True, slots=True)
class Terms:
    """What must hold for a change, beside what it asks for.

    Attributes:
        only_at: the version that the label space must have; None for any.
        key: names this very request. Another one with this key among the newest
            ``REMEMBERED`` changes is the same request sent again.
        who: in whose name it is made; None for the user of the session.
        decision: what a person decides along with it, in the same transaction.
    """

    only_at: int | None = None
    key: str = ""
    who: str | None = None
    decision: PersonDecision | None = None

    @classmethod
    def of(
        cls,
        only_at: int | None = None,
        who: str | None = None,
        *,
        key: str = "",
        decision: PersonDecision | None = None,
    ) -> Terms:
        """Return the terms that a caller gives. Raises InputError."""
        version = None if only_at is None else require_whole(only_at, "only_at", 1)
        return cls(version, key, None if who is None else name_of(who), decision)

    def earlier(self, store: Store, request: ChangeRequest) -> Change | None:
        """Return the change that this request has made already. Ask inside the transaction.

        Raises:
            RepeatedKeyError: another request has had this key.
            VersionConflictError: the label space has another version than the terms say.
        """
        if self.key:
            for change in store.rows.changes(limit=REMEMBERED):
                if change.detail.get(KEY) == self.key:
                    if change.detail.get(REQUEST) == _digest(request):
                        return change
                    raise RepeatedKeyError(
                        f"the key {self.key[:60]!r}, which change {change.version} had",
                        expected="a key of its own for each request",
                        remedy="send it again with another key",
                    )
        if self.only_at is not None and store.rows.version() != self.only_at:
            raise VersionConflictError(
                f"a change for version {self.only_at} of a label space at {store.rows.version()}",
                expected="the newest version",
                remedy="look at what has changed, then send it again for that version",
            )
        return None

    def detail(self, request: ChangeRequest) -> dict[str, object]:
        """Return what the change's detail says of its key."""
        return {KEY: self.key, REQUEST: _digest(request)} if self.key else {}


ANY = Terms()


def _digest(request: ChangeRequest) -> str:
    words = json.dumps(request.to_dict(), sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()
