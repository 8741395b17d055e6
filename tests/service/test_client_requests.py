"""What the client sends and makes of answers, whatever answers: a service, a proxy, nobody."""

from __future__ import annotations

import json
from email.utils import formatdate

import httpx2
import pytest
from client_methods import ARGUMENTS, methods
from contract import operation_of
from hypothesis import given
from hypothesis import strategies as st

from protolabel.client import Client, ServiceError
from protolabel.errors import InputError
from protolabel.label_space.answer_path.many_documents import each_document

LINES = {"Content-Type": "application/x-ndjson"}
HARMLESS = {  # methods that may be carried out twice: they only look, or remember the same again
    "label", "label_many", "label_file", "explain", "read", "put", "preview", "cancel",
    "system_one", "preview_correction", "preview_proposal",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def client_of(answer, **options) -> Client:
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return Client("http://localhost", "mail", http=http, **options)


def refuse_all(request: httpx2.Request) -> httpx2.Response:
    raise AssertionError(f"{request.url} was asked")


@pytest.mark.parametrize(
    "ask",
    [
        lambda mail: mail.label("Rechnung"),
        lambda mail: mail.label(b"Rechnung"),
        lambda mail: mail.label({"text": "pay"}),
        lambda mail: mail.label(["pay", 5]),
        lambda mail: mail.label(["half \ud800"]),
        lambda mail: mail.label([{"embedding": [float("nan")]}]),
        lambda mail: mail.label_many("Rechnung"),
        lambda mail: mail.label_many({"text": "pay"}),
        lambda mail: mail.label_many(["pay"], batch=0),
        lambda mail: mail.put("Rechnung"),
        lambda mail: mail.explain(["pay"]),
        lambda mail: mail.label_file("a.txt", "pay"),
        lambda mail: mail.forget("17"),
        lambda mail: mail.forget({"17": True}),
        lambda mail: mail.reconsider("17"),
        lambda mail: mail.undo(None, "17"),
        lambda mail: mail.decide([("k", "cv")]),
        lambda mail: mail.decide({"k": "cv"}, as_seen={"k"}),
        lambda mail: mail.decide({"k": "cv"}, as_seen={"k": ["cv"]}),
        lambda mail: mail.decide({"k": "cv"}, as_seen={"k": {"labels": "cv"}}),
        lambda mail: mail.undo(None, ["k"], as_seen="k"),
        lambda mail: mail.correct("e1", {"cv": 1}),
        lambda mail: mail.change("describe", texts={"cv": {1, 2}}),
        lambda mail: mail.change("undo", only_at=1.5),
        lambda mail: mail.document(".."),
        lambda mail: mail.accept_proposal("", "cv"),
    ],
)
def test_what_is_no_list_or_no_name_is_refused_and_nothing_is_sent(ask):
    with client_of(refuse_all) as mail, pytest.raises(InputError):
        ask(mail)


def test_a_name_stays_one_part_of_the_address():
    addresses = []

    def answer(request):
        addresses.append(request.url.raw_path)
        return httpx2.Response(200, json={})

    with client_of(answer) as mail:
        mail.document("a/b?x=1")
        mail.accept_proposal("../../forget", "cv")
    assert addresses == [
        b"/v1/spaces/mail/inbox/a%2Fb%3Fx%3D1?evidence=5",
        b"/v1/spaces/mail/proposals/..%2F..%2Fforget/accept",
    ]


@given(st.lists(st.sampled_from(["pay", {"text": "cv"}, {"id": "own", "text": "cv"}])), st.data())
def test_documents_of_many_batches_have_the_ids_that_the_library_gives(documents, data):
    def answer(request):
        bodies = json.loads(request.content)["documents"]
        return httpx2.Response(200, json={"answers": [{"id": one["id"]} for one in bodies]})

    batch = data.draw(st.integers(1, 5))
    with client_of(answer) as mail:
        ids = [one["id"] for one in mail.label_many(documents, batch=batch)]
    texts = [one if isinstance(one, str) else one["text"] for one in documents]
    own = [None if isinstance(one, str) else one.get("id") for one in documents]
    plain = [one.id for one in each_document(texts) if not isinstance(one, Exception)]
    assert ids == [mine or theirs for mine, theirs in zip(own, plain, strict=True)]


@given(
    st.lists(st.text(alphabet=st.sampled_from("a\u2028\u2029\x85\x0b\x0c\r\n\x1c\x1eä"))),
    st.integers(1, 9),
)
def test_an_export_has_whole_records_whatever_ends_lines_elsewhere(texts, size):
    content = b"".join(json.dumps(t, ensure_ascii=False).encode() + b"\n" for t in texts)
    chunks = [content[i : i + size] for i in range(0, len(content), size)]
    with client_of(
        lambda request: httpx2.Response(200, headers=LINES, content=iter(chunks))
    ) as mail:
        assert list(mail.export()) == texts
        assert list(mail.audit()) == texts


def cut_off(request):
    def chunks():
        yield b'{"a": 1}\n{"b":'
        raise httpx2.RemoteProtocolError("the end")

    return httpx2.Response(200, headers=LINES, content=chunks())


def nobody(request):
    raise httpx2.ConnectError("refused")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda r: httpx2.Response(301, headers={"Location": "https://x/"}), 301),
        (lambda r: httpx2.Response(204), 204),
        (lambda r: httpx2.Response(200, html="<html>login</html>"), 200),
        (lambda r: httpx2.Response(200, text='["a"'), 200),
        (lambda r: httpx2.Response(502, html="<html>bad gateway</html>"), 502),
        (lambda r: httpx2.Response(400, json=["no problem"]), 400),
        (lambda r: httpx2.Response(503, headers={"Retry-After": formatdate(usegmt=True)}), 503),
        (lambda r: httpx2.Response(503, headers={"Retry-After": "-1"}), 503),
        (lambda r: httpx2.Response(429, headers={"Retry-After": "soon"}), 429),
        (cut_off, 0),
        (nobody, 0),
    ],
)
def test_whatever_answers_is_an_error_of_the_service_and_never_an_empty_export(answer, status):
    with client_of(answer) as mail:
        for ask in (mail.info, lambda: list(mail.export()), lambda: mail.correct("e1", "cv")):
            with pytest.raises(ServiceError) as error:
                ask()
            assert error.value.status == status


