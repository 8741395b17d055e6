"""Class names in changes: one form everywhere, near twins, and what becomes of descriptions."""

from __future__ import annotations

import sqlite3

import pytest
from fakes import WordEncoder

from protolabel import Example, LabelSpace
from protolabel.errors import ClassError, InputError
from protolabel.label_space.stored_items import near_names as near_names_file


def test_every_change_takes_a_name_in_any_of_its_forms(space):
    space.add("cv", " caf\u0065\u0301  menu ")
    name = "caf\u00e9 menu"
    for form in (
        "cafe\u0301 menu",
        "caf\u00e9  menu",
        "\u202acaf\u00e9 menu",
        "caf\u00e9\u00a0menu",
    ):
        assert space.show(form)[0].name == name
        space.add("cv", form)
        space.describe(form, "a menu")
        space.retire(form)
        space.unretire(form)
        space.move("b1", form)
        space.move("b1", "bill")
        space.merge(["box", form], into=form)
        space.undo()
        space.rename(form, "x")
        space.undo()
    assert [c.name for c in space.classes()] == ["bill", "box", "cv", name]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.add("cv", "none of these"),
        lambda s: s.describe("None of these", "nothing"),
        lambda s: s.rename("cv", "none_of_these"),
        lambda s: s.move("b1", "none of these"),
        lambda s: s.merge(["bill", "cv"], into="none of these"),
        lambda s: s.split("bill", {"none of these": ["b1"]}),
    ],
)
def test_no_change_makes_a_class_named_like_the_decline(space, change):
    version = space.version
    with pytest.raises(ClassError, match="none of these"):
        change(space)
    assert space.version == version


@pytest.mark.parametrize("name", ["none of these", "two  blanks", "soft\u00adhyphen"])
def test_a_class_that_an_older_file_has_under_another_form_can_be_renamed(path, name):
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE classes SET name = ? WHERE name = 'cv'", (name,))
    db.close()
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.show(name)[0].name == name
        space.retire(name)
        space.unretire(name)
        space.rename(name, "cv")
        assert [c.name for c in space.classes()] == ["bill", "box", "cv"]


def test_a_class_made_by_a_slip_of_its_name_gets_a_hint(space):
    assert space.near_names(["BOX", "Bill", "cv", "ship"]) == {"BOX": ["box"], "Bill": ["bill"]}
    change = space.add([Example("Bill", "pay"), Example("ship", "ship")])
    assert change.detail["near"] == {"Bill": ["bill"]}
    assert change.hints == ("class 'Bill' is new, and its name is near 'bill'",)
    assert space.describe("bils", "words").hints
    assert space.move("b1", "Box").hints
    assert space.rename("ship", "Cv").hints
    assert space.add("pay much", "bill").hints == ()
    assert next(c for c in space.history() if c.kind == "add" and c.detail["new"]).hints


def test_a_new_class_costs_the_keys_of_its_own_name_however_many_there_are(space, monkeypatch):
    """Not one of all names: at 20,000 classes that took 0.4 s a change."""
    space.add([Example(f"type {i}", "words") for i in range(50)])
    space.add([Example("warm", "words")])  # the first look reads them all
    keys, counted = near_names_file.name_keys, []

    def counting(names):
        counted.extend(names)
        return keys(names)

    monkeypatch.setattr(near_names_file, "name_keys", counting)
    space.add([Example("Typo", "words")])
    space.rename("Typo", "tipo")
    assert set(counted) == {"warm", "Typo", "tipo"}


def test_names_of_another_process_and_of_refused_changes(path):
    """The index has what was committed, wherever; not what was rolled back."""
    with (
        LabelSpace(path, encoder=WordEncoder(), background=False) as space,
        LabelSpace(path, encoder=WordEncoder(), background=False) as other,
    ):
        with pytest.raises(ClassError):
            space.describe({"walnut": "words", "none of these": "words"})
        assert "near" not in space.add([Example("wallnut", "words")]).detail
        other.add([Example("hazel", "words")])
        other.rename("wallnut", "almond")
        assert space.add([Example("hazzel", "words")]).detail["near"] == {"hazzel": ["hazel"]}
        assert "near" not in space.add([Example("walnut", "words")]).detail
        space.undo()
        assert "near" not in space.add([Example("walnutt", "words")]).detail


def test_a_rename_says_that_the_words_of_the_old_name_go_on_describing(space):
    change = space.rename("cv", "resume")
    assert change.summary == "renamed 'cv' to 'resume'; it stays described by the words 'cv'"
    assert space.show("resume")[0].description == "cv"


def test_a_merge_into_a_new_class_takes_the_description_that_people_wrote(space):
    change = space.merge(["bill", "cv"], into="paper")
    assert space.show("paper")[0].description == "pay bill"
    assert space.show("paper")[0].description_from == "given"
    assert "'pay bill'" in change.summary


def test_a_merge_into_a_class_that_its_name_describes_keeps_the_only_description(space):
    """Before, the sentence that a person wrote went, and the name of the other class stayed."""
    preview = space.preview.merge(["bill", "cv"], into="cv")
    change = space.merge(["bill", "cv"], into="cv")
    assert change.summary.endswith("it takes the description 'pay bill'")
    assert preview.change.summary == change.summary
    assert "descriptions" not in change.detail
    about = space.show("cv")[0]
    assert (about.description, about.description_from) == ("pay bill", "given")
    space.undo()
    assert [space.show(name)[0].description for name in ("bill", "cv")] == ["pay bill", "cv"]
    assert space.show("cv")[0].description_from == "name"
    space.redo()
    assert space.show("cv")[0].description == "pay bill"


def test_a_merge_says_which_words_are_no_longer_in_force_and_keeps_them(space):
    space.describe("cv", "work")
    change = space.merge(["bill", "cv"], into="cv")
    assert change.summary.endswith("the description is no longer in force: 'pay bill'")
    assert change.detail["descriptions"] == {"bill": "pay bill"}
    assert space.show("cv")[0].description == "work"
    two = space.merge(["box", "cv"], into="all")
    assert two.detail["descriptions"] == {"box": "ship box", "cv": "work"}
    assert space.show("all")[0].description_from == "name"


def test_a_merge_of_two_descriptions_into_a_class_without_one_takes_none_of_them(space):
    space.add([Example("other", "walk")])
    change = space.merge(["bill", "box"], into="other")
    assert change.detail["descriptions"] == {"bill": "pay bill", "box": "ship box"}
    assert space.show("other")[0].description_from == "name"


def test_an_example_is_named_by_its_source_where_no_id_is_meant(space):
    space.add([Example("cv", "work", id="c1", source="a/scan1.txt"),
               Example("cv", "cv cv", id="c2", source="b/scan1.txt")])  # fmt: skip
    space.move("a/scan1.txt", "bill")
    assert {e.id for e in space.show("bill")[1]} == {"b1", "b2", "c1"}
    space.split("cv", {"old": "b/scan1.txt"})
    space.remove("b/scan1.txt")
    assert space.show("old")[1] == []
    space.add(Example("cv", "work", id="b/scan1.txt"))
    space.add(Example("cv", "box", id="c3", source="b/scan1.txt"))
    space.remove("b/scan1.txt")  # an id before a source
    assert "c3" in {e.id for e in space.show("cv")[1]}
    space.add(Example("cv", "ship", id="c4", source="b/scan1.txt"))
    with pytest.raises(InputError, match="'c3', 'c4'"):
        space.remove("b/scan1.txt")
