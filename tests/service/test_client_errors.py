"""What goes wrong between a client and the service is told by the type of the error."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service import client as module
from service.client import Client, OneshotError
from service.problems import KINDS, Kind
from tests.service.both_clients import Connect, each_client
from tests.service.caller import performance
from tests.service.models import model_of_another_space
from tests.service.scripted_server import Scripted, ScriptedServer, answered, refused
from tests.service_process import ServiceProcess

WAVE = performance("wave", 1)
PAGE = Scripted(
    502, b"<html><title>502 Bad\n Gateway</title><hr>nginx</html>", {"Content-Type": "text/html"}
)
MIB = 2**20

Calls = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # clients heed the environment's proxies


@pytest.fixture
def service(running: Callable[[str, int], ServiceProcess]) -> ServiceProcess:
    return running("sqlite", 0)


@each_client
@pytest.mark.parametrize(
    ("call", "kind", "status"),
    [
        (lambda c: c.recognize(WAVE, collection="nowhere"), module.UnknownCollection, 404),
        (lambda c: c.collection("nowhere"), module.UnknownCollection, 404),
        (lambda c: next(iter(c.actions(collection="nowhere"))), module.UnknownCollection, 404),
        (lambda c: c.action("nothing"), module.UnknownAction, 404),
        (lambda c: c.delete("nothing"), module.UnknownAction, 404),
        (lambda c: c.create_collection("default"), module.CollectionExists, 409),
        (lambda c: c.create_collection("a b"), module.InvalidRequest, 422),
        (lambda c: c.enroll(WAVE, "a\tb"), module.InvalidRequest, 422),
        (lambda c: c.recognize(WAVE, k=0), module.InvalidRequest, 422),
        (lambda c: c.recognize(WAVE, strangers=1), module.InvalidRequest, 422),
        (lambda c: c.recognize(WAVE, layout="kinect_v9"), module.UnknownLayout, 422),
        (lambda c: c.recognize(WAVE, layout="coco"), module.UnusableClip, 422),
        (lambda c: c.recognize(__file__, format="bvh"), module.UnparsableBody, 400),
        (lambda c: c.recognize(huge(), layout="kinect_v2"), module.BodyTooLarge, 413),
    ],
)
def test_refusals_are_told_by_type(
    connect: Connect, service: ServiceProcess, call: Calls, kind: type[OneshotError], status: int
) -> None:
    with connect(service.url) as client, pytest.raises(OneshotError) as raised:
        call(client)
    error = raised.value
    assert type(error) is kind
    assert (error.status, error.retry_after) == (status, None)
    assert error.type is not None
    assert error.type.startswith("urn:oneshot:")
    assert error.title
    assert error.detail in str(error)


@each_client
def test_an_unknown_exemplar_is_told(connect: Connect, service: ServiceProcess) -> None:
    name = f"client-{uuid.uuid4().hex}"
    with connect(service.url, collection=name) as client:
        client.create_collection(name)
        client.enroll(WAVE, "wave")
        with pytest.raises(module.UnknownExemplar):
            client.delete("wave", "nothing")
        assert client.collection(name).exemplars == 1


@each_client
def test_another_models_collection_is_told(
    connect: Connect, model: Path, stores: Callable[[str], str], tmp_path: Path
) -> None:
    other = model_of_another_space(model, tmp_path / "other.onnx")
    store = f"sqlite:///{tmp_path}/oneshot.db"
    with ServiceProcess(store, model) as service, connect(service.url) as client:
        client.enroll(WAVE, "wave")
    with ServiceProcess(store, other) as service, connect(service.url) as client:
        with pytest.raises(module.ModelMismatch, match="ONESHOT_MODEL"):
            client.recognize(WAVE)
        assert client.ready().other_models == ("default",)


@pytest.mark.parametrize("kind", dict.fromkeys(KINDS.values()), ids=lambda kind: kind.slug)
def test_every_problem_of_the_service_has_an_error_of_its_own(kind: Kind) -> None:
    answer = refused(kind.status, kind.slug, Retry_After="7")
    with (
        ScriptedServer(answer) as server,
        Client(server.url, retries=0) as client,
        pytest.raises(OneshotError) as raised,
    ):
        client.enroll(WAVE, "wave")
    error = raised.value
    assert type(error).__name__.lower() == kind.slug.replace("-", "")
    assert (error.status, error.type) == (kind.status, f"urn:oneshot:{kind.slug}")
    assert (error.title, error.detail, error.retry_after) == ("No", "try this", 7.0)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))


@each_client
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, module.AccessDenied), (403, module.AccessDenied), (404, module.NotFound),
        (409, module.Conflict), (418, module.BadRequest), (422, module.InvalidRequest),
        (429, module.Busy), (500, module.InternalError), (503, module.Unavailable),
        (507, OneshotError),
    ],
)  # fmt: skip
def test_problems_of_a_newer_service_are_told_by_status(
    connect: Connect, status: int, kind: type[OneshotError]
) -> None:
    with (
        ScriptedServer(refused(status, "of-tomorrow")) as server,
        connect(server.url, retries=0) as client,
        pytest.raises(OneshotError) as raised,
    ):
        client.model()
    assert type(raised.value) is kind
    assert raised.value.type == "urn:oneshot:of-tomorrow"


@each_client
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, module.BadRequest), (401, module.AccessDenied), (403, module.AccessDenied),
        (404, module.NotFound), (408, module.SlowBody), (413, module.BodyTooLarge),
        (418, module.BadRequest), (429, module.Busy), (500, module.InternalError),
        (503, module.Unavailable),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("body", "media_type"),
    [(PAGE.body, "text/html"), (b"{", "application/problem+json"), (b"", "")],
)
def test_an_answer_of_a_proxy_is_told_by_status(
    connect: Connect, status: int, kind: type[OneshotError], body: bytes, media_type: str
) -> None:
    answer = Scripted(status, body, {"Content-Type": media_type, "Retry-After": "9"})
    with (
        ScriptedServer(answer) as server,
        connect(server.url, retries=0) as client,
        pytest.raises(OneshotError) as raised,
    ):
        client.enroll(WAVE, "wave")
    assert type(raised.value) is kind
    assert (raised.value.status, raised.value.type) == (status, None)
    assert raised.value.retry_after == 9.0
    assert str(raised.value).startswith(f"{status} ")


@each_client
@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (PAGE, 502, "502 Bad Gateway: 502 Bad Gateway nginx"),
        (Scripted(308, b"", {"Location": "https://there/"}), 308, "moved to https://there/"),
        (Scripted(302, b"{", {"Content-Type": "application/problem+json"}), 302, "302 Found"),
        (Scripted(504, b"\xff\x00" * 9999, {"Content-Type": "image/png"}), 504, "504 Gateway"),
    ],
)
def test_an_answer_from_elsewhere_is_told_with_its_first_words(
    connect: Connect, answer: Scripted, status: int, says: str
) -> None:
    with ScriptedServer(answer) as server, connect(server.url) as client:
        with pytest.raises(OneshotError) as raised:
            client.recognize(WAVE)
        assert len(server.received) == 1
    assert type(raised.value) is OneshotError
    assert (raised.value.status, raised.value.type) == (status, None)
    assert says in str(raised.value)
    assert len(str(raised.value)) < 300


@each_client
@pytest.mark.parametrize("status", [502, 504, 522])
def test_what_a_proxy_lost_may_have_been_done(connect: Connect, status: int) -> None:
    answer = Scripted(status, PAGE.body, {"Content-Type": "text/html"})
    with ScriptedServer(answer) as server, connect(server.url) as client:
        with pytest.raises(module.OutcomeUnknown, match="look before you send it again"):
            client.enroll(WAVE, "wave")
        assert len(server.received) == 1


@each_client
def test_what_fits_into_no_address_is_told_before_it_is_sent(connect: Connect) -> None:
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        with pytest.raises(ValueError, match="too long"):
            client.action("x" * 70_000)
        assert not server.received


@each_client
def test_joint_names_may_come_in_any_order_of_texts(connect: Connect) -> None:
    names = list(WAVE.layout.joints)
    joints = WAVE.joints[:, 0]
    with ScriptedServer(refused(422, "unusable-clip")) as server, connect(server.url) as client:
        keys = dict.fromkeys(names).keys()
        for layout in (names, tuple(names), np.array(names), keys, iter(names)):
            with pytest.raises(module.UnusableClip):
                client.recognize(joints, layout=layout)
        assert len({request.target for request in server.received}) == 1
        with pytest.raises(TypeError, match="joint names"):
            client.recognize(joints, layout=[1, 2])


@each_client
@pytest.mark.parametrize(
    "answer",
    [
        Scripted(200, b"[" * 100_000, {"Content-Type": "application/json"}),
        Scripted(200, b"<h1>Sign in</h1>", {"Content-Type": "text/html"}),
        answered([]),
        answered({"collection": "default"}),
        answered({"action": 3, "collection": "x", "exemplars": []}),
        answered({"action": "x", "collection": "x", "exemplars": [{"exemplar_id": "y"}]}),
        answered({"action": "x", "collection": "x", "exemplars": "none"}),
    ],
)
def test_an_answer_that_is_not_the_services_is_told(connect: Connect, answer: Scripted) -> None:
    with ScriptedServer(answer) as server, connect(server.url) as client:
        with pytest.raises(module.UnexpectedAnswer, match=r"GET http://127.0.0.1:\d+/actions/x"):
            client.action("x")
        with pytest.raises(module.UnexpectedAnswer):
            client.delete("x")
        with pytest.raises(module.UnexpectedAnswer):
            client.draw(WAVE)


def huge() -> np.ndarray[Any, np.dtype[np.float32]]:
    """An array of more bytes than the service takes."""
    return np.zeros((16 * MIB // (25 * 3 * 4) + 1, 25, 3), np.float32)
