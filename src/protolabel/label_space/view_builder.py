"""From rows to a view: whole, brought up to date, or of an earlier version.

Which fits are in force is decided here: a refinement or a calibration counts only if it was made
from the prototypes as they are (its basis); otherwise the prototypes answer, without probability.
"""

from __future__ import annotations

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import ClassVectors
from protolabel.encoders.embedder import Embedder
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.evidence_source import EvidenceSource
from protolabel.label_space.settings import Settings
from protolabel.label_space.stored_fits import stored_calibration, stored_refinement
from protolabel.label_space.view import PENDING, View
from protolabel.store import Rows


def whole_view(rows: Rows, binding: Binding) -> View:
    """The view of the newest version, read from the file."""
    with rows.reading():
        version, basis = rows.version(), rows.basis()
        embedder = binding.embedder(rows.encoding(version), now=True)
        settings = Settings.from_rows(rows.settings(version))
        snapshot = Snapshot.build(
            rows.vectors(),
            version=version,
            basis=basis,
            fingerprint=embedder.fingerprint,
            dim=embedder.dim,
            metric=embedder.metric,
            kappa=settings.kappa,
        )
        return _with_fits(rows, embedder, snapshot, settings)


def caught_up(view: View, rows: Rows, binding: Binding) -> View:
    """The view of the newest version, from an older one: only what changed since is read."""
    with rows.reading():
        version, basis = rows.version(), rows.basis()
        if version == view.version:
            return _with_fits(rows, view.embedder, view.prototypes, view.settings)
        settings = Settings.from_rows(rows.settings(version))
        moved = rows.encoding(version).number != view.embedder.encoding
        if moved or settings.kappa != view.settings.kappa:
            return whole_view(rows, binding)
        touched = rows.touched_since(view.version)
        vectors: dict[int, ClassVectors | None] = dict.fromkeys(touched)
        vectors.update((v.key, v) for v in rows.vectors(touched))
        snapshot = view.prototypes.changed(vectors, version, basis)
        return _with_fits(rows, view.embedder, snapshot, settings)


def past_view(rows: Rows, binding: Binding, version: int) -> View:
    """The view of an earlier version, summed from the rows that were alive then."""
    with rows.reading():
        embedder = binding.embedder(rows.encoding(version), now=False)
        settings = Settings.from_rows(rows.settings(version))
        snapshot = Snapshot.build(
            rows.vectors_at(version),
            version=version,
            basis=version,
            fingerprint=embedder.fingerprint,
            dim=embedder.dim,
            metric=embedder.metric,
            kappa=settings.kappa,
        )
    source = EvidenceSource(rows, version)
    return View(rows, embedder, snapshot, snapshot, settings, PENDING, source)


def _with_fits(rows: Rows, embedder: Embedder, snapshot: Snapshot, settings: Settings) -> View:
    head = snapshot
    refinement = stored_refinement(rows, snapshot) if settings.refine else None
    if refinement is not None:
        head = snapshot.refined(refinement)
    calibration = stored_calibration(rows, snapshot, head.head) or PENDING
    source = EvidenceSource(rows, snapshot.version)
    return View(rows, embedder, snapshot, head, settings, calibration, source)
