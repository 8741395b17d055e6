"""Work that embeds many documents says how far it is on the way, and may be ended there."""

from __future__ import annotations

import pytest
from fakes import WordEncoder
from spelt_numbers import spelt

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import Add, Correct
from protolabel.label_space.changes.usable_examples import usable_examples

TEXTS = [f"letter {spelt(n)} " + "of many words " * 200 for n in range(30)]
FEWEST = 5  # steps on the way: the texts are seven times as long as what takes a second


class CountingEncoder(WordEncoder):
    """Counts the texts that it has encoded. ``most``: at once."""

    def __init__(self):
        super().__init__()
        self.n = self.most = 0

    def encode(self, texts):
        self.n += len(texts)
        self.most = max(self.most, len(texts))
        return super().encode(texts)


class EndedError(Exception):
    """Somebody has ended the work."""


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def space(tmp_path, encoder):
    with LabelSpace.create(tmp_path / "mail.space", encoder=encoder, background=False) as one:
        one.add(["pay bill", "cv work"], ["bill", "cv"])
        one.answer_log.remember("text")
        encoder.n = 0
        yield one


def by_change(request):
    return lambda space, progress: space.commit(request, progress=progress)


def by_decision(space, progress):
    list(space.label_many([Document(str(n), text) for n, text in enumerate(TEXTS)]))
    keys = [one.document.key for one in space.inbox.documents()[0]]
    space.view().embedder.encoder().n = 0
    space.inbox.decide(dict.fromkeys(keys, "cv"), progress=progress)


def by_check(space, progress):
    usable_examples(space.view(), EXAMPLES, progress)


EXAMPLES = tuple(Example("cv", text) for text in TEXTS)
WAYS = {
    "add": by_change(Add(EXAMPLES)),
    "correct": by_change(Correct(EXAMPLES)),
    "decide": by_decision,
    "check": by_check,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_steps_count_up_while_documents_are_embedded(space, way):
    steps = []
    WAYS[way](space, steps.append)
    counts = [one.done for one in steps]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, len(TEXTS))
    assert len(set(counts)) > FEWEST
    assert {one.total for one in steps} == {len(TEXTS)}


@pytest.mark.parametrize("way", WAYS)
def test_work_that_is_ended_on_the_way_embeds_no_more_and_writes_nothing(space, encoder, way):
    def end(step):
        if step.done:
            raise EndedError

    before = space.info().version
    with pytest.raises(EndedError):
        WAYS[way](space, end)
    assert 0 < encoder.n < len(TEXTS) / 2
    assert space.info().version == before
    assert len(space.show("cv")[1]) == 1


def test_a_move_onto_another_encoder_says_how_far_it_is_within_a_batch(space):
    space.add(list(TEXTS), "cv")

    other, steps = CountingEncoder(), []
    other.fingerprint = f"others:{other.dim}"
    space.reencode(other, progress=steps.append)
    encoded = [one for one in steps if one.what == "documents encoded"]
    counts = [one.done for one in encoded]
    assert counts == sorted(counts)
    assert counts[-1] == encoded[-1].total
    assert len(set(counts)) > FEWEST


def test_short_documents_are_embedded_many_at_once(space, encoder):
    """The network runs those of like length together: a step for each would cost time."""
    encoder.most = 0
    space.add([f"note {spelt(n)}" for n in range(900)], "cv")
    assert encoder.most > 400
