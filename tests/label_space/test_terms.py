"""Terms of a change: a stale one is refused, one that comes twice is carried out once."""

from __future__ import annotations

import shutil
import threading

import pytest
from fakes import WordEncoder

from protolabel import Example, LabelSpace
from protolabel.errors import RepeatedKeyError, VersionConflictError
from protolabel.label_space.changes import REQUESTS, Add, Rename, Undo, request_from
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import Claim, MarkedVersion, RequestKey


def test_a_change_for_an_older_version_is_refused_and_changes_nothing(space):
    version = space.version
    space.commit(Rename("cv", "resume"), only_at=version)
    with pytest.raises(VersionConflictError, match=f"version {version} of .* at {version + 1}"):
        space.commit(Rename("box", "parcel"), only_at=version)
    assert space.version == version + 1
    assert space.commit(Rename("box", "parcel"), only_at=space.version).version == version + 2


def test_a_change_for_that_number_in_another_copy_is_refused_and_changes_nothing(path, tmp_path):
    shutil.copy(path, tmp_path / "copy.space")
    spaces = [
        LabelSpace(one, encoder=WordEncoder(), background=False)
        for one in (path, tmp_path / "copy.space")
    ]
    marked = []
    for one, name in zip(spaces, ("resume", "papers"), strict=True):
        number = one.rename("cv", name).version
        marked.append(MarkedVersion(number, session_of(one).store.rows.mark(number)))
    assert marked[0].version == marked[1].version
    with pytest.raises(VersionConflictError, match="a copy took the place"):
        spaces[1].commit(Rename("box", "parcel"), only_at=marked[0])
    assert spaces[1].version == marked[1].version
    assert spaces[1].commit(Rename("box", "parcel"), only_at=marked[1]).version > spaces[0].version


class Lost(Claim):
    """A right that is gone once the change is to be made."""

    def require(self):
        raise InterruptedError


def test_a_change_whose_right_is_gone_is_not_made_unless_it_is_made_already(space):
    request = Rename("cv", "resume")
    first = space.commit(request, key=RequestKey("k1"))
    assert space.commit(request, key=RequestKey("k1", claim=Lost())) == first
    with pytest.raises(InterruptedError):
        space.commit(Rename("box", "parcel"), key=RequestKey("k2", claim=Lost()))
    assert space.version == first.version


def test_a_request_that_comes_twice_is_carried_out_once(space):
    request = Add([Example("bill", "pay much", id="b9")])
    first = space.commit(request, key="k1")
    again = space.commit(request_from(request.to_dict()), key="k1", only_at=first.version - 1)
    assert again == first
    assert space.version == first.version
    assert space.commit(Undo(), key="k2").version == first.version + 1


def test_a_key_of_another_request_is_refused(space):
    space.commit(Rename("cv", "resume"), key="k1")
    with pytest.raises(RepeatedKeyError, match="k1"):
        space.commit(Rename("box", "parcel"), key="k1")


def test_a_change_is_in_the_name_of_who_asked_for_it(space):
    assert space.commit(Rename("cv", "resume"), who="ada").who == "ada"
    assert next(space.history(limit=1)).who == "ada"


def test_of_two_changes_for_one_version_one_is_made(path):
    spaces = [LabelSpace(path, encoder=WordEncoder(), background=False) for _ in range(2)]
    version, outcomes = spaces[0].version, []

    def change(space: LabelSpace, name: str) -> None:
        try:
            outcomes.append(space.commit(Rename("cv", name), only_at=version))
        except VersionConflictError as conflict:
            outcomes.append(conflict)

    threads = [
        threading.Thread(target=change, args=pair)
        for pair in zip(spaces, ("one", "two"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [o for o in outcomes if isinstance(o, VersionConflictError)]
    assert len(outcomes) == 2
    assert len(refused) == 1
    assert spaces[0].version == version + 1
    for space in spaces:
        space.close()


def test_requests_have_kinds_that_a_program_can_send():
    assert {"add", "describe", "rename", "merge", "split", "retire", "restore"} <= set(REQUESTS)
