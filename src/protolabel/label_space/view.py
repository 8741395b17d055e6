"""A label space as of one version: what readers hold while writers go on.

It has all the methods that only read: ``label``, ``classes``, ``show`` and so on. They are the same
for the present version and for an earlier one. ``change_methods`` has those that change something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from protolabel.arguments import require_flag
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.lbfgs import Stop, never
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.documents import checked_text
from protolabel.encoders.embedder import Embedder
from protolabel.label_space.answer_path.answer_methods import AnswerMethods
from protolabel.label_space.answer_path.declining import answered_strangers_of
from protolabel.label_space.answer_path.evidence_source import EvidenceSource
from protolabel.label_space.answer_path.negative_texts import NegativeTexts
from protolabel.label_space.answer_path.promising import unpromised_of
from protolabel.label_space.answer_path.reasons import all_declined_sentence, why_none_answers
from protolabel.label_space.answer_path.rule import Rule
from protolabel.label_space.answer_path.several_ranked_queries import (
    refusal_of_several,
)
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.fits.stored_fits import Fits
from protolabel.label_space.person_statements.refused_by_key import ClassKeys, RefusedByKey
from protolabel.label_space.records import Mode, SpaceInfo, StoredExample
from protolabel.label_space.stored_items.class_levels import Levels
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.lookup import known_class
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.label_space.waiting_answers.answers_on_hold import AnswersOnHold
from protolabel.progress import Progress, silent
from protolabel.store import ClassRow, Rows
from protolabel.types import ClassInfo


@dataclass(frozen=True, slots=True, eq=False)
class View(AnswerMethods):
    """A frozen label space with the means to read its rows and to embed queries.

    Attributes:
        rows: the store, which is read as of this version.
        embedder: the encoder of this version.
        prototypes: the prototypes themselves.
        settings: those in force at this version.
        evidence_source: reads what is behind an answer.
        negative_texts: reads what persons have said that documents are not.
        fits: what has been fitted to this version.
        pending: why what has not been fitted is not there.
        answer_queue: takes the answers that are given; None where they are not remembered.
        levels: the classes above those that can answer; None where no class stands under another.
        refusals: reads what people refused for documents by their keys; None for earlier versions.
    """

    rows: Rows
    embedder: Embedder
    prototypes: Snapshot
    settings: Settings
    evidence_source: EvidenceSource
    negative_texts: NegativeTexts
    fits: Fits
    pending: Shortage
    answer_queue: AnswerQueue | AnswersOnHold | None = None
    levels: Levels | None = None
    refusals: RefusedByKey | None = None
    head: Snapshot = field(init=False)
    calibration: Calibration | Shortage = field(init=False)
    rule: Rule = field(init=False)

    def __post_init__(self) -> None:
        """Choose what ranks: refined weights where they are ready, with their calibration."""
        head, calibration = self.prototypes, self.fits.calibration or self.pending
        if self.settings.several and isinstance(self.fits.labels, Shortage):
            calibration = self.fits.labels
        refined = self.fits.refined if self.settings.refine else None
        if refined is not None and refined.model is not None:
            head = head.refined(refined.model, refined.modes)
            calibration = refined.calibration
        object.__setattr__(self, "head", head)
        object.__setattr__(self, "calibration", calibration)
        object.__setattr__(self, "rule", Rule.of(self.settings, calibration))

    @property
    def version(self) -> int:
        """Return the version that every answer from here names."""
        return self.prototypes.version

    def unrefined(self) -> View:
        """Return the same view, ranking by the prototypes themselves."""
        return replace(self, settings=replace(self.settings, refine=False))

    def refused(self, texts: DocumentTexts) -> ClassKeys:
        """Return of each document the classes that no answer may give it; nothing without any.

        :meta private:
        """
        return () if self.refusals is None else self.refusals.of(texts)

    def unremembered(self) -> View:
        """Return the same view, whose answers are not remembered."""
        return replace(self, answer_queue=None)

    def measurable(self) -> View:
        """Return the same view as it answers documents that nobody has said anything of.

        What people refused for single documents is their word, and no merit of the label space.
        Its answers are not remembered.

        :meta private:
        """
        return replace(self, answer_queue=None, refusals=None)

    # -- fits ---------------------------------------------------------------------------------

    @property
    def lacking(self) -> tuple[str, ...]:
        """What has not been fitted of ``calibration`` and ``refinement``; empty if settled.

        An estimate of kappa that is due belongs to the calibration.
        """
        return self.fits.lacking(refined=self.settings.refine, kappa=self.settings.kappa_auto)

    @property
    def fit_seconds(self) -> float:
        """About how many seconds it takes at most to refine this version, on two cores."""
        if "refinement" not in self.lacking or self.prototypes.metric != "cosine":
            return 0.0
        from protolabel.label_space.fits.fitting import refined_fit_seconds

        n = sum(int(block.counts.sum()) for block in self.prototypes.blocks)
        return refined_fit_seconds(n, self.prototypes.n_classes, self.prototypes.dim)

    def settled(
        self,
        *,
        refined: bool | None = True,
        should_stop: Stop = never,
        progress: Progress = silent,
    ) -> View:
        """Return the same view with its fits made from its own rows: it answers as it did then.

        No version is made; the fits are stored in the file. Fits are deterministic, so that an
        earlier version gets those that it had.

        Args:
            refined: whether to refine; None: where it takes about two seconds or less.
            should_stop: asked now and then; True ends it, with the fits made so far.
            progress: follows what takes long.
        """
        from protolabel.label_space.fits.fitting import wants_refined

        refining = self.settings.refine and wants_refined(refined, self.fit_seconds)
        if (fits := self.fits).lacking(refined=refining):
            from protolabel.label_space.fits.fit_plan import all_fits

            fits = all_fits(self, refined=refining, should_stop=should_stop, progress=progress)
        return replace(self, fits=replace(fits, kappa_estimated=True))  # a view keeps its kappa

    # -- answers ------------------------------------------------------------------------------

    def _answering_view(self) -> View:
        return self

    def why_none_answers(self) -> str:
        """Return why no class can be an answer; empty where one can.

        :meta private:
        """
        if self.head.n_classes:
            return ""
        return why_none_answers(self.classes(), self.settings.kappa)

    def refusal(self) -> str:
        """Return why every document is declined, or nearly every one; empty where it is not so."""
        if not self.head.n_classes:
            return all_declined_sentence(self.why_none_answers())
        if self.settings.several:
            return refusal_of_several(self.settings, self.fits.labels or self.pending)
        return self.rule.refusal

    # -- classes and examples -------------------------------------------------------------------

    def classes(self) -> list[ClassInfo]:
        """Return all classes, retired ones included, oldest first."""
        with self.rows.reading():
            counts = self.rows.counts(self.version)
            rows = self.rows.classes(self.version)
        names = {row.key: row.name for row in rows}
        return [_info(row, counts.get(row.key, 0), names) for row in rows]

    def show(self, label: str) -> tuple[ClassInfo, list[StoredExample]]:
        """Return one class with its examples, oldest first.

        Raises:
            UnknownClassError: no class has that name.
        """
        with self.rows.reading():
            row = known_class(self.rows, label, self.version)
            examples = self.rows.examples(row.key, self.version)
            names: dict[int, str] = {}
            if row.parent is not None:
                names[row.parent] = self.rows.class_with_key(row.parent, self.version).name
        return _info(row, len(examples), names), [
            StoredExample(e.id, row.name, e.text, e.source, e.has_image, e.born) for e in examples
        ]

    def negatives(self, label: str | None = None) -> list[StoredExample]:
        """Return the documents that are not of a class, oldest first; None: of all classes.

        Raises:
            UnknownClassError: no class has that name.
        """
        with self.rows.reading():
            key = None if label is None else known_class(self.rows, label, self.version).key
            stored = self.rows.negatives(self.version, key)
            names = {row.key: row.name for row in self.rows.classes(self.version)}
        return [
            StoredExample(e.id, names[e.class_key], e.text, e.source, e.has_image, e.born)
            for e in stored
        ]

    def modes(self, label: str) -> list[Mode]:
        """Return the modes of a class, the one of most examples first; none where it has one.

        Raises:
            UnknownClassError: no class has that name.
        """
        from protolabel.label_space.modes_of_class import modes_of_class

        return modes_of_class(self, label)

    def image(self, example: str) -> bytes | None:
        """Return the image file of an example, by its id; None without an image or an example."""
        row = self.rows.example_with_id(checked_text(example, "an example id"), self.version)
        return self.rows.image(row.item) if row is not None else None

    def info(self) -> SpaceInfo:
        """Return the encoder, the settings, the sizes and the calibration."""
        meta, classes = self.rows.meta, self.classes()
        encoding = self.rows.encoding(self.version)
        return SpaceInfo(
            path=self.rows.path,
            version=self.version,
            created_at=meta["created_at"],
            encoder=encoding.encoder,
            encoder_fingerprint=encoding.fingerprint,
            dim=encoding.dim,
            metric=self.prototypes.metric,
            classes=sum(not c.retired for c in classes),
            retired=sum(c.retired for c in classes),
            examples=sum(c.examples for c in classes),
            head=self.head.head,
            settings=self.settings,
            calibration=self.fits.labels or self.calibration,
            modes=0 if self.head.modes is None else len(self.head.modes.columns),
            mode_share=0.0 if self.head.modes is None else self.head.modes.share,
            levels=1 if self.levels is None else self.levels.hierarchy.levels,
            refusal=self.refusal(),
            answered_strangers=answered_strangers_of(self),
            unpromised=unpromised_of(self),
        )

    def export(self, *, vectors: bool = False) -> Iterator[dict[str, object]]:
        """Yield what :meth:`LabelSpace.import_records` takes; ``vectors``: with all embeddings."""
        from protolabel.label_space.export import exported

        return exported(self, vectors=require_flag(vectors, "vectors"))


def _info(row: ClassRow, examples: int, names: Mapping[int, str]) -> ClassInfo:
    """Return a class as a person sees it; ``names`` maps class keys to names, also its parent's."""
    origin = {"given": "given", "name": "name"}.get(row.described_by, "none")
    return ClassInfo(
        row.name,
        examples,
        row.description,
        origin,  # type: ignore[arg-type]
        row.retired,
        row.born,
        row.sharpened is not None,
        None if row.parent is None else names.get(row.parent),
    )
