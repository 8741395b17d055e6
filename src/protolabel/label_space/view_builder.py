"""From rows to a view: whole, brought up to date, or of an earlier version.

A view takes up the fits that were made from its prototypes, wherever they were made. What is
lacking is made elsewhere; until then the prototypes answer, without probability.
"""

from __future__ import annotations

from dataclasses import replace

from protolabel.arithmetic.block import BLOCK
from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.class_totals import ClassVectors
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.encoders.embedder import Embedder
from protolabel.label_space.answer_path.evidence_source import EvidenceSource
from protolabel.label_space.answer_path.negative_texts import NegativeTexts
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.fits.negatives_of_version import negatives_of
from protolabel.label_space.fits.stored_fits import Fits, stored_fits
from protolabel.label_space.stored_items.class_levels import levels_of
from protolabel.label_space.stored_items.stored_snapshot import keep_snapshot, read_snapshot
from protolabel.label_space.view import View
from protolabel.store import Rows

NOT_FITTED = "version {version} is not calibrated yet; LabelSpace.settle() calibrates it"
UNDER_WAY = (
    "version {version} is being calibrated in the background; LabelSpace.settle() waits until it is"
)
NOT_KEPT = "the calibration of version {version} is not kept, and was not made again"


def whole_view(rows: Rows, binding: Binding, pending: str) -> View:
    """Return the view of the newest version, read from the file.

    ``pending``: why its fits are not there, where they are not: ``NOT_FITTED`` or ``UNDER_WAY``.
    """
    with rows.reading():
        version, basis = rows.version(), rows.basis()
        embedder, settings, empty = _empty(rows, binding, version, basis, is_newest=True)
        snapshot = read_snapshot(rows, empty)
        if snapshot is None:
            snapshot = keep_snapshot(rows, empty.filled(rows.class_groups(BLOCK)))
        return _view(rows, embedder, snapshot, settings, pending)


def caught_up(view: View, rows: Rows, binding: Binding, pending: str) -> View:
    """Return the view of the newest version; only what changed since an older view is read.

    ``pending``: as of :func:`whole_view`.
    """
    with rows.reading():
        version, basis = rows.version(), rows.basis()
        if version == view.version:
            if not view.lacking:
                return view  # what was committed were answers: they change nothing here
            return replace(view, fits=_fits(rows, view.prototypes, view.settings))
        settings = settings_of(rows, version)
        replaced = rows.encoding(version).number != view.embedder.encoding
        if replaced or settings.kappa != view.settings.kappa:
            return whole_view(rows, binding, pending)
        touched = rows.touched_since(view.version)
        vectors: dict[int, ClassVectors | None] = dict.fromkeys(touched)
        vectors.update((v.key, v) for v in rows.vectors(touched))
        snapshot = view.prototypes.changed(vectors, version, basis)
        return _view(rows, view.embedder, snapshot, settings, pending)


def past_view(rows: Rows, binding: Binding, version: int) -> View:
    """Return the view of an earlier version, summed from the rows that were alive then."""
    with rows.reading():
        basis = rows.basis(version)
        embedder, settings, empty = _empty(rows, binding, version, basis, is_newest=False)
        snapshot = empty.filled(rows.vectors_at(version))
        return _view(rows, embedder, snapshot, settings, NOT_KEPT)


def _empty(
    rows: Rows, binding: Binding, version: int, basis: int, *, is_newest: bool
) -> tuple[Embedder, Settings, Snapshot]:
    """Return the embedder and settings of a version, and the version without its classes.

    ``now``: whether it is the newest version, whose encoder must be the one that is bound.
    """
    encoding = rows.encoding(version)
    embedder, settings = (
        binding.embedder(encoding, in_force=is_newest),
        settings_of(rows, version),
    )
    empty = Snapshot(
        version=version,
        basis=basis,
        fingerprint=embedder.fingerprint,
        dim=embedder.dim,
        metric=embedder.metric,
        kappa=settings.kappa,
        provenance=binding.provenance(encoding),
    )
    return embedder, settings, empty


def _view(
    rows: Rows, embedder: Embedder, snapshot: Snapshot, settings: Settings, pending: str
) -> View:
    negatives = negatives_of(rows, snapshot)
    if negatives is not snapshot.negatives:  # which may be those of an older version
        snapshot = replace(snapshot, negatives=negatives)
    return View(
        rows=rows,
        embedder=embedder,
        prototypes=snapshot,
        settings=settings,
        evidence_source=EvidenceSource(rows, snapshot.version),
        negative_texts=NegativeTexts(rows, snapshot.version),
        fits=_fits(rows, snapshot, settings),
        pending=Shortage(pending.format(version=snapshot.version)),
        levels=levels_of(rows, snapshot.version, lambda: snapshot.keys),
    )


def _fits(rows: Rows, snapshot: Snapshot, settings: Settings) -> Fits:
    """Return what is stored of the fits that a label space of these settings answers by."""
    return stored_fits(rows, snapshot, modes=settings.modes, several=settings.several)
