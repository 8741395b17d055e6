"""A refused group loses its reach with another encoder, and the change says so."""

from __future__ import annotations

import random

from protolabel import Document, Example, LabelSpace
from protolabel.open_world.accepting import refuse
from protolabel.open_world.discovery import discover


def _text(topic: str, chance: random.Random) -> str:
    words = [f"{topic}{k}" for k in range(8)]
    chance.shuffle(words)
    return " ".join([*words[:6], *(f"w{chance.randrange(400)}" for _ in range(3))])


def test_the_change_says_how_many_refused_groups_lose_their_reach():
    chance = random.Random(0)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add([Example(one, _text(one, chance)) for one in ("alpha", "beta") for _ in range(4)])
        space.configure(threshold=0.5)
        documents = [Document(f"d{i}", _text("delta", chance), source=f"{i}.txt") for i in range(8)]
        (proposal,) = discover(space, documents).proposals
        refuse(space, [proposal])
        change = space.reencode("hashing:1024").change
        assert change.detail["refused_groups"] == 1
        assert "knows 1 refused group by the documents alone now" in change.summary
        back = space.reencode("hashing").change
        assert "refused_groups" not in back.detail
        assert "refused group" not in back.summary
