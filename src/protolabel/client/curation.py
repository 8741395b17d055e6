"""The client's methods that look at a label space, change it and measure it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from protolabel.arguments import require_whole
from protolabel.client import answers, measurements, proposed_classes, reports
from protolabel.client.arguments import (
    AnyVersion,
    LabelOrLabels,
    label_or_labels,
    path_part,
    seen_body,
)
from protolabel.client.requests import Requests, at_version, given_values


class Curation(Requests):
    """Looks at a label space, and changes it."""

    def spaces(self) -> reports.SpaceNames:
        """Return the names of the label spaces of the service."""
        return cast(reports.SpaceNames, self._record("GET", "/v1/spaces", {}))

    def info(self) -> reports.SpaceInfo:
        """Return what the label space is: encoder, settings, sizes, calibration."""
        return cast(reports.SpaceInfo, self._json("GET", ""))

    def classes(self) -> reports.ClassList:
        """Return the classes, retired ones included, oldest first."""
        return cast(reports.ClassList, self._json("GET", "/classes"))

    def examples(self, label: str, *, limit: int = 100, start: int = 0) -> reports.ClassExamples:
        """Return one class with its examples, a page at a time."""
        query = {"label": label, "limit": limit, "start": start}
        return cast(reports.ClassExamples, self._json("GET", "/examples", params=query))

    def history(self, *, limit: int = 100, start: int = 0) -> reports.Changes:
        """Return changes, newest first, a page at a time."""
        query = {"limit": limit, "start": start}
        return cast(reports.Changes, self._json("GET", "/history", params=query))

    def moved(self, version: int) -> reports.Movement:
        """Return which remembered documents got another answer by one change."""
        path = f"/history/{require_whole(version, 'version', 1)}/moved"
        return cast(reports.Movement, self._json("GET", path))

    def change(
        self, kind: str, *, only_at: AnyVersion | None = None, **fields: Any
    ) -> reports.Change:
        """Change the label space.

        Args:
            kind: of the change, such as ``add`` or ``rename``.
            only_at: the version that it must have; at another one nothing is changed (412). An
                answer, such as that of :meth:`info`, tells it from that number in a copy.
            **fields: of that kind, as docs/service.md lists them.
        """
        return cast(reports.Change, self._change("/changes", fields | {"kind": kind}, only_at))

    def preview(
        self, kind: str, *, only_at: AnyVersion | None = None, evidence: int = 3, **fields: Any
    ) -> reports.Preview:
        """Return which answers a change would change; it changes nothing. ``only_at``: as there."""
        body, query = fields | {"kind": kind}, {"evidence": evidence}
        headers = at_version(only_at)
        reply = self._json("POST", "/preview", json=body, params=query, headers=headers)
        return cast(reports.Preview, reply)

    def correct(
        self,
        document: str,
        to: LabelOrLabels,
        *,
        only_at: AnyVersion | None = None,
        as_seen: Mapping[str, answers.DecisionSeen] | None = None,
    ) -> reports.Change:
        """Give a document that the label space knows, by its name, the class that it has.

        Args:
            document: the id, source or file name of it.
            to: a list where documents may have several labels.
            only_at: as for :meth:`change`.
            as_seen: as for :meth:`decide`.
        """
        body = {"document": document, "to": label_or_labels(to), **seen_body(as_seen)}
        return cast(reports.Change, self._change("/correct", body, only_at))

    def refute(
        self,
        document: str,
        label: LabelOrLabels,
        *,
        only_at: AnyVersion | None = None,
        as_seen: Mapping[str, answers.DecisionSeen] | None = None,
    ) -> reports.Change:
        """Say that a document that the label space knows, by its name, is not of a class.

        ``only_at``: as for :meth:`change`; ``as_seen``: as for :meth:`decide`.
        """
        body = {"document": document, "label": label_or_labels(label), **seen_body(as_seen)}
        return cast(reports.Change, self._change("/refute", body, only_at))

    def preview_correction(self, document: str, to: LabelOrLabels) -> reports.Preview:
        """Return which answers :meth:`correct` would change; it changes nothing."""
        body, query = {"document": document, "to": label_or_labels(to)}, {"preview": True}
        return cast(reports.Preview, self._json("POST", "/correct", json=body, params=query))

    def settle(self, *, refined: bool = False) -> reports.Lacking:
        """Make the fits that answers wait for."""
        return cast(reports.Lacking, self._change("/settle", refined=refined))

    def audit(self) -> Iterator[reports.Change]:
        """Yield all changes, oldest first: who changed what and when."""
        return cast(Iterator[reports.Change], self._lines("/audit"))

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield the classes, examples and settings of the label space."""
        return self._lines("/export")

    def conflicts(self) -> reports.Conflicts:
        """Return likely label errors, and classes to split or to merge."""
        return cast(reports.Conflicts, self._json("GET", "/conflicts"))

    def next(self, *, count: int = 10) -> reports.Next:
        """Return the remembered documents whose label would help most."""
        return cast(reports.Next, self._json("GET", "/next", params={"count": count}))

    def discover(self, *, least: int | None = None) -> proposed_classes.Proposals:
        """Group the remembered documents that are declined, and return the classes proposed."""
        return cast(proposed_classes.Proposals, self._change("/discover", least=least))

    def proposals(self) -> proposed_classes.Proposals:
        """Return the proposals as they were last made."""
        return cast(proposed_classes.Proposals, self._json("GET", "/proposals"))

    def refused_proposals(self) -> proposed_classes.RefusedGroups:
        """Return the proposals that are refused, each of which can be taken back by its key."""
        return cast(proposed_classes.RefusedGroups, self._json("GET", "/proposals/refused"))

    def accept_proposal(
        self,
        key: str,
        name: str,
        description: str | None = None,
        *,
        leave_out: Sequence[str] = (),
        pass_over: Sequence[str] = (),
        texts: Mapping[str, str] | None = None,
        only_at: AnyVersion | None = None,
    ) -> reports.Change:
        """Make a proposal a class; refuse it for the documents whose keys are left out.

        ``pass_over``: keys of documents on which nothing is decided. ``texts``: of its documents,
        by their keys, where the label space keeps none.
        """
        body = _acceptance(name, description, leave_out, pass_over, texts)
        path = f"/proposals/{path_part(key, 'key')}/accept"
        return cast(reports.Change, self._change(path, body, only_at))

    def preview_proposal(
        self,
        key: str,
        name: str,
        description: str | None = None,
        *,
        leave_out: Sequence[str] = (),
        pass_over: Sequence[str] = (),
        texts: Mapping[str, str] | None = None,
    ) -> reports.Preview:
        """Return which answers :meth:`accept_proposal` would change; it changes nothing."""
        body = _acceptance(name, description, leave_out, pass_over, texts)
        query = {"preview": True}
        path = f"/proposals/{path_part(key, 'key')}/accept"
        return cast(reports.Preview, self._json("POST", path, json=body, params=query))

    def refuse_proposal(self, key: str) -> proposed_classes.RefusedProposal:
        """Never propose this again."""
        path = f"/proposals/{path_part(key, 'key')}/refuse"
        return cast(proposed_classes.RefusedProposal, self._change(path))

    def reconsider_proposal(self, key: str) -> proposed_classes.ReconsideredProposal:
        """Take back the refusal of a proposal: it is listed again."""
        path = f"/proposals/{path_part(key, 'key')}/reconsider"
        return cast(proposed_classes.ReconsideredProposal, self._change(path))

    def risk(self) -> measurements.Risk:
        """Return how many answers are wrong, by how many documents are answered."""
        return cast(measurements.Risk, self._json("GET", "/risk"))

    def evaluation(self) -> measurements.Evaluation:
        """Return how well the label space tells its own examples apart."""
        return cast(measurements.Evaluation, self._json("GET", "/evaluation"))

    def throughput(self) -> measurements.Throughput:
        """Return how many documents the service has answered in the last minute."""
        return cast(measurements.Throughput, self._json("GET", "/throughput"))

    def drift(
        self, *, moment: str = "hour", false_alarm_in: int | None = None
    ) -> measurements.DriftReport:
        """Return what changed in the stream of documents, class by class, and since when."""
        query = given_values({"moment": moment, "false_alarm_in": false_alarm_in})
        return cast(measurements.DriftReport, self._json("GET", "/drift", params=query))


def _acceptance(
    name: str,
    description: str | None,
    leave_out: Sequence[str],
    pass_over: Sequence[str],
    texts: Mapping[str, str] | None,
) -> dict[str, Any]:
    """Return the body of a request that makes a proposal a class, or shows what that would do."""
    return {
        "name": name,
        "description": description,
        "leave_out": [*leave_out],
        "pass_over": [*pass_over],
        "texts": dict(texts or {}),
    }
