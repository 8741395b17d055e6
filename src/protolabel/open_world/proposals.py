"""Proposed classes as records, and how they keep their identity from run to run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.errors import InputError
from protolabel.open_world.pool import PooledDocument
from protolabel.store import ProposalRow

DECISIONS = ("accepted", "refused")  # states of proposals that people decided on
Kind = Literal["new", "part", "outlier"]
MOST_MEMBERS = 10_000  # documents of a proposal that are listed, and whose keys are stored
MOST_STORED = 100  # documents whose ids and sources are stored with a proposal
SAME = 0.5  # share of documents by which two groups are one


def key_of(number: int) -> str:
    """Return the key of a stored proposal, such as ``P3``."""
    return f"P{number}"


def number_of(key: str) -> int:
    """Return the number of a stored proposal from its key."""
    return int(key.removeprefix("P"))


def clean_key(key: str) -> str:
    """Return a key as proposals have it: ``" p3"`` is ``"P3"``."""
    return key.strip().upper()


def no_proposal(key: str, row: ProposalRow | None) -> InputError:
    """Return the error of a key that names no proposal, or one that a person has decided on."""
    words = "" if row is None else f": it was {row.state}"
    return InputError(
        f"no proposal {key!r}{words}",
        expected="the key of one that is listed",
        remedy="take back what was refused, so that it is listed again: protolabel discover SPACE "
        "--reconsider"
        if row is not None and row.state == "refused"
        else "list them: protolabel discover SPACE",
    )


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest class. ``distance``: mean squared, to its examples; ``limit``: of one class."""

    label: str
    distance: float
    limit: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Declined documents that look like one class.

    Attributes:
        key: ``P3``; it stays from run to run.
        size: how many different documents it has; near copies are one.
        kind: ``new``; ``part`` of the nearest class, as near as documents of one class are; or
            ``outlier``, further from all classes than these are from one another.
        tightness: 1 for copies, 0 for documents as far apart as those of different classes.
        nearest: the nearest class; None where no class has an example.
        terms: what its texts have that others lack, where texts may be kept or were read now.
        name, description: suggested.
        exemplars: documents that stand for it, the most central first, no two near copies.
        members: its documents, at most ``MOST_MEMBERS``: the different ones, nearest to the mean
            first, and then near copies of these. The first 200 have their texts, where there are
            any.
        left_out: documents that a person has taken out of it; they are not of its class.
        former_members: keys of documents that were listed in it, and since then have a class or
            were forgotten.
        late_removals: those of them that a person would have taken out of it.
    """

    key: str
    size: int
    kind: Kind
    tightness: float
    nearest: Nearest | None
    terms: tuple[str, ...]
    name: str
    description: str
    exemplars: tuple[PooledDocument, ...]
    members: tuple[PooledDocument, ...]
    left_out: tuple[PooledDocument, ...] = ()
    former_members: frozenset[str] = frozenset()
    late_removals: frozenset[str] = frozenset()

    def to_dict(self, members: int | None = None) -> dict[str, Any]:
        """Return it as JSON can hold it, with all members or the first ones, without their texts.

        Exemplars have their texts, where there are any.
        """
        record = (
            asdict(replace(self, exemplars=(), members=(), left_out=()))
            | {  # of which few are listed
                "terms": [*self.terms],
                "exemplars": [_about(e) | {"text": e.text} for e in self.exemplars],
                "members": [_about(member) for member in self.members[:members]],
            }
        )
        record["tightness"] = round(self.tightness, 4)
        del record["left_out"], record["former_members"], record["late_removals"]
        return record

    def without(self, keys: Collection[str]) -> Proposal:
        """Return the proposal without documents that are not of its class.

        The class that it becomes is refused for them, as by *not this*. Former members are not
        of the class anyway, and nothing is decided on them.

        Raises:
            InputError: it never had a document of a key, or none is left.
        """
        left_out = tuple(one for one in self.members if one.key in keys)
        return replace(
            self.pass_over(keys),
            left_out=(*self.left_out, *left_out),
            late_removals=self.late_removals | self.former_members.intersection(keys),
        )

    def pass_over(self, keys: Collection[str]) -> Proposal:
        """Return the proposal without some of its documents, on which nothing is decided.

        Raises:
            InputError: it never had a document of a key, or none is left.
        """
        if self.former_members.issuperset(keys):
            return self
        unknown = set(keys).difference(self.former_members, (member.key for member in self.members))
        if unknown:
            raise InputError(
                f"{self.key} has no document with the key {min(unknown)!r}",
                expected="keys of its members",
                remedy="list them: protolabel discover SPACE",
            )
        different = [one for one in self.members[: self.size] if one.key not in keys]
        copies = [one for one in self.members[self.size :] if one.key not in keys]
        if not different and not copies:
            raise InputError(
                f"{self.key}: all of its documents are left out",
                expected="one document at least",
                remedy=f"refuse it: protolabel discover SPACE --refuse {self.key}",
            )
        exemplars = tuple(one for one in self.exemplars if one.key not in keys)
        members = (*different, *copies)
        return replace(self, size=len(different), exemplars=exemplars, members=members)

    def record(self, remember: str) -> dict[str, Any]:
        """Return what may be stored beside key and size, where so much may be remembered.

        ``remember``: ``off``, ``answers`` or ``text``, as the setting.
        """
        if remember == "off":
            return {}
        record = self.to_dict(MOST_STORED)
        del record["key"], record["size"]
        if remember != "text":
            record = without_words(record)
        return record


def _about(document: PooledDocument) -> dict[str, Any]:
    """Return what names a document of a proposal."""
    return {"key": document.key, "id": document.id, "source": document.source}


def without_words(record: dict[str, Any]) -> dict[str, Any]:
    """Return a proposal, as JSON holds it, without what its documents say: terms, name, texts."""
    return record | {
        "terms": [],
        "name": "",
        "description": "",
        "exemplars": [exemplar | {"text": None} for exemplar in record["exemplars"]],
    }


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was proposed.

    Attributes:
        proposals: largest first.
        documents: how many different declined documents there were; near copies are one.
        copies: how many near copies of these there were beside them.
        noise: how many of the different ones have too few others like them.
        refused: how many of them are in groups that a person has refused.
        left_out: declined documents whose vectors another encoder has made.
        version: of the label space.
        enough: where nothing was proposed, a smaller ``least`` with which something is; None where
            there is none.
        like_refused: where nothing was proposed, how many of the noise are in smaller groups that a
            person has refused.
        undeclined: where nothing was proposed, why no document can be declined, or few, and
            what to do; empty where it is not so.
    """

    proposals: tuple[Proposal, ...]
    documents: int
    copies: int
    noise: int
    refused: int
    left_out: int
    version: int
    enough: int | None = None
    like_refused: int = 0
    undeclined: str = ""

    def to_dict(self, members: int | None = None) -> dict[str, Any]:
        """Return it as JSON can hold it; ``members`` of each proposal."""
        return asdict(replace(self, proposals=())) | {
            "proposals": [proposal.to_dict(members) for proposal in self.proposals]
        }


