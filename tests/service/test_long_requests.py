"""Long requests are answered in parts, and short ones have their turn beside them."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.service.batching import AT_ONCE, Batcher
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.service.rough_tokens import rough_tokens

SMALL = Bounds(batch_tokens=20)
LONG = "pay " * 30


class HeldEncoder(WordEncoder):
    """An encoder that keeps long texts until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def encode(self, texts):
        if any(len(text) >= len(LONG) for text in texts):
            self.begun.set()
            assert self.go_on.wait(60)
        return super().encode(texts)


def space_of(encoder: WordEncoder) -> LabelSpace:
    space = LabelSpace.create(encoder=encoder, background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    encoder.texts.clear()
    return space


def long_request(name: str, n: int = 3) -> list[Document]:
    return [Document(f"{name}{i}", f"{name}{i} {LONG}") for i in range(n)]


def run(coroutine):
    async def bounded():
        async with asyncio.timeout(60):
            return await coroutine

    return asyncio.run(bounded())


def test_a_short_request_is_answered_while_long_ones_are_under_way_and_wait():
    encoder = HeldEncoder()
    space = space_of(encoder)

    async def ask():
        batcher = Batcher(space.view, SMALL)
        long_ones = [
            asyncio.create_task(batcher.label(long_request(f"{n}."), 1, 0))
            for n in range(2 * AT_ONCE)
        ]
        assert await asyncio.to_thread(encoder.begun.wait, 60)
        short = [await batcher.label([Document(f"short {n}", "cv work")], 1, 0) for n in range(5)]
        assert not any(task.done() for task in long_ones)
        encoder.go_on.set()
        answers = await asyncio.gather(*long_ones)
        await batcher.close()
        assert batcher.waiting == 0
        return [one[0].label for one in short], [[a.id for a in each] for each in answers]

    short, long_ones = run(ask())
    assert short == ["cv"] * 5
    assert long_ones == [[f"{n}.{i}" for i in range(3)] for n in range(2 * AT_ONCE)]


def test_long_requests_take_turns():
    encoder = WordEncoder()
    space = space_of(encoder)

    async def ask():
        batcher = Batcher(space.view, SMALL)
        await asyncio.gather(*(batcher.label(long_request(name), 1, 0) for name in "ab"))
        await batcher.close()

    run(ask())
    assert [text.split()[0] for text in encoder.texts] == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_all_parts_of_a_request_are_answered_by_one_version():
    space = space_of(WordEncoder())
    views = []

    def view():
        views.append(space.view())
        space.add(["one more"], [f"class {len(views)}"])
        return views[-1]

    async def ask():
        batcher = Batcher(view, SMALL)
        reply = await batcher.answers_of_version(long_request("a"), 1, 0)
        await batcher.close()
        return reply

    reply = run(ask())
    assert {answer.space_version for answer in reply.answers} == {reply.version}
    assert len(views) == 1


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_document_that_cannot_be_used_in_a_later_part(is_whole):
    space = space_of(WordEncoder())
    space.answer_log.remember("text")
    documents = long_request("a")
    documents[1] = Document("a1")

    async def ask():
        batcher = Batcher(space.view, SMALL)
        try:
            return await (batcher.label if is_whole else batcher.label_each)(documents, 1, 0)
        finally:
            await batcher.close()
            assert batcher.waiting == 0

    if is_whole:
        with pytest.raises(InputError, match="neither text"):
            run(ask())
    else:
        assert [isinstance(one, InputError) for one in run(ask())] == [False, True, False]
    remembered = [one.id for one in space.answer_log.documents()]
    assert sorted(remembered) == ([] if is_whole else ["a0", "a2"])


def test_a_caller_that_is_gone_is_answered_no_further():
    encoder = HeldEncoder()
    space = space_of(encoder)

    async def ask():
        batcher = Batcher(space.view, SMALL)
        gone = asyncio.create_task(batcher.label(long_request("a"), 1, 0))
        assert await asyncio.to_thread(encoder.begun.wait, 60)
        gone.cancel()
        await asyncio.sleep(0)
        encoder.go_on.set()
        answers = await batcher.label(long_request("b"), 1, 0)
        await batcher.close()
        assert batcher.waiting == 0
        return answers

    assert [answer.id for answer in run(ask())] == ["b0", "b1", "b2"]
    assert not any(text.startswith("a2") for text in encoder.texts)


def test_what_waits_is_bounded_by_length_and_long_requests_take_no_room_of_short_ones():
    encoder = HeldEncoder()
    space = space_of(encoder)
    bounds = Bounds(batch_tokens=20, waiting_tokens=150)

    async def ask():
        batcher = Batcher(space.view, bounds)
        first = asyncio.create_task(batcher.label(long_request("a"), 1, 0))  # about 90 tokens
        assert await asyncio.to_thread(encoder.begun.wait, 60)
        with pytest.raises(Refusal, match="tokens wait already") as refusal:
            await batcher.label(long_request("b"), 1, 0)
        short = await batcher.label([Document("short", "cv work")], 1, 0)
        encoder.go_on.set()
        await first
        again = await batcher.label(long_request("b"), 1, 0)
        await batcher.close()
        return refusal.value, short, again

    refusal, short, again = run(ask())
    assert refusal.status == 503
    assert int(refusal.headers["Retry-After"]) >= 1
    assert [short[0].id, again[0].id] == ["short", "b0"]


def test_a_text_is_bounded_by_its_tokens_too():
    bounds = Bounds()
    bounds.check_texts(["word " * 199_999])
    for text in ("." * 500_000, "字" * 500_000, "ж" * 500_000, "\ud800" * 500_000):
        with pytest.raises(Refusal, match="about 500,000 tokens") as refusal:
            bounds.check_texts([text])
        assert refusal.value.status == 413


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 1), ("....", 4), ("word word", 2), ("请付款", 3), ("é", 1), ("a b.", 1), (" " * 8, 2)],
)
def test_rough_tokens(text, tokens):
    assert rough_tokens(text) == tokens
