"""Every public method refuses what is none of its arguments: in our words, and changing nothing."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from commands import call
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace, evaluate, load_encoder
from protolabel.errors import InputError, ProtolabelError, StoreError

WRONG = [
    None, 3, -1, 1.5, float("nan"), True, b"bill", "", " ", "\u200b", "\ud800", "bill\udfff",
    "a\0b",
    [], ["\ud800"], [None], (3,), {}, {"bill": None}, {3: "x"}, object(), np.array("bill"),
    np.zeros((2, 2)), Path("bill"), type, lambda *_: None, Example("bill", "x"), Document("d", "x"),
]  # fmt: skip


def create(**arguments: object) -> None:
    LabelSpace.create(encoder=WordEncoder(), **arguments).close()


METHODS = {
    "add examples": lambda s, x: s.add(x, "bill"),
    "add label": lambda s, x: s.add("pay", x),
    "add one id": lambda s, x: s.add(Example("bill", "pay", id=x)),
    "add one source": lambda s, x: s.add(Example("bill", "pay", source=x)),
    "add one text": lambda s, x: s.add(Example("bill", x)),
    "add one image": lambda s, x: s.add(Example("bill", image=x)),
    "add one vector": lambda s, x: s.add(Example("bill", embedding=x)),
    "add document id": lambda s, x: s.add([Document(x, "pay")], "bill"),
    "add skip_known": lambda s, x: s.add("pay", "bill", skip_known=x),
    "add progress": lambda s, x: s.add("pay", "bill", progress=x),
    "describe": lambda s, x: s.describe(x, "words"),
    "describe words": lambda s, x: s.describe("bill", x),
    "describe many": lambda s, x: s.describe({"bill": x}),
    "rename old": lambda s, x: s.rename(x, "new"),
    "rename new": lambda s, x: s.rename("bill", x),
    "merge": lambda s, x: s.merge(x, "bill"),
    "merge into": lambda s, x: s.merge(["bill", "cv"], x),
    "merge one": lambda s, x: s.merge([x], "bill"),
    "split": lambda s, x: s.split(x, {"new": ["b1"]}),
    "split parts": lambda s, x: s.split("bill", x),
    "split ids": lambda s, x: s.split("bill", {"new": x}),
    "retire": lambda s, x: s.retire(x),
    "restore": lambda s, x: s.unretire(x),
    "move": lambda s, x: s.move(x, "cv"),
    "correct": lambda s, x: s.correct(x, "cv"),
    "correct to": lambda s, x: s.correct("b1", x),
    "move to": lambda s, x: s.move("b1", x),
    "remove": lambda s, x: s.remove(x),
    "configure kappa": lambda s, x: s.configure(kappa=x),
    "configure threshold": lambda s, x: s.configure(threshold=x),
    "configure refine": lambda s, x: s.configure(refine=x),
    "configure names_mean": lambda s, x: s.configure(names_mean=x),
    "import": lambda s, x: s.import_records(x),
    "import one": lambda s, x: s.import_records([x]),
    "import name": lambda s, x: s.import_records([{"label": "bill"}], x),
    "import skip_known": lambda s, x: s.import_records(list(s.view().export()), skip_known=x),
    "place_encoder": lambda s, x: s.place_encoder(x),
    "reencode": lambda s, x: s.reencode(x),
    "reencode name": lambda s, x: s.reencode(WordEncoder(), encoder_name=x),
    "reencode only_if_better": lambda s, x: s.reencode(WordEncoder(), only_if_better=x),
    "compare": lambda s, x: s.compare(x),
    "return_to": lambda s, x: s.return_to(x),
    "at": lambda s, x: s.at(x),
    "history": lambda s, x: list(s.history(x)),
    "label": lambda s, x: s.label(x),
    "label alternatives": lambda s, x: s.label("pay", alternatives=x),
    "label evidence": lambda s, x: s.label("pay", evidence=x),
    "label_many": lambda s, x: list(s.label_many(x)),
    "show": lambda s, x: s.show(x),
    "image": lambda s, x: s.view().image(x),
    "near_names": lambda s, x: s.near_names(x),
    "near one name": lambda s, x: s.near_names([x]),
    "export": lambda s, x: list(s.view().export(vectors=x)),
    "settle refined": lambda s, x: s.settle(refined=x),
    "settle progress": lambda s, x: s.settle(progress=x),
    "check": lambda s, x: s.check(repair=x),
    "create encoder": lambda s, x: LabelSpace.create(encoder=x).close(),
    "create metric": lambda s, x: create(metric=x),
    "create names_mean": lambda s, x: create(names_mean=x),
    "create encoder_name": lambda s, x: create(encoder_name=x),
    "create who": lambda s, x: create(who=x),
    "create background": lambda s, x: create(background=x),
    "load_encoder": lambda s, x: load_encoder(x),
    "evaluate": lambda s, x: evaluate(x, encoder=WordEncoder()),
}  # fmt: skip
PATHS = {
    "open": lambda s, x: LabelSpace(x),
    "open who": lambda s, x: LabelSpace(s.path, encoder=WordEncoder(), who=x).close(),
    "create": lambda s, x: LabelSpace.create(x, encoder=WordEncoder()).close(),
    "backup": lambda s, x: s.backup(x),
}


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_argument_is_refused_in_our_words(method):
    space, version = filled(), 3
    for value in WRONG:
        try:
            METHODS[method](space, value)
        except ProtolabelError as error:
            assert space.version == version, (value, error)
        except Exception as error:
            pytest.fail(f"{method} {value!r}: {error!r}")
        list(space.view().export())
        if space.version != version:  # the value was none too wrong: begin again
            space.close()
            space = filled()
    space.close()


def filled() -> LabelSpace:
    """Three versions: two classes described, and two examples."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.describe({"bill": "pay bill", "box": "ship box"})
    space.add([Example("bill", "pay pay", id="b1"), Example("cv", "cv work")])
    return space


