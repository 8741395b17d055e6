"""What the service keeps of a label space is of the file and version that is there."""

from __future__ import annotations

import os
import shutil

from service_process import make_space, service

from protolabel import LabelSpace

EVALUATION = "/v1/spaces/mail/evaluation"


def test_a_file_that_is_restored_is_evaluated_anew_at_the_same_version(tmp_path):
    """Both histories have the same identity and reach the same version."""
    path, backup = make_space(tmp_path / "mail.space"), tmp_path / "copy.space"
    with LabelSpace(path, background=False) as space:
        space.backup(backup)
    other = shutil.copy(backup, tmp_path / "other.space")
    with LabelSpace(path, background=False) as space:
        space.add(["memo for all of you", "memo two", "memo for the office"], "memo")
        version = space.version
    with LabelSpace(other, background=False) as space:
        space.add("one more memo", "memo")
        assert space.version == version
    with service(str(path)) as client:
        assert client.get(EVALUATION).json["documents"] > 0
        os.replace(other, path)
        for side in ("-wal", "-shm"):
            if os.path.exists(f"{path}{side}"):
                os.unlink(f"{path}{side}")
        anew = client.get(EVALUATION)
        assert anew.status == 422, "too few examples in this history"
