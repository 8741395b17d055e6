"""The terms of a change: at which version it applies, under which key, in whose name.

They serve callers who share a label space. A change that was prepared at an older version is
refused. A change that is sent twice, because its answer was lost, is carried out once.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protolabel.arguments import require_whole
from protolabel.errors import RepeatedKeyError, VersionConflictError
from protolabel.label_space.author import author_name
from protolabel.store import Store
from protolabel.types import Change

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest
    from protolabel.label_space.remembered_documents.suggestion_decisions import PersonDecision

REMEMBERED = 1000  # newest changes among which a key is looked for
KEY, REQUEST = "key", "request_sha256"  # where the detail of a change holds them


class Claim(ABC):
    """The right to make a change, which another process can take away before it is made."""

    @abstractmethod
    def require(self) -> None:
        """Raise where the right is gone. It is called inside the transaction of the change."""


@dataclass(frozen=True, slots=True)
class MarkedVersion:
    """A version, and its mark (:meth:`Rows.mark`): a copy of the file may have its number again.

    ``mark`` is empty where it is not known.
    """

    version: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Names a request, so that it is carried out once.

    Attributes:
        name: the key itself; empty where it may be carried out again.
        digest: tells another request with this key; empty: that of the change is taken.
        claim: is asked before the change is made; None: nobody can take it away.
    """

    name: str
    digest: str = ""
    claim: Claim | None = None


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

    only_at: MarkedVersion | None = None
    key: RequestKey | None = None
    who: str | None = None
    decision: PersonDecision | None = None

    @classmethod
    def of(
        cls,
        only_at: int | MarkedVersion | None = None,
        who: str | None = None,
        *,
        key: str | RequestKey = "",
        decision: PersonDecision | None = None,
    ) -> Terms:
        """Return the terms that a caller gives. Raises InputError."""
        if only_at is not None and not isinstance(only_at, MarkedVersion):
            only_at = MarkedVersion(only_at)
        if only_at is not None:
            require_whole(only_at.version, "only_at", 1)
        named = RequestKey(key) if isinstance(key, str) else key
        author = None if who is None else author_name(who)
        return cls(only_at, None if named == RequestKey("") else named, author, decision)

    def earlier(self, store: Store, request: ChangeRequest) -> Change | None:
        """Return the change that this request has made already. Ask inside the transaction.

        Raises:
            RepeatedKeyError: another request has had this key.
            VersionConflictError: the label space has another version than the terms say.
        """
        if self.key is not None and self.key.name:
            change = change_of_key(store, _with_digest(self.key, request))
            if change is not None:
                return change
        self.require_version(store, store.rows.version())
        if self.key is not None and self.key.claim is not None:
            self.key.claim.require()
        return None

    def require_version(self, store: Store, version: int) -> None:
        """Raise VersionConflictError unless a change of these terms may stand on a version."""
        if self.only_at is not None:
            _require_at(store, self.only_at, version)

    def detail(self, request: ChangeRequest) -> dict[str, object]:
        """Return what the change's detail says of its key and of the decision."""
        decided = {} if self.decision is None else dict(self.decision.detail)
        if self.key is None or not self.key.name:
            return decided
        return decided | {KEY: self.key.name, REQUEST: _with_digest(self.key, request).digest}


ANY = Terms()


def change_of_key(store: Store, key: RequestKey) -> Change | None:
    """Return the change that the request of a key has made; None where it has made none.

    Raises:
        RepeatedKeyError: another request has had this key.
    """
    for change in store.rows.changes(limit=REMEMBERED):
        if change.detail.get(KEY) == key.name:
            if change.detail.get(REQUEST) == key.digest:
                return change
            raise RepeatedKeyError.of(key.name, f"change {change.version}")
    return None


def _require_at(store: Store, required: MarkedVersion, version: int) -> None:
    """Raise VersionConflictError unless a version of the label space is that very version."""
    if version != required.version:
        got = f"a change for version {required.version} of a label space at {version}"
    elif required.mark and required.mark != store.rows.mark(version):
        got = f"a change for another version {version}: a copy took the place of this label space"
    else:
        return
    raise VersionConflictError(
        got,
        expected="the newest version",
        remedy="look at what has changed, then send it again for that version",
    )


def _with_digest(key: RequestKey, request: ChangeRequest) -> RequestKey:
    return key if key.digest else replace(key, digest=_digest(request))


def _digest(request: ChangeRequest) -> str:
    words = json.dumps(request.to_dict(), sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()
