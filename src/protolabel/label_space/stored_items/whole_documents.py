"""Examples by their documents: one that cannot be used leaves out the others of its document.

A document of several labels is an example of each. With some of them it would count as not of the
others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from protolabel.documents import name_in_errors
from protolabel.errors import InputError
from protolabel.readers.reports import Unreadable
from protolabel.types import Example


def documents_of_examples(examples: Sequence[Example]) -> list[Hashable]:
    """Return of each example what the examples of its document alone have in common.

    They come from one place and have one content, and each has another label. The second example
    of a label is of a copy.
    """
    copies: Counter[Hashable] = Counter()
    documents: list[Hashable] = []
    for one in examples:
        is_vector = one.text is None and one.image is None and one.embedding is not None
        vector = np.asarray(one.embedding).tobytes() if is_vector else None
        document = one.source, one.text, one.image, vector
        label = document, one.label, one.negative
        documents.append((document, copies[label]))
        copies[label] += 1
    return documents


def without_faulty_documents(
    examples: Sequence[Example], faults: Mapping[int, InputError]
) -> tuple[list[int], list[Unreadable]]:
    """Return the positions of the examples whose documents have no fault, and the other documents.

    Args:
        examples: of any documents.
        faults: the errors of some of them, by position.

    Returns:
        the positions, in order; and each document with a fault, with the first of its errors.
    """
    if not faults:
        return list(range(len(examples))), []
    documents = documents_of_examples(examples)
    first: dict[Hashable, int] = {}
    for position in sorted(faults):
        first.setdefault(documents[position], position)
    unusable = [Unreadable(name_in_errors(examples[i], i), faults[i]) for i in first.values()]
    return [i for i, document in enumerate(documents) if document not in first], unusable
