"""The remedies of errors about a file that is sent are parameters of the request that sends it."""

from __future__ import annotations

import json

import pytest
from own_service import served
from service_process import make_space, service

from protolabel.client import Client

TABLE = "Nr;Received;Subject;Kind\n17;today;please pay this bill;invoice\n18;today;my skills;cv\n"
BOTH = "text_field=Subject&label_field=Kind"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    with served(make_space(tmp_path_factory.mktemp("files") / "mail.space")) as one:
        yield one


def send(ask, route, parameters, content=TABLE, name="post.csv"):
    return ask("POST", f"/{route}?name={name}{parameters and '&' + parameters}", content.encode())


def ended_job(ask, reply):
    """Return a job when it has ended, which the last line about it says."""
    assert reply.status_code == 202, reply.content
    return ask("GET", f"/jobs/{reply.json()['id']}/events").text.splitlines()[-1]


@pytest.mark.parametrize("route", ["label/file", "read"])
def test_the_remedy_of_a_table_of_other_columns_is_a_parameter(ask, route):
    refused = send(ask, route, "")
    assert refused.status_code == 422
    assert "(text_field=)" in refused.json()["remedy"]
    reply = send(ask, route, "text_field=Subject&id_field=Nr")
    assert reply.status_code == 200, reply.content
    (documents,) = (
        reply.json().get(key) for key in ("documents", "answers") if key in reply.json()
    )
    assert [one["id"] for one in documents] == ["17", "18"]


@pytest.mark.parametrize("route", ["label/file", "read"])
def test_a_table_in_a_folder_without_a_text_column_is_one_document(ask, route):
    """Its path says so; before, one that the command line reads was refused on the page."""
    reply = send(ask, route, "", name="post%2Fmay.csv")
    assert reply.status_code == 200, reply.content
    (one,) = next(reply.json()[key] for key in ("documents", "answers") if key in reply.json())
    assert one["source"] == "post/may.csv"


def test_the_remedies_of_an_import_are_parameters(ask):
    assert "(text_field=)" in ended_job(ask, send(ask, "import", "label_field=Kind"))
    assert "(label_field=)" in ended_job(ask, send(ask, "import", "text_field=Subject"))
    assert '"state":"done"' in ended_job(ask, send(ask, "import", BOTH)).replace(" ", "")


def test_format_and_encoding_are_parameters_too(ask):
    lines = "please pay\nmy skills\n"
    reply = send(ask, "read", "fmt=lines", lines, "a.txt")
    assert [one["text"] for one in reply.json()["documents"]] == lines.splitlines()
    path = "/read?name=a.txt&encoding=utf-16-le"
    reply = ask("POST", path, "please pay".encode("utf-16-le"))
    assert [one["text"] for one in reply.json()["documents"]] == ["please pay"]


@pytest.mark.parametrize(
    "parameters", ["fmt=docx", "encoding=base64", "text_field=", "label_field=Kind"]
)
def test_what_is_no_option_of_a_file_is_refused(ask, parameters):
    assert send(ask, "read", parameters).status_code == 422


ROWS = [
    {"id": "upload-17", "text": "please pay the roof", "label": "invoice"},
    {"id": "uploads/a.txt", "text": "my cv and skills", "label": "cv"},
    {"id": "upload.jsonl", "text": "my work in Vienna", "label": "cv"},
]


@pytest.mark.parametrize("name", ["post", "post.jsonl"])
def test_ids_that_rows_give_are_never_touched(ask, name):
    content = "".join(json.dumps(row) + "\n" for row in ROWS)
    ids = [row["id"] for row in ROWS]
    for route, key in (("label/file", "answers"), ("read", "documents")):
        reply = send(ask, route, "fmt=jsonl", content, name)
        assert [one["id"] for one in reply.json()[key]] == ids
    assert '"state":"done"' in ended_job(
        ask, send(ask, "import", "fmt=jsonl", content, name)
    ).replace(" ", "")
    stored = [json.loads(line) for line in ask("GET", "/export").text.splitlines()]
    assert [one["id"] for one in stored if one.get("id", "").startswith("upload")] == ids
    assert ask("POST", "/changes", {"kind": "remove", "ids": ids}).status_code == 200


@pytest.mark.parametrize("image", ["a/b.png", "/etc/hostname", "../a.png"])
def test_a_table_that_is_sent_names_no_images(ask, image):
    content = json.dumps({"id": "1", "image": image, "label": "cv"}) + "\n"
    for route in ("label/file", "read"):
        reply = send(ask, route, "", content, "p.jsonl")
        assert reply.status_code == 422
        assert "protolabel-" not in reply.text
        assert reply.json()["remedy"] == "put each image into its row: data:image/png;base64,..."
    words = ended_job(ask, send(ask, "import", "", content, "p.jsonl"))
    assert "protolabel-" not in words
    assert "put each image into its row" in words


def test_the_client_has_them_as_arguments(tmp_path):
    path = make_space(tmp_path / "mail.space")
    with service(str(path)) as one, Client(f"http://127.0.0.1:{one.port}", "mail") as mail:
        content = TABLE.encode()
        answers = mail.label_file("post.csv", content, text_field="Subject", id_field="Nr")
        assert [one["id"] for one in answers["answers"]] == ["17", "18"]
        documents = mail.read("post.csv", content, text_field="Subject", fmt="csv")
        assert len(documents["documents"]) == 2
        job = mail.import_file("post.csv", content, text_field="Subject", label_field="Kind")
        assert list(mail.follow(job["id"]))[-1]["state"] == "done"
