"""The service says of how many classes a target promises nothing: in replies, records, previews."""

from __future__ import annotations

import pytest
from alike_words import make_alike

from protolabel import LabelSpace

SPACE = "/v1/spaces/mail"
KEPT = "kept for the 4 classes with two different examples or more; of 2 others nothing is promised"
CONFIGURE = {"kind": "configure", "values": {"target": "errors 40%"}}


@pytest.fixture
def path(tmp_path):
    """Four classes of 20 examples, two of one."""
    make_alike(tmp_path / "mail.space", 1, each=20)
    with LabelSpace(tmp_path / "mail.space", background=False) as space:
        space.add(["granite slate marble"], "stone")
        space.add(["violin opera tenor"], "music")
        space.settle()
    return tmp_path / "mail.space"


def test_the_reply_that_sets_a_target_says_so_in_words_of_the_service(own):
    preview = own.post(f"{SPACE}/preview", CONFIGURE).json
    reply = own.post(f"{SPACE}/changes", CONFIGURE).json
    for record in (preview, reply):
        (hint,) = record["hints"]
        assert hint == (
            f"the target errors 40% is {KEPT} until each has two different examples: "
            "`GET .../classes` lists how many examples each class has"
        )


def test_info_and_risk_hold_the_reach(own):
    assert own.get(SPACE).json["unpromised"] == ""
    own.post(f"{SPACE}/changes", CONFIGURE)
    assert own.post(f"{SPACE}/settle", {}).status == 200
    info, risk = own.get(SPACE).json, own.get(f"{SPACE}/risk").json
    assert KEPT in info["unpromised"]
    assert info["calibration"]["reach"] == risk["reach"]
    assert risk["reach"] == {
        "classes": 4,
        "others": 2,
        "learned": False,
        "in_descriptions": False,
    }
    assert risk["verdict"] == KEPT
    assert any("nothing is measured on 2 classes" in note for note in risk["notes"])
