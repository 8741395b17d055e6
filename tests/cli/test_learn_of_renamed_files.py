"""`learn` of a file that was learned whole and got another name in the folder of its class."""

from __future__ import annotations

import pytest
from commands import call, records
from sorted_folders import sort


@pytest.mark.parametrize("is_table", [True, False])
def test_a_decision_stays_where_a_file_gets_another_name_in_its_class_and_is_edited(
    own_mail, inbox, tmp_path, is_table
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "weather").mkdir()
    name, text = ("t.csv", "id,text\n1,wind\n2,sunny all day\n") if is_table else ("t.txt", "wind")
    (out / "weather" / name).write_text(text)
    call("learn", own_mail, out, "--yes", "--new")
    (first, *_) = records("show", own_mail, "weather", "--json")[0]["members"]
    call("correct", own_mail, first["id"], "--to", "invoice")
    decided = {label: members_of(own_mail, label) for label in ("weather", "invoice")}
    file = (out / "weather" / name).rename(out / "weather" / f"new {name}")
    done = call("learn", own_mail, out)
    assert "nothing to take: to note where people have put files: protolabel learn" in done.stderr
    assert done.stdout == ""
    call("learn", own_mail, out, "--yes")
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr
    file.write_text(text.replace("wind", "wind and hail"))
    call("learn", own_mail, out, "--yes")
    assert {label: members_of(own_mail, label) for label in decided} == decided
    file.rename(out / "_review" / file.name)  # and it is taken back as it was
    (offer,) = records("learn", own_mail, out, "--json")
    assert offer["was_label"] == "weather"


def members_of(space, label: str) -> list[str]:
    (listing,) = records("show", space, label, "--json")
    return sorted(member["text"] for member in listing["members"])