@pytest.mark.parametrize("method", PATHS)
def test_what_is_no_path_is_refused_in_our_words(method, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(os.listdir(tmp_path))
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        for value in WRONG:
            if isinstance(value, Path) or (isinstance(value, str) and value in (" ", "\u200b", "")):
                continue
            try:
                PATHS[method](space, value)
            except ProtolabelError:
                continue
            except Exception as error:
                pytest.fail(f"{method} {value!r}: {error!r}")
    assert sorted(os.listdir(tmp_path)) == before


def test_a_user_name_that_is_no_utf8_is_written_down(monkeypatch):
    monkeypatch.setenv("PROTOLABEL_USER", "ann\udcff")
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        assert next(space.history()).who == "ann\ufffd"


def test_a_text_that_nobody_can_see_is_refused_by_every_encoder(space):
    for text in ("\u200b", "\u3164", "\ufe0f"):
        with pytest.raises(InputError, match="visible"):
            space.add(text, "bill")


def test_a_closed_label_space_says_so(path):
    space = LabelSpace(path, encoder=WordEncoder(), background=False)
    space.close()
    space.close()
    for use in (
        lambda: space.label("pay"), lambda: space.add("pay", "bill"), lambda: space.version,
        lambda: list(space.history()), lambda: space.check(), lambda: space.backup("copy.space"),
    ):  # fmt: skip
        with pytest.raises(StoreError, match=r"closed; .*open it again"):
            use()


def test_kappa_0_is_named_where_descriptions_alone_would_answer():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe({"a": "pay bill", "b": "cv work"})
        space.configure(kappa=0)
        assert "kappa is 0" in space.label("pay").reason


def test_an_evaluation_says_that_kappa_0_leaves_no_class(tmp_path):
    space, data = tmp_path / "a.space", tmp_path / "data.csv"
    data.write_text("text,label\npay the bill,a\nmy cv,b\n")
    call("init", space, "--encoder", "hashing")
    call("describe", space, "a", "pay the bill")
    call("set", space, "kappa", "0")
    assert "kappa is 0" in call("evaluate", "--space", space, data, code=2).stderr


def test_known_examples_of_an_export_are_left_out(tmp_path):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    call("add", space, "bill", "--text", "pay the bill")
    export = call("export", space).stdout
    assert "taken" in call("import", space, "-", stdin=export, code=2).stderr
    assert "1 example" in call("import", space, "-", "--skip-known", stdin=export).stdout
    assert call("export", space).stdout == export
