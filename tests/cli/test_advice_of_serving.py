"""Advice of `protolabel serve`, and about fields of tables, done to the letter."""

from __future__ import annotations

import pytest
from advice import Cases, Desk
from commands import call

from protolabel import LabelSpace, read_documents
from protolabel.service.options import Options
from protolabel.service.server import refuse_open_door
from protolabel.service.telemetry import telemetry

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("give it like --telemetry http://127.0.0.1:4318")
def an_address_of_no_collector(d: Desk) -> None:
    d.refused("serve", d.space, "--telemetry", "127.0.0.1:4318")
    with telemetry("http://127.0.0.1:4318"):
        pass


@CASES.of("make a key: protolabel key add {} NAME --role curate; or leave --keys out")
def a_file_without_keys(d: Desk) -> None:
    keys = d.file("keys.json", '{"keys": []}')
    d.refused("serve", d.space, "--keys", keys)
    call("key", "add", keys, "NAME", "--role", "curate")
    refuse_open_door(Options(keys_path=str(keys)))


@CASES.of("give the Document itself, one of read_documents(path, text_field=NAME)")
def a_row_without_a_usual_field(d: Desk) -> None:
    table = d.file("post.csv", "Subject,n\nmy work,1\n")
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.correct(f"{table}:2", "cv"))
        (document,) = read_documents(table, text_field="Subject")
        space.correct(document, "cv")


@CASES.of("leave {}= out, or give the path of the file")
def fields_of_no_file(d: Desk) -> None:
    d.refused("correct", d.space, "c1", "--to", "letter", "--text-field", "Subject")
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.correction("c1", "letter", reading={"text_field": "Subject"}))
    call("correct", d.space, "c1", "--to", "letter")
    table = d.file("nothing.csv", "Subject,n\nmy work,1\n")
    call("correct", d.space, f"{table}:2", "--to", "cv", "--new", "--text-field", "Subject")


@CASES.of("add --follow FOLDER; with a file that is sent, a request says how it is read")
def fields_of_no_folder(d: Desk) -> None:
    d.refused("serve", d.space, "--text-field", "Subject")
