"""Which of many examples a label space can take. One that it cannot take stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from protolabel.batch.answering import Skipped
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.types import Example

CHUNK = 256  # examples that are embedded between two steps of progress


def usable(
    view: View,
    examples: Sequence[Example],
    on_unusable: Callable[[Skipped], None],
    progress: Progress = silent,
) -> list[Example]:
    """Return the examples that can be added, in order; take note of the others with a reason.

    Each is embedded, and its id must be new. Embeddings of texts come from the cache of the label
    space when the examples are added afterwards.
    """
    good: list[Example] = []
    ids: set[str] = set()
    for example in examples:
        taken = example.id and (
            example.id in ids or view.rows.example_with_id(example.id, view.version) is not None
        )
        if taken:
            on_unusable(Skipped(_name(example), f"the id {example.id!r} is taken"))
        else:
            ids.add(example.id)
            good.append(example)
    kept: list[Example] = []
    for at in range(0, len(good), CHUNK):
        progress(Step("examples checked", at, len(good)))
        chunk = good[at : at + CHUNK]
        for part, embedded in usable_parts(chunk, view.embedder.documents):
            if isinstance(embedded, InputError):
                on_unusable(Skipped(_name(part[0]), str(embedded)))
            else:
                kept += part
    progress(Step("examples checked", len(good), len(good)))
    return kept


def _name(example: Example) -> str:
    return example.source or example.id or repr(example.text)[:60]
