"""Several processes answer at one address, as one service: one of them may die at any time."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from service_process import make_space, service

from protolabel.service.keys import add_key
from protolabel.service.side.shared_state import SharedState
from protolabel.service.side.side_file import SideFile

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"), pytest.mark.slow]
SPACE = "/v1/spaces/mail"


def workers_of(served):
    """Return the process numbers of the workers."""
    tasks = Path(f"/proc/{served.process.pid}/task").iterdir()
    return {int(n) for task in tasks for n in (task / "children").read_text().split()}


def owner_of(connection, pids):
    """Return which worker has accepted a connection, None where none has yet."""
    port = connection.sock.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if int(fields[2].split(":")[1], 16) == port:
            place = f"socket:[{fields[9]}]"
            for pid in pids:
                for fd in Path(f"/proc/{pid}/fd").iterdir():
                    if os.path.islink(fd) and os.readlink(fd) == place:
                        return pid
    return None


def ask(connection, method, path, body=None, **headers):
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"} | headers)
    answer = connection.getresponse()
    content = answer.read()
    is_one = str(answer.getheader("Content-Type")).endswith("json") and content.count(b"\n") < 2
    return answer.status, json.loads(content) if is_one else content, answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("workers")


@pytest.fixture(scope="module")
def pair(folder):
    """A service of two workers with keys, and a connection to each of them."""
    path, keys = make_space(folder / "mail.space"), folder / "keys.json"
    secret = add_key(keys, "anna", "admin")
    with service(str(path), "--workers", "2", "--keys", str(keys)) as served:
        pids, to = workers_of(served), {}
        assert len(pids) == 2
        while len(to) < 2:
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
            ask(connection, "GET", "/v1/live")
            owner = owner_of(connection, pids)
            if owner in to:
                connection.close()
            else:
                to[owner] = connection
        yield [*to.values()], secret, served
        for connection in to.values():
            connection.close()


def test_what_one_worker_changes_the_other_answers_with_at_once(pair):
    (one, other), secret, _ = pair
    key = {"Authorization": f"Bearer {secret}"}
    change = {"kind": "add", "examples": [{"label": "memo", "text": "a note to all of us"}]}
    sent = key | {"Idempotency-Key": "k"}
    status, first, _ = ask(one, "POST", f"{SPACE}/changes", change, **sent)
    assert status == 200
    assert ask(other, "GET", SPACE, **key)[1]["version"] == first["version"]
    documents = {"documents": [{"text": "a note to all of us"}]}
    answer = ask(other, "POST", f"{SPACE}/label", documents, **key)[1]["answers"][0]
    assert answer["alternatives"][0]["label"] == "memo"
    assert ask(other, "POST", f"{SPACE}/changes", change, **sent)[1] == first  # carried out once


def test_a_session_that_one_worker_began_the_other_knows_and_ends(pair):
    (one, other), secret, _ = pair
    _, session, answer = ask(one, "POST", "/v1/session", {"key": secret})
    sent = {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": session["csrf"]}
    assert ask(other, "GET", "/v1/session", **sent)[1]["name"] == "anna"
    assert ask(other, "DELETE", "/v1/session", **sent)[0] == 200
    assert ask(one, "GET", "/v1/session", **sent)[0] == 401


def test_a_job_of_one_worker_is_followed_at_the_other(pair):
    (one, other), secret, _ = pair
    key = {"Authorization": f"Bearer {secret}"}
    _, job, _ = ask(one, "POST", f"{SPACE}/jobs", {"kind": "settle"}, **key)
    _, lines, _ = ask(other, "GET", f"{SPACE}/jobs/{job['id']}/events", **key)
    if isinstance(lines, bytes):
        lines = json.loads(lines.splitlines()[-1])
    assert lines["state"] == "done"


def test_workers_count_together(pair):
    """The same page of counters from both, with what both have answered."""
    (one, other), secret, _ = pair
    key = {"Authorization": f"Bearer {secret}"}
    for connection in (one, other):
        for _ in range(3):
            assert ask(connection, "GET", "/v1/spaces", **key)[0] == 200
    pages = [ask(connection, "GET", "/v1/metrics", **key)[1] for connection in (one, other)]
    for page in pages:
        (line,) = [one for one in page.decode().splitlines() if 'route="/v1/spaces"' in one
                   and one.startswith("protolabel_requests_total")]  # fmt: skip
        assert float(line.rsplit(" ", 1)[1]) == 6


def test_an_act_that_is_sent_to_both_workers_at_once_is_carried_out_once(pair, folder):
    connections, secret, _ = pair
    key = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "act"}
    documents, answers = {"documents": [{"id": "tune", "text": "a tune"}]}, []
    assert ask(connections[0], "POST", f"{SPACE}/label", documents, **key)[0] == 200
    assert ask(connections[0], "GET", f"{SPACE}/remembered", **key)[0] == 200  # it is written

    def forget(connection):
        answers.append(ask(connection, "POST", f"{SPACE}/forget", {"names": ["tune"]}, **key)[:2])

    threads = [threading.Thread(target=forget, args=(one,)) for one in connections]
    side = SideFile(folder / "mail.space", "")
    with side.writing():  # so that none is noted before both have come
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    for thread in threads:
        thread.join()
    assert answers == [(200, {"forgotten": 1})] * 2


def test_workers_end_with_the_process_that_began_them(pair):
    """The last test of this service: its process is killed."""
    *_, served = pair
    pids = workers_of(served)
    served.process.kill()
    served.process.wait()
    deadline = time.monotonic() + 60
    while any(os.path.exists(f"/proc/{pid}") for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_requests_and_sessions_are_those_of_all_processes(tmp_path):
    one, other = (SharedState(str(tmp_path / "state")) for _ in range(2))
    waits = [state.wait_of("anna", 3, 60.0) for state in (one, other, one, other)]
    assert waits[:3] == [0.0] * 3
    assert 59.0 < waits[3] <= 60.0
    assert one.wait_of("ben", 3, 60.0) == 0.0
    assert one.wait_of("anna", 3, 1e-9) == 0.0  # the window is over
    one.close()
    other.close()


def test_a_killed_worker_loses_no_acknowledged_write_and_is_replaced(tmp_path):
    path = make_space(tmp_path / "mail.space")
    acknowledged, failed = set(), []
    with service(str(path), "--workers", "2") as served:
        before, enough = workers_of(served), threading.Event()

        def write(writer):
            """Send each change until it is acknowledged, under one key."""
            for n in range(15):
                name = f"w{writer}n{n}"
                body = {"kind": "add", "examples": [{"label": "cv", "text": name, "id": name}]}
                for _ in range(100):
                    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
                    try:
                        status, _, _ = ask(connection, "POST", f"{SPACE}/changes", body,
                                           **{"Idempotency-Key": name})  # fmt: skip
                    except (OSError, http.client.HTTPException):
                        continue
                    finally:
                        connection.close()
                    if status == 200:
                        acknowledged.add(name)
                        break
                    failed.append(status)
                if len(acknowledged) >= 10:
                    enough.set()

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert len(acknowledged) == 60
        assert set(failed) <= {503}
        page = served.get(f"{SPACE}/examples?label=cv&limit=1000").json["examples"]
        assert sorted(one["id"] for one in page if one["id"].startswith("w")) == sorted(
            acknowledged
        )
        deadline = time.monotonic() + 60
        while len(pids := workers_of(served)) < 2 or victim in pids:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        code, _ = served.stop()
        assert code == 0
        assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


CHATTER = '''
import sys

class Chatter:
    """Prints more than a pipe holds when the encoder is loaded, as libraries may."""

    def find_spec(self, name, path=None, target=None):
        if name == "protolabel.encoders.hashing" and "protolabel.service.worker" in sys.orig_argv:
            print("loading " * 20_000, flush=True)

sys.meta_path.insert(0, Chatter())
'''


def test_what_a_library_prints_in_a_worker_is_no_answer_and_stops_nothing(tmp_path):
    path = make_space(tmp_path / "mail.space")
    (tmp_path / "sitecustomize.py").write_text(CHATTER, encoding="utf-8")
    environment = {"PYTHONPATH": str(tmp_path)}
    with service(str(path), "--workers", "2", environment=environment) as served:
        documents = {"documents": [{"text": "please pay"}]}
        assert served.post(f"{SPACE}/label", documents).status == 200
        code, words = served.stop()
    assert code == 0
    assert "loading loading" in words
