"""The change that moves a label space onto another encoder.

New vectors are written beside those in force, in batches that are durable each, before anything is
changed; what is there is not encoded again. Then one transaction puts them in force. Whenever it
stops, the label space is wholly in one encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from protolabel.arguments import require_flag
from protolabel.arithmetic.comparison import chance, shown_better
from protolabel.arithmetic.leave_one_out import FEWEST
from protolabel.encoders import PassageEncoder, compatible
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.provenance import folder_of, provenance_of, training_of
from protolabel.label_space.changes.request import ChangeRequest, Material, Situation
from protolabel.label_space.changes.rows import note_unreadable
from protolabel.label_space.encoder_comparison import compared
from protolabel.label_space.fits.learned_examples import LEARNED, setting_of
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.item_vectors import (
    embedder_of,
    refuse_unreadable,
    vector_space_of,
    vectors_of,
)
from protolabel.store import Store, Writing
from protolabel.types import Comparison, VectorSpace
from protolabel.words.quantity import quantity

LATE = 64  # items that the last transaction encodes itself; more of them are another batch


@dataclass(frozen=True, slots=True, eq=False)
class DraftedEncoding:
    """An encoding that is written to the file and not in force.

    Attributes:
        comparison: with the encoding in force, on the label space's own examples.
        unreadable: classes whose description it could not read, by what describes them: ``given``
            words, or their ``name``.
        note: what the folder of the new encoder says that it has learned of some examples.
    """

    store: Store
    target: VectorSpace
    embedder: Embedder
    comparison: Comparison
    unreadable: Mapping[str, list[str]]
    note: object


@dataclass(frozen=True, slots=True, eq=False)
class Draft(Material):
    """What is ready for a move to another encoder.

    Attributes:
        present: the encoding in force when it was made.
        drafted: None where the label space has that encoder already.
    """

    present: int = 0
    drafted: DraftedEncoding | None = None

    def stale(self, store: Store) -> bool:
        """Return whether other processes changed too much since for one last transaction."""
        if store.rows.encoding(store.rows.version()).number != self.present:
            return True
        drafted = self.drafted
        return drafted is not None and len(store.rows.lacking(drafted.target.number)) > LATE

    def discard(self, store: Store) -> None:
        """Remove the vectors, which will not be in force."""
        if self.drafted is not None:
            store.drop_draft(self.drafted.target)


@dataclass(frozen=True)
class Reencode(ChangeRequest):
    """Move the label space onto another encoder.

    Attributes:
        fingerprint: of the encoder.
        encoder: its name or folder; empty if it has none and the session has it at hand.
        only_if_better: change nothing unless it is better on the own examples, beyond chance.
    """

    kind: ClassVar[str] = "reencode"
    over_http: ClassVar[bool] = False
    fingerprint: str
    encoder: str = ""
    only_if_better: bool = False

    def __post_init__(self) -> None:
        require_flag(self.only_if_better, "only_if_better")

    def embed(self, situation: Situation) -> Draft:
        """Write all vectors beside those in force, and compare the two."""
        store, done = situation.store, situation.earlier.encoded if situation.earlier else 0
        present = store.rows.encoding(situation.view.version)
        if compatible(present.fingerprint, self.fingerprint):
            return Draft(encoded=done, present=present.number)
        encoder = situation.binding.encoder_of(self.fingerprint, self.encoder)
        new_space = vector_space_of(store.rows, encoder)
        refuse_unreadable(store.rows, new_space)
        target = store.draft(encoder.fingerprint, self.encoder, encoder.dim, new_space.reads)
        embedder = embedder_of(situation.binding, target, encoder)
        while lacking := store.rows.lacking(target.number):
            total = store.rows.living()
            for batch, vectors in vectors_of(
                store.rows, embedder, lacking, total=total, progress=situation.progress
            ):
                store.keep_vectors(target, batch, vectors)
                done += len(batch)
        provenances = situation.binding.provenance(present), provenance_of(encoder, self.encoder)
        comparison = compared(store.rows, target, embedder, provenances)
        note = training_of(folder_of(encoder) or self.encoder).get("learned")
        drafted = DraftedEncoding(
            store, target, embedder, comparison, _unreadable(store, embedder), note
        )
        return Draft(encoded=done, present=present.number, drafted=drafted)

    def reason_to_stay(self, store: Store, material: Material) -> str:
        """Return why the label space stays with its encoder."""
        assert isinstance(material, Draft)
        present = store.rows.encoding(store.rows.version()).fingerprint
        if material.drafted is None:
            return f"nothing to do: {store.rows.path} is on {present} already"
        comparison = material.drafted.comparison
        if self.only_if_better and not shown_better(comparison):
            return f"kept {present}: {_why_not(comparison)}"
        return ""

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Encode what came since the draft, and put the new encoding in force."""
        assert isinstance(material, Draft)
        drafted = material.drafted
        assert drafted is not None
        store, target, old = drafted.store, drafted.target, writing.encoding
        refuse_unreadable(store.rows, target)
        late = store.rows.lacking(target.number)
        for batch, vectors in vectors_of(store.rows, drafted.embedder, late, total=len(late)):
            store.keep_vectors(target, batch, vectors)
        learned = setting_of(store.rows, drafted.note)
        if learned != store.rows.settings(writing.before).get(LEARNED, ""):
            writing.set(LEARNED, learned)
        writing.use_encoding(target)
        n, new = store.rows.living(), writing.encoding.fingerprint
        noun = f"{n:,} vector{'s' * (n != 1)}"
        writing.summary = f"re-encoded {old.fingerprint} -> {new}, {noun}"
        writing.detail = {
            "from": old.fingerprint,
            "to": new,
            "vectors": n,
            "late": len(late),
            "comparison": asdict(drafted.comparison),
        }
        refusals = [row for row in store.proposals.rows() if row.state == "refused"]
        if n_groups := sum(row.encoding == old.number for row in refusals):
            writing.detail["refused_groups"] = n_groups
            writing.summary += (
                f"; `discover` knows {quantity(n_groups, 'refused group')} by the documents alone "
                "now, and may propose others like these again"
            )
        illegible = drafted.unreadable
        note_unreadable(writing, illegible.get("given", ()), illegible.get("name", ()))


def _unreadable(store: Store, embedder: Embedder) -> dict[str, list[str]]:
    """Return the classes whose description the encoder could not read, by what describes them."""
    rows = [row for row in store.rows.classes(store.rows.version()) if row.description]
    counts = rows and embedder.reads_text and isinstance(embedder.encoder(), PassageEncoder)
    if not counts:  # others do not say what they could not read
        return {}
    _, unread = embedder.texts_and_unreadable([row.description or "" for row in rows])
    classes: dict[str, list[str]] = {}
    for row in (rows[i] for i in np.flatnonzero(unread).tolist()):
        classes.setdefault(row.described_by, []).append(row.name)
    return classes


def _why_not(comparison: Comparison) -> str:
    lost, won = comparison.only_old, comparison.only_new
    if comparison.n < FEWEST:
        left_out = f"; {comparison.learned} that an encoder has learned from do not count"
        few = (
            f"{quantity(comparison.n, 'example')} "
            f"can be compared, and fewer than {FEWEST} tell too little"
        )
        return few + left_out * (comparison.learned > 0)
    if won < lost:
        return f"{comparison.new} is right on {lost - won} fewer"
    if won == lost:
        return f"{comparison.new} is right on as many"
    return (
        f"{comparison.new} alone is right on {won} and the present one alone on {lost}, which is "
        f"not beyond chance (p = {chance(lost, won):.2f}; 0.05 or less would be)"
    )
