"""The list of the inbox: its labels leave the page as a file, and what is there by mistake goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from service_process import service

from desk import desk, needs_chromium
from protolabel import LabelSpace
from protolabel.columns.csv_lines import BOM, csv_line

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/office"
NONE = "none of these"
NAMES = ["=1+1", 'a, "b".txt', "＝x", "'@cmd", "\u00a0-2", "scans/7.txt"]


def chance_of(answer):
    """Return the chance of what is answered: of the class, or of *none of these*."""
    return answer["none_probability"] if answer["label"] is None else answer["chance"]


def test_a_declined_document_has_in_the_table_the_chance_that_it_is_none_of_these(person, client):
    """Before, its label was empty, and beside it stood the chance of the class that is nearest."""
    stranger = {"id": "stranger", "text": "zebra quokka xylophone marmalade"}
    client.post(f"{SPACE}/inbox", {"documents": [stranger]})
    (one,) = [
        each for each in client.get(f"{SPACE}/inbox").json["documents"] if each["id"] == "stranger"
    ]
    assert one["answer"]["label"] is None
    page = person.open("inbox").page
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    (row,) = [line for line in lines if line.startswith("stranger,")]
    _, _, label, chance, _ = row.split(",")
    assert label == NONE
    assert float(chance) == round(one["answer"]["none_probability"], 4)
    assert one["answer"]["none_probability"] != one["answer"]["chance"]


@pytest.mark.parametrize("sent", ["0", "17"])
def test_a_document_that_was_sent_without_an_id_is_called_by_its_first_words(person, client, sent):
    """Before, each document of a request was called by its place in it, such as 0."""
    texts = [f"Rocket number {i} is ready for the launch" for i in range(18)]
    client.post("/v1/spaces/office/label", {"documents": [{"text": text} for text in texts]})
    titles = person.open("inbox").page.locator(".rows .title")
    expect(titles.filter(has_text=texts[int(sent)])).to_have_count(1)
    assert sent not in titles.all_inner_texts()


def test_the_labels_of_all_documents_leave_the_page_as_a_table(person, client):
    """Before, they did not leave the page. No name is a formula, as in the command line's CSV."""
    documents = [{"id": one, "source": one, "text": f"pay this bill, {one}"} for one in NAMES]
    assert client.post(f"{SPACE}/inbox", {"documents": documents}).status == 200
    listed = client.get(f"{SPACE}/inbox").json["documents"]
    (chosen,) = [one for one in listed if one["id"] == "=1+1"]
    body = {"labels": {chosen["key"]: "Contract"}}
    assert client.post(f"{SPACE}/inbox/decisions", body).status == 200
    page = person.open("inbox").page
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("office 20")
    content = Path(download.value.path()).read_bytes().decode("utf-8")
    header = csv_line(["Document", "Folder", "Label", "Probability", "Decided by"])
    assert content.startswith(BOM + header)
    rows = [
        csv_line([
            one["id"], "", (one if one["by"] == "person" else one["answer"])["label"] or NONE,
            None if one["by"] == "person" else round(chance_of(one["answer"]), 4),
            "a person" if one["by"] == "person" else "the label space",
        ])
        for one in client.get(f"{SPACE}/inbox").json["documents"]
    ]  # fmt: skip
    assert sorted(content.splitlines()[1:]) == sorted("".join(rows).splitlines())
    assert len(rows) == 24 + len(NAMES)
    assert any(row.startswith("'=1+1,,Contract,,a person") for row in rows)


def test_a_document_that_is_there_by_mistake_is_removed(browser, office, client, person):
    """Before, only an administrator could, over HTTP."""
    page = person.open("inbox").page
    rows = page.locator(".rows li")
    expect(rows).to_have_count(24)
    rows.nth(1).get_by_role("button").click()
    title = page.locator(".document h2").inner_text()
    page.get_by_role("button", name="Remove it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("for good")
    assert person.axe() == []
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(rows).to_have_count(23)
    expect(page.locator(".document h2")).not_to_have_text(title)
    person.until(f"() => fetch('{SPACE}/inbox').then(r => r.json()).then(j => j.total === 23)")
    ids = [one["id"] for one in client.get(f"{SPACE}/inbox").json["documents"]]
    assert len(ids) == 23
    assert title not in ids


def test_what_this_page_alone_has_is_removed_by_whoever_added_it(browser, office):
    with LabelSpace(office, background=False) as space:
        space.answer_log.remember("off")
    with (
        service(str(office), "--no-browser", "--read-only") as client,
        desk(browser, client, "office") as person,
    ):
        page = person.open("inbox").page
        files = [
            {"name": f"{i}.txt", "mimeType": "text/plain", "buffer": f"bill {i}".encode()}
            for i in range(2)
        ]
        page.locator(".list .adding input[type=file]").first.set_input_files(files)
        expect(page.locator(".rows li")).to_have_count(26)
        page.locator(".rows li button").last.click()  # the label space has it
        expect(page.locator(".document h2")).to_be_visible()
        expect(page.get_by_role("button", name="Remove it")).to_have_count(0)
        page.locator(".rows li button").first.click()
        page.get_by_role("button", name="Remove it").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator(".rows li")).to_have_count(25)
        assert not person.trouble
