"""The German page: the history says what each kind of change did in German."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import Document, Example, LabelSpace
from protolabel.label_space.changes import REQUESTS, Tune
from protolabel.label_space.session import session_of

pytestmark = [needs_chromium, pytest.mark.slow]


def another_space() -> list[dict[str, Any]]:
    """Return what a label space of one class exports."""
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(Example("menu", "the menu of today", id="menu 1"))
        return list(space.view().export())


def with_each_kind(path: Path) -> dict[int, str]:
    """Make a label space whose history has each kind of change; return the summaries by version."""
    with LabelSpace.create(path, encoder="hashing", background=False, who="anna") as space:
        space.describe({"bill": "asks for money", "job": "asks for work"})
        space.add([f"pay the sum of {n} today" for n in ("one", "two", "three")], "bill")
        space.add([f"I look for work as {n}" for n in ("cook", "nurse")], "job")
        space.add(Example("job", "pay the milkman", negative=True))
        session_of(space).tune(Tune(1.2, space.view().embedder.encoding))
        space.rename("bill", "invoice")
        first, second = (example.id for example in space.show("invoice")[1][:2])
        space.split("invoice", {"reminder": [first]})
        space.move([second], "reminder")
        space.merge(["invoice", "reminder"], "money")
        space.nest({"money": "letter"}, new=True)
        space.lift("money")
        space.retire("job")
        space.unretire("job")
        space.correct(Document("d1", "pay what you owe"), "money")
        space.refute(Document("d2", "walk the dog"), "money")
        list(space.label_many([Document(f"w{n}", f"pay your {n} rent at once") for n in range(9)]))
        space.sharpen()
        space.sharpen(off=True)
        space.remove([second])
        space.undo()
        space.redo()
        space.configure(kappa=3, refine=False)
        space.configure(names_mean=False)
        space.answer_log.remember("text")
        space.import_records(another_space())
        space.place_encoder("hashing")
        space.return_to(4)
        space.configure(labels="several")
        space.correct(space.show("job")[1][0].id, ["job", "bill"])
        space.reencode("hashing:256")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE sums SET n = n + 1 WHERE class = 1")
    with LabelSpace(path, background=False, who="anna") as space:
        space.check(repair=True)
        return {one.version: one.summary for one in space.history()}


def test_the_history_says_each_kind_of_change_in_german(browser, tmp_path):
    path = tmp_path / "mail.space"
    summaries = with_each_kind(path)
    with LabelSpace(path) as space:
        assert {one.kind for one in space.history()} == {*REQUESTS, "create", "repair"}
    with service(str(path), "--no-browser") as client, desk(browser, client, language="de") as one:
        one.open("history")
        rows = one.page.locator(".changes li")
        expect(rows).to_have_count(len(summaries))
        texts = {int(re.match(r"\d+", row)[0]): row for row in rows.all_inner_texts()}
    assert [s for version, s in summaries.items() if s in texts[version]] == []
    assert not re.search(r"undefined|null|NaN|: „“", " ".join(texts.values()))
