"""A label space file that is renamed while it is served: nothing that was acknowledged is lost."""

from __future__ import annotations

from service_process import make_space, service

from protolabel import LabelSpace


def test_a_service_that_ends_brings_a_renamed_file_its_changes_jobs_and_answers(tmp_path):
    old, new = make_space(tmp_path / "mail.space"), tmp_path / "new.space"
    with service(str(old)) as client:
        rows = {"examples": [{"label": "letter", "text": "Dear Sir"}]}
        added = client.post("/v1/spaces/mail/changes", {"kind": "add", **rows})
        assert added.status == 200
        inbox = client.post("/v1/spaces/mail/inbox", {"documents": [{"text": "wet snow"}]})
        assert inbox.status == 200
        old.rename(new)
        refusal = client.get("/v1/spaces/mail/classes")
        assert (refusal.status, b"was moved or deleted" in refusal.body) == (404, True)
        assert b"init" not in refusal.body
        assert refusal.json["type"] == "urn:protolabel:SpaceNotFound"
        code, _ = client.stop()
        assert code == 0
    assert "mail.space" not in " ".join(p.name for p in tmp_path.iterdir())
    with LabelSpace(new, background=False) as space:
        assert space.version == added.json["version"]
        assert [c.name for c in space.classes()] == ["invoice", "cv", "letter"]
        assert len(space.answer_log) == 1
        assert space.check() == []
