"""Long work in the browser: it shows how far it is, and its stop leaves nothing half done."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import LabelSpace
from protolabel.service.side.job_table import Ending, JobTable, Start
from protolabel.service.side.side_file import side_of

pytestmark = [needs_chromium, pytest.mark.slow]


def test_an_import_that_is_stopped_adds_nothing(browser, tmp_path):
    """It waits for other work of the label space, so that the test meets it before its end."""
    for name in ("invoice", "cv"):
        (tmp_path / "examples" / name).mkdir(parents=True)
        (tmp_path / "examples" / name / "a.txt").write_text(f"more of {name}", encoding="utf-8")
    path = make_space(tmp_path / "mail.space")
    with service(str(path), "--no-browser") as client, desk(browser, client, "mail") as person:
        page = person.open("start").page
        with LabelSpace(path, background=False) as space:
            records = JobTable(side_of(space))
        other = records.add(Start("settle", "curate", "somebody"), 8)
        assert records.claim(other.id)  # it runs, in this process
        page.locator(".dropzone input[type=file]").set_input_files(tmp_path / "examples")
        expect(page.get_by_text("Waiting for other work on this label space")).to_be_visible()
        person.button("Stop").click()
        expect(page.get_by_role("progressbar")).to_have_count(0)
        job = client.get("/v1/spaces/mail/jobs?limit=1").json["jobs"][0]
        assert job["state"] == "cancelled"
        records.end(other.id, Ending("done"))
        changes = client.get("/v1/spaces/mail/history").json["changes"]
        assert job["id"] not in {one["detail"].get("key") for one in changes}
        assert not person.trouble