def test_an_export_that_ends_in_the_middle_of_a_line_is_an_error():
    with client_of(lambda r: httpx2.Response(200, headers=LINES, content=b'{"a": 1}\n7')) as mail:
        lines = mail.export()
        assert next(lines) == {"a": 1}
        with pytest.raises(ServiceError, match="cut off"):
            next(lines)


def test_an_export_that_finds_the_service_busy_is_asked_again():
    answers = iter([httpx2.Response(503), httpx2.Response(200, headers=LINES, content=b"{}\n")])
    with client_of(lambda request: next(answers)) as mail:
        assert list(mail.export()) == [{}]


@pytest.mark.parametrize("name", sorted(ARGUMENTS.keys() | methods().keys()))
def test_a_lost_answer_is_asked_for_again_and_does_nothing_twice(name):
    """What changes something has a key, the same one each time, that the service declares."""
    requests = []

    def lose(request):
        requests.append(request)
        raise httpx2.ReadTimeout("late")

    with client_of(lose, attempts=3) as mail, pytest.raises(ServiceError) as error:
        result = getattr(mail, name)(*ARGUMENTS.get(name, ()))
        list(result)
    assert error.value.kind == "urn:protolabel:NoAnswer"
    operation = operation_of(requests[0].method, requests[0].url.path)
    declared = {one["name"].lower() for one in operation.get("parameters", ())}
    (key,) = {request.headers.get("Idempotency-Key") for request in requests}
    harmless = requests[0].method == "GET" or name in HARMLESS
    assert (key is None) == harmless
    assert harmless or "idempotency-key" in declared
    assert len(requests) == 3
    assert ("may have been carried out" in str(error.value)) == (not harmless)
    assert "start the service" not in str(error.value)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_gives_up_on_a_change_says_that_it_may_have_been_carried_out(status):
    with client_of(lambda request: httpx2.Response(status)) as mail:
        with pytest.raises(ServiceError, match="may have been carried out"):
            mail.correct("e1", "cv")
        with pytest.raises(ServiceError) as error:
            mail.info()
    assert "carried out" not in str(error.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "127.0.0.1:8765"},
        {"url": "http://"},
        {"url": "http://[::1"},
        {"url": "http://127.0.0.1:99999"},
        {"url": "http://127.0.0.1/?a=1"},
        {"space": ""},
        {"space": "."},
        {"space": ".."},
        {"key": "pl_x\n"},
        {"key": "schlüssel"},
        {"attempts": 0},
        {"seconds": 0},
    ],
    ids=str,
)
def test_an_argument_that_can_reach_no_service_is_refused_at_once(arguments):
    with pytest.raises(InputError):
        Client(**{"url": "http://127.0.0.1:8765", "space": "mail", **arguments})


def test_several_labels_are_sent_as_a_list():
    bodies = []

    def answer(request):
        bodies.append(json.loads(request.content))
        return httpx2.Response(200, json={})

    with client_of(answer) as mail:
        mail.correct("e1", ("invoice", "urgent"))
        mail.decide({"0123456789abcdef": ["invoice", "urgent"]})
    assert bodies == [
        {"document": "e1", "to": ["invoice", "urgent"]},
        {"labels": {"0123456789abcdef": ["invoice", "urgent"]}},
    ]
