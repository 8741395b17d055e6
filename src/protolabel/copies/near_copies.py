"""Which texts are near copies of each other, and the groups that follow: one home for both.

A near copy is a text once more with little changed: another date or name, a signature added, quoted
in a reply. It is no new evidence, so it is left out, dealt out and held out together with what it
is a copy of. Equal documents (``equality``) are in one group too. Sums count each copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Integers, distinct, ranges
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.compared_pairs import (
    PROBES_AT_ONCE,
    most_changed_pairs,
    most_texts_of_a_rare_pair,
    neighbours,
)
from protolabel.copies.equality import groups_of, rounded_digests
from protolabel.copies.joined_groups import groups_by_numbers
from protolabel.copies.near_text_pairs import LONGEST, are_near_texts
from protolabel.copies.sketches import (
    Sketch,
    Table,
    digest_of_template,
    plain_digest,
    sketch_of,
    template_of,
)


def document_groups(
    digests: Iterable[Iterable[str]],
    texts: Sequence[str | None],
    labels: Integers,
    templates: Sequence[bytes | None] | None = None,
    vectors: Sequence[npt.NDArray[np.float32] | None] | npt.NDArray[np.float32] | None = None,
) -> npt.NDArray[np.int64]:
    """Return the group of each document: equal ones and near copies are one group.

    So are texts of any length that differ in numbers, case or punctuation alone. All of it is
    transitive: where A is a near copy of B, and B one of C, the three are a group.

    Args:
        digests: of each of n documents, as ``equality.document_digests`` returns them.
        texts: n texts; None for a document without, which has no near copies.
        labels: (n,) the class of each, by number; ``boilerplate.NO_CLASS`` where nobody knows. A
            document of several classes is there once for each.
        templates: n digests, as ``sketches.template_digest`` returns them, of documents whose text
            is not there; None for one without. By these, texts that differ in numbers alone are a
            group; other near copies cannot be told.
        vectors: n of equal length, by which those are a group that differ in rounding alone; None
            for one without.

    Returns:
        (n,) int64: groups numbered from 0 in the order of their first document.
    """
    sketches = [None if text is None else sketch_of(text) for text in texts]
    classes = DocumentClasses.of_texts(texts, labels)
    words = shared_templates(texts, classes, templates)
    return groups_of_sketches(digests, sketches, classes, words, vectors)


def groups_of_sketches(
    digests: Iterable[Iterable[str]],
    sketches: Sequence[Sketch | None],
    classes: DocumentClasses,
    templates: Sequence[bytes],
    vectors: Sequence[npt.NDArray[np.float32] | None] | npt.NDArray[np.float32] | None = None,
) -> npt.NDArray[np.int64]:
    """Return what :func:`document_groups` returns, of documents whose texts are gone.

    Args:
        digests: as there.
        sketches: n, of ``sketch_of``; None for a text that is too short.
        classes: of the n documents.
        templates: n, as :func:`shared_templates` returns them; empty for one that shares nothing.
        vectors: as there.
    """
    near = near_groups(sketches, classes).tolist()
    shared = [(f"words {template.hex()}",) if template else () for template in templates]
    rounded = rounded_digests([None] * len(sketches) if vectors is None else vectors)
    return groups_of(
        (*document_digests, f"near {group}", *template, *vector)
        for document_digests, group, template, vector in zip(
            digests, near, shared, rounded, strict=True
        )
    )


def whole_groups(is_member: npt.NDArray[np.bool_], groups: Integers) -> npt.NDArray[np.bool_]:
    """Return which documents are in a group that has one of some documents.

    A near copy of what an encoder has learned from is not new to it either.

    Args:
        is_member: (n,), whether each document is one of them.
        groups: (n,), as :func:`document_groups` returns them.
    """
    return np.isin(groups, groups[is_member])


def _templates(
    texts: Sequence[str | None], digests: Sequence[bytes | None] | None
) -> list[tuple[bytes, bool]]:
    """Return the template of each document by its digest, and whether it has numbers.

    Empty where there is none. Of a digest alone nobody knows: it counts as having numbers.
    """
    templates = []
    for text, digest in zip(texts, digests or [None] * len(texts), strict=True):
        if text is None:
            templates.append((digest or b"", True))
        else:
            words, numbers = template_of(text)
            templates.append((digest_of_template(words) if words else b"", numbers))
    return templates


def shared_templates(
    texts: Sequence[str | None],
    classes: DocumentClasses,
    digests: Sequence[bytes | None] | None = None,
) -> list[bytes]:
    """Return what texts share that differ in numbers, case or punctuation alone, at any length.

    Where a tenth of the texts of one template, or more, lack the class that most of them have, its
    numbers tell the classes apart, and count as they are; so do those of a text of numbers alone.

    Args:
        texts: n texts; None for a document without.
        classes: of the n documents.
        digests: n, as :func:`document_groups` takes them.

    Returns:
        For each document a digest of its template, or of its words as they are; empty for one that
        shares nothing.
    """
    templates = _templates(texts, digests)
    rows = [
        place
        for place, ((_, numbers), is_document) in enumerate(
            zip(templates, classes.is_document.tolist(), strict=True)
        )
        if numbers and is_document
    ]
    number: dict[bytes, int] = {}
    families = [number.setdefault(templates[place][0], len(number)) for place in rows]
    is_apart = classes.apart(np.array(families, np.int64), classes.sets[rows], len(number))
    apart = {template for template, place in number.items() if is_apart[place]}
    return [
        template
        if not numbers or template not in apart
        else b""
        if text is None or not template
        else plain_digest(text)
        for text, (template, numbers) in zip(texts, templates, strict=True)
    ]


def near_groups(
    sketches: Sequence[Sketch | None], classes: DocumentClasses
) -> npt.NDArray[np.int64]:
    """Return the group of each text: near copies, and copies of those, are one group.

    One text is a near copy of another that has at least as many different words, but at most four
    times as many, if

    - the other lacks at most 2 + 5 % of its words, and
    - at most twice as many, 4 + 10 %, of its pairs of neighbouring words.

    Pairs that more than 20 texts of several classes have, and more than 2 % of all, are
    boilerplate, such as a disclaimer or the fields of a form. They do not count, and less may
    change where little else is left. Nothing depends on the order of the texts.

    Only texts that share a rare pair of words are compared, so that the time grows with the number
    of texts. Where more than ``NEIGHBOURS`` texts have a pair, each is compared with those that are
    most like it. A chain of near copies may then miss a link.

    Args:
        sketches: of n texts; None for one that is too short to tell.
        classes: of the n documents.

    Returns:
        (n,) int64: numbered from 0 in the order of their first text.

    Source:
        Broder 1997, "On the resemblance and containment of documents"; Chaudhuri, Ganti and
        Kaushik 2006, "A primitive operator for similarity joins" (prefix filter).
    """
    places = np.array([i for i, sketch in enumerate(sketches) if sketch is not None], np.int64)
    groups = np.arange(len(sketches))
    if len(places) > 1:
        by_key = {sketch.key: sketch for sketch in sketches if sketch is not None}
        number = {key: i for i, key in enumerate(sorted(by_key))}
        texts = np.array([number[s.key] for s in sketches if s is not None], np.int64)
        group = _linked_groups([by_key[key] for key in number], texts, classes.at(places))[texts]
        _, first, place = np.unique(group, return_index=True, return_inverse=True)
        groups[places] = places[first[place.reshape(-1)]]
    return np.unique(groups, return_inverse=True)[1].astype(np.int64).reshape(-1)


def _linked_groups(
    sketches: Sequence[Sketch], texts: Integers, classes: DocumentClasses
) -> Integers:
    """Return the group of each of n different sketches.

    Args:
        sketches: n of them.
        texts: (t,) the sketch of each text.
        classes: of the t texts.

    Returns:
        (n,) int64.
    """
    words, pairs = Table.of([s.words for s in sketches]), Table.of([s.pairs for s in sketches])
    texts_with = pairs.texts_with()
    relevant = ~boilerplate(pairs, texts, classes)
    groups = np.arange(len(sketches))
    for short, long in _candidates(words.sizes, pairs, texts_with):
        apart = groups[short] != groups[long]
        short, long = short[apart], long[apart]
        near = are_near_texts(words, pairs, relevant, short, long)
        if near.any():
            groups = _groups_with(groups, short[near], long[near])
    return groups


def boilerplate(pairs: Table, texts: Integers, classes: DocumentClasses) -> npt.NDArray[np.bool_]:
    """Return which hashes of a table are boilerplate.

    Args:
        pairs: of n different texts.
        texts: (t,) which of them each text is.
        classes: of the t texts.

    Returns:
        (h,) bool.
    """
    width = len(classes.counts)
    codes = distinct(texts * width + classes.sets)  # copies of the same classes count once
    sketch, sets = codes // width, codes % width
    lengths = pairs.lengths[sketch]
    _, number = np.unique(pairs.hashes, return_inverse=True)
    families = number.reshape(-1)[ranges(pairs.starts[sketch], lengths)]
    total = np.bincount(families)
    common = total > most_texts_of_a_rare_pair(len(sketch))
    in_many = common[families]
    common &= classes.apart(families[in_many], np.repeat(sets, lengths)[in_many], len(total))
    return np.asarray(common[number.reshape(-1)], np.bool_)


def _candidates(
    sizes: Integers, pairs: Table, texts_with: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """Yield pairs of texts that may be near copies, some at a time: the shorter and the longer.

    A text that lacks at most m of the pairs of another has one of its m + 1 rarest in common.
    """
    owners, lengths = pairs.owners, pairs.lengths
    rarest = np.lexsort((pairs.hashes, texts_with, owners))
    ranks = np.arange(len(rarest)) - np.repeat(pairs.starts, lengths)
    needed = most_changed_pairs(lengths)[owners]
    alone = np.bincount(owners[texts_with == 1], minlength=len(lengths))[owners]
    probes = rarest[(ranks <= needed) & (alone <= needed)]
    probes = probes[texts_with[probes] > 1]
    by_hash = np.lexsort((owners, pairs.hashes))
    place = np.empty(len(by_hash), np.int64)
    place[by_hash] = np.arange(len(by_hash))
    first = np.searchsorted(pairs.hashes[by_hash], pairs.hashes[probes])
    last = first + texts_with[probes]
    low, high = neighbours(first, last, place[probes])
    for start in range(0, len(probes), PROBES_AT_ONCE):
        part = slice(start, start + PROBES_AT_ONCE)
        counts = high[part] - low[part]
        short = np.repeat(owners[probes[part]], counts)
        long = owners[by_hash[ranges(low[part], counts)]]
        possible = (
            (short != long)
            & (sizes[short] <= sizes[long])
            & (sizes[long] <= LONGEST * sizes[short])
        )
        yield short[possible], long[possible]


def _groups_with(groups: Integers, short: Integers, long: Integers) -> Integers:
    """Return the groups ``(n,)`` with those of linked texts made one."""
    links = np.arange(len(short))
    both = np.concatenate([groups[short], groups[long]])
    return groups_by_numbers(both, np.concatenate([links, links]), len(groups))[groups]
