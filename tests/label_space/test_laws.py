"""The laws of a label space as properties: any sequence of changes, against a model in plain
Python that shares no code with it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from fakes import WORDS, LetterEncoder, WordEncoder, plain_prototype
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stored import damage

from protolabel import Encoder, Example, LabelSpace
from protolabel.errors import HistoryError
from protolabel.names import words_of

NAMES = st.sampled_from(["pay_bill", "cv work", "secretSign", "ship", "box", "sign"])
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)

State = dict[str, tuple[str, bool, tuple[tuple[str, str], ...]]]  # name -> words, retired, members
ENCODERS: dict[str, Callable[[], Encoder]]
ENCODERS = {"words": WordEncoder, "letters": LetterEncoder}


class Description(str):
    """Words that a person wrote; those of a name that serves instead are a plain string."""


class LabelSpaceMachine(RuleBasedStateMachine):
    """The model keeps, for each class, the words that describe it and its (id, text) members."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.space"
        self.space = LabelSpace.create(self.path, encoder=WordEncoder(), background=False)
        self.model: State = {}
        self.encoder = "words"
        self.done: list[tuple[State, str]] = []
        self.undone: list[tuple[State, str]] = []
        self.versions: dict[int, tuple[State, str]] = {1: ({}, "words")}
        self.rows: dict[str, bytes] = {}
        self.touched: set[str] = set()

    def teardown(self) -> None:
        self.space.close()
        assert damage(self.space_reopened()) == []
        self.folder.cleanup()

    def space_reopened(self) -> LabelSpace:
        self.space.close()
        encoder = ENCODERS[self.encoder]()
        self.space = LabelSpace(self.path, encoder=encoder, background=False)
        return self.space

    def _changed(self, new: State, *touched: str) -> None:
        self.done.append((self.model, self.encoder))
        self.undone.clear()
        self.model = new
        self.touched = set(touched)
        self.versions[self.space.version] = new, self.encoder

    def _back(self, to: tuple[State, str]) -> None:
        """An undo or a redo: also over a change of encoder, whose object a caller must bring."""
        moved = to[1] != self.encoder
        self.model, self.encoder = to
        self.touched = set(self.model) | set(self.rows)
        self.versions[self.space.version] = to
        if moved:
            self.space_reopened()

    def _live(self) -> list[str]:
        return sorted(n for n, (_, retired, _) in self.model.items() if not retired)

    # -- changes ------------------------------------------------------------------------------

    @rule(name=NAMES, text=TEXTS)
    def describe(self, name: str, text: str) -> None:
        if name in self.model and self.model[name][1]:
            return
        self.space.describe(name, text)
        members = self.model[name][2] if name in self.model else ()
        self._changed(self.model | {name: (Description(text), False, members)}, name)

    @rule(name=NAMES, texts=st.lists(TEXTS, min_size=1, max_size=3))
    def add(self, name: str, texts: list[str]) -> None:
        if name in self.model and self.model[name][1]:
            return
        change = self.space.add([Example(name, t) for t in texts])
        ids = change.detail["examples"]
        assert isinstance(ids, list)
        words, _, members = self.model.get(name, (words_of(name), False, ()))
        new = (*members, *zip(ids, texts, strict=True))
        self._changed(self.model | {name: (words, False, new)}, name)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), new=NAMES)
    def rename(self, data: st.DataObject, new: str) -> None:
        old = data.draw(st.sampled_from(sorted(self.model)))
        if new in self.model:
            return
        self.space.rename(old, new)
        state = {n: v for n, v in self.model.items() if n != old} | {new: self.model[old]}
        if old in self.rows:
            self.rows[new] = self.rows.pop(old)  # law: renaming changes only the name
        self._changed(state)

    @precondition(lambda self: len(self._live()) > 1)
    @rule(data=st.data())
    def merge_then_split_restores(self, data: st.DataObject) -> None:
        one, two = data.draw(st.permutations(self._live()).map(lambda p: p[:2]))
        before = self.model
        self.space.merge([one, two], into=one)
        # law: a document that comes stands once; the words of a text are its identity here
        stored = {text for _, text in before[one][2]}
        comers = {text: id_ for id_, text in reversed(before[two][2]) if text not in stored}
        moves = tuple((id_, text) for id_, text in before[two][2] if comers.get(text) == id_)
        # law: a class that nobody has described takes the description of the other
        is_taken = isinstance(before[two][0], Description)
        is_taken = is_taken and not isinstance(before[one][0], Description)
        words = before[two if is_taken else one][0]
        merged = (words, False, before[one][2] + moves)
        self._changed({n: v for n, v in before.items() if n != two} | {one: merged}, one, two)
        self.rows_are_right()
        if moves:
            self.space.split(one, {two: [i for i, _ in moves]})
            parts = {one: (words, False, before[one][2]), two: (words_of(two), False, moves)}
            self._changed(before | parts, one, two)

    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def retire(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self._live()))
        self.space.retire(name)
        words, _, members = self.model[name]
        self._changed(self.model | {name: (words, True, members)}, name)

    @precondition(lambda self: any(r for _, r, _ in self.model.values()))
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        retired = sorted(n for n, (_, r, _) in self.model.items() if r)
        name = data.draw(st.sampled_from(retired))
        self.space.unretire(name)
        words, _, members = self.model[name]
        self._changed(self.model | {name: (words, False, members)}, name)

    @precondition(lambda self: any(m for _, _, m in self.model.values()))
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        members = sorted((n, i) for n, (_, _, m) in self.model.items() for i, _ in m)
        name, identity = data.draw(st.sampled_from(members))
        self.space.remove(identity)
        words, retired, kept = self.model[name]
        left = tuple(m for m in kept if m[0] != identity)
        self._changed(self.model | {name: (words, retired, left)}, name)

    @precondition(lambda self: any(m for _, _, m in self.model.values()) and self._live())
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        members = sorted((n, m) for n, (_, _, ms) in self.model.items() for m in ms)
        name, member = data.draw(st.sampled_from(members))
        to = data.draw(st.sampled_from(self._live()))
        if to == name:
            return
        self.space.move(member[0], to)
        state = dict(self.model)
        words, retired, kept = state[name]
        state[name] = (words, retired, tuple(m for m in kept if m != member))
        words, retired, kept = state[to]
        is_here = member[1] in {text for _, text in kept}  # law: it stands there once
        state[to] = (words, retired, kept if is_here else (*kept, member))
        self._changed(state, name, to)

    @rule()
    def undo(self) -> None:
        if not self.done:
            try:
                self.space.undo()
            except HistoryError:
                return
            raise AssertionError("an undo of nothing was accepted")
        self.space.undo()
        self.undone.append((self.model, self.encoder))
        self._back(self.done.pop())

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        self.space.redo()
        self.done.append((self.model, self.encoder))
        self._back(self.undone.pop())

    @rule(data=st.data())
    def return_to(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.versions)))
        self.space.return_to(version)
        before = self.model, self.encoder
        self._back(self.versions[version])
        self.done.append(before)
        self.undone.clear()

    @rule()
    def reencode(self) -> None:
        new = "letters" if self.encoder == "words" else "words"
        assert self.space.reencode(ENCODERS[self.encoder]()).change is None
        assert self.space.reencode(ENCODERS[new]()).change.kind == "reencode"
        self._changed(self.model, *self.model)
        self.encoder = new
        self.versions[self.space.version] = self.model, new

    @rule()
    def save_load_continue(self) -> None:
        self.space_reopened()

    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.versions)))
        state, encoder = self.versions[version]
        past = self.space.at(version)
        assert _described(past) == _model(state)
        assert past.info().encoder_fingerprint == ENCODERS[encoder]().fingerprint
        for name, row in _prototypes(past).items():
            np.testing.assert_array_equal(row, _brute_force(state, encoder)[name])

    # -- laws -----------------------------------------------------------------------------------

    @invariant()
    def rows_are_right(self) -> None:
        """Prototypes equal equation 3 by loops; untouched classes stay the same to the bit."""
        if not hasattr(self, "space"):
            return
        stored = _prototypes(self.space.view())
        assert _described(self.space.view()) == _model(self.model)
        expected = _brute_force(self.model, self.encoder)
        assert stored.keys() == expected.keys()
        for name, row in stored.items():
            np.testing.assert_array_equal(row, expected[name])
        rows = {name: row.tobytes() for name, row in stored.items()}
        for name in rows.keys() & self.rows.keys() - self.touched:
            assert rows[name] == self.rows[name]
        self.rows = rows

    @invariant()
    def a_retired_class_never_answers(self) -> None:
        if hasattr(self, "space"):
            answer = self.space.label(" ".join(WORDS), alternatives=99)
            assert {a.label for a in answer.alternatives} == set(self._live())
            assert answer.encoder_fingerprint == ENCODERS[self.encoder]().fingerprint


def _prototypes(view) -> dict[str, np.ndarray]:
    return dict(zip(view.prototypes.labels, view.prototypes.weights, strict=True))


def _described(view) -> dict:
    return {
        c.name: (c.description, c.retired, {(e.id, e.text) for e in view.show(c.name)[1]})
        for c in view.classes()
    }


def _model(state: State) -> dict:
    return {n: (words, retired, set(m)) for n, (words, retired, m) in state.items()}


def _brute_force(state: State, name: str) -> dict[str, np.ndarray]:
    encoder = ENCODERS[name]()

    def unit(text: str) -> list[float]:
        vector = encoder.encode([text])[0]
        length = float(sum(float(x) ** 2 for x in vector)) ** 0.5
        return [float(np.float32(float(x) / length)) for x in vector]

    return {
        name: np.array(
            plain_prototype([unit(t) for _, t in members], unit(words), 1.0), dtype=np.float32
        )
        for name, (words, retired, members) in state.items()
        if not retired
    }


TestLaws = LabelSpaceMachine.TestCase
TestLaws.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
