"""The advice of errors about data that moves in and out works when done to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from advice import Cases, Desk
from commands import call

from protolabel import LabelSpace, read_annotations, read_dataset
from protolabel.batch import table_files

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def jsonl(d: Desk, name: str, *rows: object) -> Path:
    return d.file(name, "\n".join(map(json.dumps, rows)))


@CASES.of(
    "give that file another name; the same command with --resume then writes {} again, and "
    "answers no document twice",
)
def a_table_that_a_person_has_saved(d: Desk) -> None:
    letter = d.file("in/1.txt", "pay")
    table = d.folder / "a.xlsx"
    command = ("label", d.space, letter, "--out", table)
    call(*command)
    table.write_bytes(table.read_bytes() + b"mine")
    d.refused(*command, "--resume")
    table.rename(d.folder / "mine.xlsx")
    assert "1 answered by an earlier run" in call(*command, "--resume").stderr
    assert table.exists()


@CASES.of("leave the row out; if 'answer' says something else, give it another name")
def labels_that_people_rejected(d: Desk) -> None:
    table = d.file("rows.csv", "text,label,answer\npay now,cv,reject\npay later,cv,accept\n")
    d.refused("import", d.space, table)
    d.file("rows.csv", "text,label,answer\npay later,cv,accept\n")
    assert "added 1 example" in call("import", d.space, table).stdout
    d.file("rows.csv", "text,label,verdict\npay at once,cv,reject\n")
    assert "added 1 example" in call("import", d.space, table).stdout


@CASES.of("write .csv, .jsonl or .parquet")
def a_sheet_that_is_full(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    d.file("in/2.txt", "pay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_files, "MOST_ROWS", 1)
        d.refused("label", d.space, d.folder / "in", "--out", d.folder / "a.xlsx")
    for suffix in (".csv", ".jsonl", ".parquet"):
        call("label", d.space, d.folder / "in", "--out", d.folder / f"b{suffix}")


@CASES.of("name another folder")
def an_export_to_a_folder_that_is_there(d: Desk) -> None:
    d.file("out/x.txt")
    d.refused("export", d.space, "--to", d.folder / "out")
    call("export", d.space, "--to", d.folder / "other")


@CASES.of("give it another name, such as exported")
def an_exported_folder_whose_name_is_not_in_utf8(d: Desk) -> None:
    call("export", d.space, "--to", d.folder / "exported")
    folder = (d.folder / "exported").rename(d.folder / "out\udcff")
    d.refused("import", d.copy("b.space"), folder)
    folder.rename(d.folder / "exported")
    call("import", d.copy("c.space"), d.folder / "exported", "--skip-known")


@CASES.of("export a project that classifies whole documents", "mend it, or export again")
def an_export_of_spans(d: Desk) -> None:
    d.refused("import", d.space, jsonl(d, "a.jsonl", {"text": "pay", "label": [[0, 1, "x"]]}))
    classes = {"text": "pay the rent", "label": ["invoice"]}
    d.refused("import", d.space, jsonl(d, "a.jsonl", classes, {"body": "x"}))
    call("import", d.space, jsonl(d, "a.jsonl", classes))


@CASES.of(
    "say which one is the label field (label_field=)",
    "say which one is the text field (text_field=)",
)
def an_export_of_several_questions(d: Desk) -> None:
    answer = [{"value": "invoice", "status": "submitted"}]
    record = {"fields": {"a": "pay the rent", "b": "x"}, "responses": {"p": answer, "q": answer}}
    table = jsonl(d, "a.jsonl", record)
    d.raised(lambda: read_annotations(table))
    d.raised(lambda: read_annotations(table, label_field="p"))
    read_annotations(table, label_field="p", text_field="a")
    assert "--label-field" in d.refused("import", d.space, table)
    call("import", d.space, table, "--label-field", "p", "--text-field", "a")


@CASES.of("import a table or a folder with `protolabel import`")
def a_table_of_ones_own(d: Desk) -> None:
    table = jsonl(d, "a.jsonl", {"text": "pay the rent", "label": "invoice"})
    d.raised(lambda: read_annotations(table))
    call("import", d.space, table)


@CASES.of("leave --label-from out")
def a_file_where_a_folder_is_meant(d: Desk) -> None:
    table = jsonl(d, "a.jsonl", {"text": "pay the rent", "label": "invoice"})
    d.refused("import", d.space, table, "--label-from", "folder")
    call("import", d.space, table)


@CASES.of("to take what people moved there: protolabel learn {} {}")
def a_sorted_folder_as_a_past(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    call("label", d.space, d.folder / "in", "--sort-into", d.folder / "out")
    d.obeyed(d.refused("import", d.space, d.folder / "out"))


class Split(list):
    """Rows with features, as a dataset has them."""

    features: ClassVar = {"text": None, "label": None}

    def filter(self, keep) -> Split:
        return Split(row for row in self if keep(row))


@CASES.of(
    "say which one is the {}: {}=",
    "give one split: dataset[{}]",
    "keep the rows with one label: dataset.filter(...)",
)
def a_dataset_that_is_not_read(d: Desk) -> None:
    split = Split([{"text": "pay", "label": ["a", "b"]}, {"text": "pay", "label": ["a"]}])
    dataset = {"train": split}
    remedy = d.raised(lambda: read_dataset(dataset))
    assert "dataset['train']" in remedy
    d.raised(lambda: list(read_dataset(dataset["train"])))
    table = pd.DataFrame({"text": ["pay"], "Class": ["a"], "Tag": ["b"]})
    d.raised(lambda: list(read_dataset(table)))
    assert [one.label for one in read_dataset(table, label="Tag")] == ["b"]
    assert len(list(read_dataset(split.filter(lambda row: len(row["label"]) == 1)))) == 1


@CASES.of(
    "name it: {}", "give a table with columns", "leave text= and id= out",
    "name another column: id=", "name one that is there: {}={}", "name one that is there: {}=",
    "rename one of them: table.columns = {}", "convert it: table.to_pandas()",
    "make them texts: {}", "make the labels texts",
)  # fmt: skip
def tables_whose_columns_have_other_names(d: Desk) -> None:
    mails = pd.DataFrame(
        {
            "letter": ["please pay the bill we sent", "here is my cv and my studies"],
            "key": [1.5, 2.0],
            "n": [7, 8],
        }
    )
    two = pd.DataFrame({"body": ["pay"], "message": ["cv"]})
    arrow = pytest.importorskip("pyarrow")
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.label_many(mails))
        d.raised(lambda: space.label_many(pd.DataFrame()))
        assert d.raised(lambda: space.label_many(mails[["letter"]])) == "name it: text='letter'"
        d.raised(lambda: space.label_many(two))
        assert next(iter(space.label_many(two[["body"]]))).label == "invoice"
        d.raised(lambda: space.label_many(mails, text="lettre"))
        d.raised(lambda: list(space.label_many(mails, text="letter", id="key")))
        twice = pd.DataFrame([["pay", "cv"]], columns=["text", "text"])
        exec(d.raised(lambda: space.label_many(twice, text="text")).split(": ")[1],
             {"table": twice})  # fmt: skip
        assert len(list(space.label_many(twice, text="text 2"))) == 1
        d.raised(lambda: space.label_many(arrow.table({"text": ["pay"]})))
        assert len(list(space.label_many(arrow.table({"text": ["pay"]}).to_pandas()))) == 1
        code = d.raised(lambda: space.add(mails, "key", text="letter")).split(": ")[1]
        mails["kind"] = eval(code, {"table": mails})
        assert space.add(mails, "kind", text="letter").detail["examples"]
        d.raised(lambda: list(read_dataset(mails, text="letter", label="key")))
        assert len(list(read_dataset(mails, text="letter", label="kind"))) == 2
        assert [a.id for a in space.label_many(mails, text="letter", id="n")] == ["7", "8"]
        d.raised(lambda: space.label_many(["pay"], text="letter"))
        assert len(list(space.label_many(["pay"]))) == 1


@CASES.of("put a line `{}` above {}; {}")
def a_table_without_a_line_of_names(d: Desk) -> None:
    rows = "please pay the sum of June,invoice\nI apply for work in May,cv\n"
    line = d.refused("import", d.space, d.file("rows.csv", rows)).split("`")[1]
    d.file("rows.csv", f"{line}\n{rows}")
    assert "added 2 examples" in call("import", d.space, d.folder / "rows.csv").stdout


@CASES.of("remove {} if it is a title or holds other names; if {} is a document, move {} above it")
def names_below_a_fuller_line(d: Desk) -> None:
    rows = ["My mails,of,2024", "text,label", "pay the rent,invoice", "my studies,cv"]
    remedy = d.refused("import", d.space, d.file("rows.csv", "\n".join(rows)))
    assert "remove line 1" in remedy
    d.file("rows.csv", "\n".join(rows[1:]))
    assert "added 2 examples" in call("import", d.space, d.folder / "rows.csv", "--new").stdout
    rows = ["we met, we ate, we paid,bill", "text,label", "the rent is due,bill"]
    table = d.file("more.csv", "\n".join(rows))
    assert "move line 2 above it" in d.refused("import", d.space, table)
    d.file("more.csv", "\n".join([rows[1], f'"{rows[0][:-5]}",bill', rows[2]]))
    assert "added 2 examples" in call("import", d.space, table, "--new").stdout


@CASES.of("mkdir -p {}, or {}")
def an_export_into_a_folder_that_is_missing(d: Desk) -> None:
    remedy = d.refused("export", d.space, "--to", d.folder / "no" / "e")
    assert remedy.startswith(f"mkdir -p {d.folder / 'no'}, or")
    (d.folder / "no").mkdir(parents=True)
    call("export", d.space, "--to", d.folder / "no" / "e")