def identities(
    moments: Moments,
    members: Sequence[frozenset[bytes]],
    stored: Sequence[ProposalRow],
    encoding: int,
    height: float,
) -> list[ProposalRow | None]:
    """Return which stored proposal each group is, the nearest pairs first; None for a new one.

    Two are the same where they share half of the documents of both, or where their documents lie as
    near as those of one class, so that they would have been merged, and neither is more than twice
    the other: a key that a person has read names no group that is mostly something else. What a
    person has decided reaches further. Of a group that was decided on, half of the smaller one's
    documents are enough, and a refusal holds for near documents however many they are. One that
    was accepted is the same where its documents are declined again: somebody has taken the class
    back.

    Args:
        moments: of the groups.
        members: the keys of the documents of each.
        stored: all that were ever proposed.
        encoding: of the moments.
        height: mean squared distance below which two groups are one.
    """
    candidates = list(stored)
    pairs: list[tuple[float, int, int]] = []
    far = np.full((len(members), len(candidates)), np.inf)
    comparable = [j for j, row in enumerate(candidates) if row.encoding == encoding]
    if comparable and len(members):
        stored_moments = Moments(
            np.array([candidates[j].n for j in comparable], np.float64),
            np.stack([candidates[j].total for j in comparable]),
            np.array([candidates[j].squares for j in comparable]),
        )
        far[:, comparable] = moments.distances(stored_moments)
    for i, keys in enumerate(members):
        for j, row in enumerate(candidates):
            whole = min if row.state in DECISIONS else max
            shared = len(keys & row.members) / max(1, whole(len(keys), len(row.members)))
            growth = float(moments.counts[i]) / max(1, row.n)
            if shared >= SAME:
                pairs.append((-shared, i, j))
            elif far[i, j] < height and (
                row.state == "refused" or (SAME <= growth <= 1 / SAME and row.state != "accepted")
            ):
                pairs.append((far[i, j], i, j))
    matches: list[ProposalRow | None] = [None] * len(members)
    used: set[int] = set()
    for _, i, j in sorted(pairs):
        refused = candidates[j].state == "refused"
        if matches[i] is None and (refused or j not in used):
            matches[i] = candidates[j]
            used.add(j)
    return matches
