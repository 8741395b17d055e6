"""What a change of the history moved is what answers say, and where it is not, it says so."""

from __future__ import annotations

import random
from collections import Counter

from neighbouring_words import neighbouring_text

from protolabel import Document, Example, LabelSpace

CLASSES, SHOTS, DOCUMENTS = 20, 12, 60


def alike() -> LabelSpace:
    """Classes so alike that prototypes and refined weights answer some documents differently."""
    rng = random.Random(0)
    space = LabelSpace.create(encoder="hashing", background=False)
    space.add(
        [
            Example(f"type {k}", neighbouring_text(rng, k))
            for k in range(CLASSES)
            for _ in range(SHOTS)
        ]
    )
    space.settle()
    space.answer_log.remember("text")
    documents = [Document(f"{i}", neighbouring_text(rng, i % CLASSES)) for i in range(DOCUMENTS)]
    for _ in space.label_many(documents):
        pass
    return space


def answers(space: LabelSpace) -> dict[str, str | None]:
    documents, _ = space.inbox.documents()
    return {one.document.key: one.answer.label for one in documents if one.answer is not None}


def moves(before: dict[str, str | None], after: dict[str, str | None]) -> Counter:
    return Counter((before[key], after[key]) for key in before if before[key] != after[key])


def flows(movement) -> Counter:
    return Counter({(flow.before, flow.after): flow.documents for flow in movement.flows})


def test_what_a_change_moved_is_what_the_answers_say():
    with alike() as space:
        before = answers(space)
        version = space.merge(["type 3", "type 4", "type 5"], into="type 3").version
        space.settle()
        moved = moves(before, answers(space))
        movement = space.inbox.moved_at(space.at(version - 1), space.at(version))
        assert movement.by == movement.to_dict()["by"] == "answers"
        assert flows(movement) == moved
        assert moved

        space.undo()  # the two versions are earlier ones by now
        space.settle()
        later = space.inbox.moved_at(space.at(version - 1), space.at(version))
        assert (later.by, flows(later)) == ("answers", moved)


def test_where_refined_weights_were_never_made_it_says_that_prototypes_are_compared():
    with alike() as space:
        version = space.merge(["type 3", "type 4"], into="type 3").version
        movement = space.inbox.moved_at(space.at(version - 1), space.at(version))
        assert movement.by == "prototypes"
        space.configure(refine=False)
        later = space.configure(threshold=None).version
        assert space.inbox.moved_at(space.at(later - 1), space.at(later)).by == "answers"
