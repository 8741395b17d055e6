"""`import --skip-known --skip-bad`: a known row is known, also where its table has ids."""

from __future__ import annotations

import pytest
from commands import call, records

from protolabel import Example, LabelSpace
from protolabel.encoders.wrappers import PrecomputedEncoder
from protolabel.errors import InputError

TABLE = "id,text,label\n1,pay the amount due,bill\n2,skills and work,cv\n3,sunny and warm,news\n"
BOTH = ("--skip-known", "--skip-bad")


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "mail.space"
    LabelSpace.create(path, encoder="hashing", background=False).close()
    (tmp_path / "day1.csv").write_text(TABLE)
    call("import", path, tmp_path / "day1.csv")
    return path


def test_a_table_that_is_here_whole_is_left_out_whole(space, tmp_path):
    done = call("import", space, tmp_path / "day1.csv", *BOTH)
    assert "taken" not in done.stderr
    assert "all 3 examples are here already" in done.stdout


def test_a_row_more_comes_in_alone(space, tmp_path):
    (tmp_path / "day2.csv").write_text(TABLE + "4,the sum is overdue,bill\n")
    call("import", space, tmp_path / "day2.csv", *BOTH)
    assert records("info", space, "--json")[0]["examples"] == 4


def test_another_document_under_a_taken_id_is_bad_all_the_same(space, tmp_path):
    (tmp_path / "day2.csv").write_text("id,text,label\n1,rain in the north,news\n4,the sum,bill\n")
    done = call("import", space, tmp_path / "day2.csv", *BOTH, code=6)
    assert done.stderr.count("'1' is taken") == 1
    assert records("info", space, "--json")[0]["examples"] == 4


def test_an_export_that_is_here_whole_is_left_out_whole(space):
    export = call("export", space).stdout
    done = call("import", space, "-", *BOTH, stdin=export)
    assert "taken" not in done.stderr


def test_bare_vectors_that_are_here_are_known_by_their_ids_too(tmp_path):
    space = tmp_path / "v.space"
    LabelSpace.create(space, encoder=PrecomputedEncoder(2), background=False).close()
    rows = '{"id": "1", "embedding": [3, 1], "label": "a"}\n'
    call("import", space, "-", stdin=rows)
    assert "taken" not in call("import", space, "-", *BOTH, stdin=rows).stderr


def test_the_error_about_a_taken_id_names_what_leaves_known_rows_out(space, tmp_path):
    assert "--skip-known" in call("import", space, tmp_path / "day1.csv", code=2).stderr
    with (
        LabelSpace(space, background=False) as label_space,
        pytest.raises(InputError, match="skip_known=True"),
    ):
        label_space.add([Example("bill", "pay the amount due", id="1")])


@pytest.mark.parametrize("label", ["none of these", "None of  these", "cv"])
def test_a_row_whose_class_takes_no_example_is_skipped_with_its_reason(space, tmp_path, label):
    call("retire", space, "cv")
    (tmp_path / "day2.csv").write_text(
        f"text,label\nthe sum is overdue,bill\nrain in the north,{label}\nsnow on the hills,news\n"
    )
    command = ("import", space, tmp_path / "day2.csv", "--new")
    reason = "class 'cv' is retired" if label == "cv" else "no class can be named"
    assert reason in call(*command, code=3).stderr  # without the option, all is refused
    done = call(*command, "--skip-bad", code=6)
    assert "day2.csv:3" in done.stderr
    assert reason in done.stderr
    assert done.stderr.count(reason) == 1
    assert records("info", space, "--json")[0]["examples"] == 5


def test_a_record_of_an_export_whose_class_cannot_be_is_skipped_with_its_reason(space, tmp_path):
    header, *rest = call("export", space).stdout.splitlines()
    renamed = [row.replace('"news"', '"none of these"') for row in rest]
    empty = tmp_path / "empty.space"
    call("init", empty, "--encoder", "hashing")
    done = call("import", empty, "-", "--skip-bad", stdin="\n".join([header, *renamed]), code=6)
    assert (
        done.stderr.count("no class can be named 'none of these'") == 2
    )  # the class and its example
    assert records("info", empty, "--json")[0]["examples"] == 2


def test_a_document_that_is_not_of_a_skipped_class_stops_no_other(space, tmp_path):
    rows = [
        '{"text": "the sum", "label": "bill"}', '{"text": "skills", "label": "none of these"}',
        '{"text": "wages", "not": "none of these"}',
    ]  # fmt: skip
    (tmp_path / "day2.jsonl").write_text("\n".join(rows))
    call("import", space, tmp_path / "day2.jsonl", "--skip-bad", code=6)
    assert records("info", space, "--json")[0]["examples"] == 4
