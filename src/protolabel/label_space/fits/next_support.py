"""Makes what fits are made from for a version, from what was made for an older one.

``fit_support.read_support`` reads and derives the same from nothing. Here only what differs between
the two versions is read and compared, so that one more example does not cost a look at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.kappa import prior_for
from protolabel.arithmetic.kept_scatter import KeptScatter
from protolabel.arithmetic.near_vector_pairs import NearPairs
from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.vector_hashes import Hashes, vector_hashes
from protolabel.copies.joined_groups import joined_groups
from protolabel.copies.near_copies import whole_groups
from protolabel.encoders.provenance import UNKNOWN
from protolabel.label_space.fits.described_examples import DescribedExamples, description_texts
from protolabel.label_space.fits.fit_support import FitSupport
from protolabel.label_space.fits.learned_examples import LearnedExamples, learned_examples
from protolabel.label_space.fits.read_examples import ReadExamples
from protolabel.label_space.fits.text_links import TextLinks
from protolabel.label_space.fits.text_traits import TextTraits
from protolabel.label_space.stored_items.class_levels import Levels, levels_of
from protolabel.store import Rows


@dataclass(frozen=True, slots=True, eq=False)
class SupportParts:
    """What was made of a version, for the next one.

    hashes ``(n,)``: of its embeddings. links: None where its texts are too many to keep them.
    """

    examples: ReadExamples
    hashes: Hashes
    traits: TextTraits
    links: TextLinks | None
    near: NearPairs
    scatter: KeptScatter
    described: DescribedExamples


@dataclass(frozen=True, slots=True, eq=False)
class VersionRows:
    """What is read of a version: its examples, the texts of those that are new, and the rest.

    change: from the older version; None where all is new. descriptions: the K texts of the classes.
    """

    examples: ReadExamples
    change: RowChange | None
    fresh_texts: list[str | None]
    learned: LearnedExamples
    levels: Levels | None
    prior: float
    descriptions: list[str | None]

    @classmethod
    def of(cls, rows: Rows, snapshot: Snapshot, last: SupportParts | None) -> VersionRows:
        """Read a version, and only what differs from the last one where that can be told."""
        version = snapshot.version
        with rows.reading():
            newer = None if last is None else last.examples.after(rows, snapshot)
            if newer is None:
                examples, change = ReadExamples.of(rows, snapshot), None
                fresh = examples.items
            else:
                examples, change = newer
                fresh = examples.items[change.fresh]
            provenance = snapshot.provenance or UNKNOWN
            return cls(
                examples,
                change,
                rows.texts(fresh.tolist()),
                learned_examples(rows, version, examples.items, provenance),
                levels_of(rows, version, lambda: examples.classes),
                prior_for(rows.sharpened_share(version)),
                description_texts(rows, examples.classes, version),
            )


def support_of(
    version_rows: VersionRows, last: SupportParts | None, snapshot: Snapshot
) -> tuple[SupportParts, FitSupport] | None:
    """Return what follows from a version, to be kept and to be fitted to.

    None where its near vectors are too many to be kept. ``last``: of the version that
    ``version_rows.change`` begins at; None where all is new.
    """
    examples, vectors, near = version_rows.examples, version_rows.examples.embeddings, None
    change = version_rows.change
    labels = np.searchsorted(examples.classes, examples.keys).astype(np.int64)
    if last is None or change is None:
        hashes = vector_hashes(vectors)
        traits = TextTraits.of(version_rows.fresh_texts)
        classes = traits.classes(labels)
        links = TextLinks.of(traits.sketches, classes)
        near = NearPairs.of(vectors, hashes)
    else:
        fresh = TextTraits.of(version_rows.fresh_texts)
        hashes = change.column(last.hashes, vector_hashes(vectors[change.fresh]))
        traits, links = last.traits.after(change, fresh), last.links
        classes = traits.classes(labels)
        if links is not None:
            links = links.after(change, fresh.sketches, classes)
        near = last.near.after(change, last.examples.embeddings, vectors, hashes)
        near = near or NearPairs.of(vectors, hashes)
    if near is None:
        return None
    items = examples.items.astype(np.uint64)
    copies = joined_groups([items, traits.texts, near.leaders(vectors)])
    groups = traits.groups(classes, copies, links)
    learned = version_rows.learned.learned
    described = DescribedExamples.of(
        traits,
        examples.keys,
        dict(zip(examples.classes.tolist(), version_rows.descriptions, strict=True)),
        None if last is None or change is None else (last.described, change),
    )
    in_descriptions = described.with_vectors(traits, vectors, labels, examples.totals)
    support = Support(
        embeddings=vectors,
        labels=labels,
        classes=examples.totals,
        kappa=snapshot.kappa,
        metric=snapshot.metric,
        copies=copies,
        groups=groups,
        learned=whole_groups(learned, groups) if learned.any() else learned,
        in_descriptions=(
            whole_groups(in_descriptions, groups) if in_descriptions.any() else in_descriptions
        ),
        hierarchy=None if version_rows.levels is None else version_rows.levels.hierarchy,
        hashes=hashes,
    )
    scatter = KeptScatter.of(support, examples.classes, None if last is None else last.scatter)
    fit_support = FitSupport(
        support,
        version_rows.learned.allowance,
        version_rows.learned.measured,
        examples.items,
        version_rows.prior,
        scatter=scatter.scatter,
    )
    parts = SupportParts(examples, hashes, traits, links, near, scatter, described)
    return parts, fit_support
