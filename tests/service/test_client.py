"""The client: what its users hand over arrives, and what the service answers they get, typed."""

from __future__ import annotations

import asyncio
import inspect
import json
import ssl
import uuid
from collections.abc import Callable
from dataclasses import asdict, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest

from service import client as module
from service.client import AsyncClient, Client, UnusableClip
from skeleton import Clip, Recording
from skeleton.animator.examples import as_json
from skeleton.layouts import LAYOUTS, custom_layout
from skeleton.writers.bvh import write_bvh
from tests.service.both_clients import Connect, each_client
from tests.service.caller import JSON, performance
from tests.service.scripted_server import ScriptedServer, answered
from tests.service_process import ServiceProcess

NAMES = [
    "wave",
    "two words",
    "a?b=c&d#e",
    "..",
    "100%",
    "a%41",
    "Zürich 手を振る",
    "a+b;c",
    "'\"<>",
]
WAVE = performance("wave", 1)
JOINTS = WAVE.joints[:, 0]  # (T, 25, 3)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # clients heed the environment's proxies


@pytest.fixture
def service(running: Callable[[str, int], ServiceProcess]) -> ServiceProcess:
    return running("sqlite", 0)


@pytest.fixture
def collection(service: ServiceProcess) -> str:
    """A collection of a name never used before."""
    name = f"client-{uuid.uuid4().hex}"
    with Client(service.url) as client:
        client.create_collection(name)
    return name


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_certificates_are_read_for_https_alone(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = ssl.SSLContext.load_verify_locations

    def reading(context: ssl.SSLContext, *args: Any, **named: Any) -> None:
        read.append("certificates")
        real(context, *args, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", reading)
    plain = kind("http://127.0.0.1:1")
    assert read == []
    secure = kind("https://127.0.0.1:1")
    assert read
    for client in (plain, secure):
        client.close() if isinstance(client, Client) else asyncio.run(client.aclose())


@each_client
def test_every_kind_of_clip_is_the_same_clip(
    connect: Connect, service: ServiceProcess, collection: str, tmp_path: Path
) -> None:
    np.save(tmp_path / "wave.npy", JOINTS)
    (tmp_path / "enroll.json").write_bytes(as_json(WAVE, action="not this name"))
    turned = JOINTS * np.float32([1, -1, -1])
    layout, axes = WAVE.layout, "x,-y,-z"
    several = np.stack([np.zeros_like(turned), turned], axis=1)
    named = {"layout": "kinect_v2", "fps": WAVE.fps}
    unseen = JOINTS.copy()
    unseen[3:20, 6] = np.nan
    with connect(service.url, collection=collection) as client:
        client.enroll(WAVE, "wave")
        seen = {
            "array": client.recognize(JOINTS, **named),
            "float64": client.recognize(JOINTS.astype(float), **named),
            "Fortran order": client.recognize(np.asfortranarray(JOINTS), **named),
            "persons": client.recognize(WAVE.joints, **named),
            "names": client.recognize(JOINTS, layout=list(layout.joints), fps=WAVE.fps),
            "layout": client.recognize(JOINTS, layout=layout, fps=WAVE.fps),
            "clip": client.recognize(WAVE),
            "recording": client.recognize(Recording(several, layout, axes, WAVE.fps, person=1)),
            "axes said": client.recognize(turned, axes=axes, **named),
            "person said": client.recognize(several, axes=axes, person=1, **named),
            "npy file": client.recognize(tmp_path / "wave.npy", **named),
            "format said": client.recognize(str(tmp_path / "wave.npy"), format="npy", **named),
        }
        for way, answer in seen.items():
            assert answer.action == "wave", way
            assert answer.similarity == pytest.approx(1.0, abs=1e-5), way
            assert answer.warnings == (), way
        for path in (tmp_path / "enroll.json", str(tmp_path / "enroll.json")):
            # A JSON body holds millimetres.
            assert client.recognize(path).similarity == pytest.approx(1.0, abs=1e-3)
        half = client.recognize(JOINTS.astype(np.float16), **named)
        assert half.similarity == pytest.approx(1.0, abs=1e-2)
        masked = np.ma.masked_array(np.nan_to_num(unseen, nan=9.0), mask=np.isnan(unseen))
        by_mask, by_nan = client.recognize(masked, **named), client.recognize(unseen, **named)
        assert by_mask.similarity == by_nan.similarity


@each_client
def test_a_clip_is_sent_in_its_own_axes_whatever_its_layout_says(
    connect: Connect, service: ServiceProcess, collection: str
) -> None:
    # A layout whose source has y down, and a name that the service does not know.
    layout = custom_layout(WAVE.layout.joints, name="mine", axes="x,-y,-z")
    with connect(service.url, collection=collection) as client:
        client.enroll(WAVE, "wave")
        for clip in (Clip(WAVE.joints, layout, WAVE.fps), WAVE):
            assert client.recognize(clip).similarity == pytest.approx(1.0, abs=1e-5)
            assert client.inspect(clip).axes == "x,y,z"
        lifted = Clip(WAVE.joints[:, :, :17], LAYOUTS["h36m"], WAVE.fps)
        assert client.inspect(lifted, layout="h36m").axes == "x,y,z"


@each_client
def test_what_the_caller_says_goes_before_what_the_clip_says(
    connect: Connect, service: ServiceProcess
) -> None:
    with connect(service.url) as client:
        told = client.inspect(WAVE, fps=15, axes="x,z,-y", layout="kinect_v2")
    assert (told.fps, told.axes, told.layout) == (15.0, "x,z,-y", "kinect_v2")


@each_client
def test_files_are_sent_as_they_are(
    connect: Connect, service: ServiceProcess, collection: str, tmp_path: Path
) -> None:
    recording = Recording(WAVE.joints, WAVE.layout, "x,y,z", WAVE.fps)
    bvh = tmp_path / "wäve.bvh"
    bvh.write_bytes(write_bvh(recording))
    enrolled = tmp_path / "wave.json"
    enrolled.write_bytes(as_json(WAVE, action="not this name"))
    with connect(service.url, collection=collection) as client:
        assert client.enroll(enrolled, "wave").action == "wave"
        assert client.enroll(enrolled, "wave", format="json").exemplars == 2
        assert client.recognize(bvh).action == "wave"
        assert client.inspect(bvh).format == "bvh"
        with pytest.raises(FileNotFoundError):
            client.recognize(tmp_path / "nothing.bvh")


@each_client
def test_an_amc_goes_with_its_asf(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "a.asf").write_bytes(b"bones")
    (tmp_path / "a.amc").write_bytes(b"motion")
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        with pytest.raises(module.UnexpectedAnswer):
            client.recognize(tmp_path / "a.amc", skeleton=tmp_path / "a.asf", format="amc")
        (request,) = server.received
    assert b'name="skeleton"; filename="a.asf"' in request.body
    assert b'name="motion"; filename="a.amc"' in request.body
    assert b"format=amc" in request.target.encode()


@each_client
@pytest.mark.parametrize(
    ("there", "found"),
    [
        (["02_01.asf", "02.asf"], "02_01.asf"),
        (["02.asf", "03.asf", "02_02.asf"], "02.asf"),
        (["bones.ASF", "02_01.bvh"], "bones.ASF"),
    ],
)
def test_the_asf_of_an_amc_is_found_beside_it(
    connect: Connect, tmp_path: Path, there: list[str], found: str
) -> None:
    for name in there:
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "02_01.AMC").write_bytes(b"motion")
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        for format in (None, "amc"):
            with pytest.raises(module.UnexpectedAnswer):
                client.recognize(tmp_path / "02_01.AMC", format=format)
        for request in server.received:
            assert f'name="skeleton"; filename="{found}"'.encode() in request.body
            assert b"\r\n\r\n" + found.encode() + b"\r\n" in request.body
            assert b'name="motion"; filename="02_01.AMC"' in request.body


@each_client
@pytest.mark.parametrize("there", [[], ["a.asf", "b.asf"]])
def test_an_amc_without_its_asf_is_told_what_to_give(
    connect: Connect, tmp_path: Path, there: list[str]
) -> None:
    for name in there:
        (tmp_path / name).write_bytes(b"bones")
    (tmp_path / "02_01.amc").write_bytes(b"motion")
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        with pytest.raises(ValueError, match=r"02_01\.amc: .*skeleton="):
            client.recognize(tmp_path / "02_01.amc")
        with pytest.raises(FileNotFoundError, match=r"02_02\.amc"):
            client.recognize(tmp_path / "02_02.amc")
        assert not server.received


@each_client
@pytest.mark.parametrize("kind", [np.int16, np.int32, np.int64, np.uint16])
def test_whole_numbers_are_sent_as_they_are(connect: Connect, kind: type[np.integer[Any]]) -> None:
    millimetres = np.abs(JOINTS * 1000).astype(kind)
    masked = np.ma.masked_array(millimetres, mask=np.zeros(millimetres.shape, bool))
    masked.mask[2, 3] = True
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        for clip in (millimetres, masked):
            with pytest.raises(module.UnexpectedAnswer):
                client.recognize(clip, layout="kinect_v2")
        plain, holed = (np.load(BytesIO(request.body)) for request in server.received)
    assert plain.dtype == holed.dtype == np.float32
    assert np.array_equal(plain, millimetres)
    assert np.array_equal(np.isnan(holed), masked.mask)
    assert np.array_equal(holed[~masked.mask], millimetres[~masked.mask])


@each_client
@pytest.mark.parametrize(
    ("clip", "options", "says"),
    [
        (JOINTS, {}, "layout= is needed"),
        (JOINTS[..., :2], {"layout": "kinect_v2"}, r"\(T, V, 3\)"),
        (JOINTS[0], {"layout": "kinect_v2"}, r"not \(25, 3\)"),
        (JOINTS[:0], {"layout": "kinect_v2"}, "hold nothing"),
        (JOINTS > 0, {"layout": "kinect_v2"}, "not bool"),
        (JOINTS.astype(complex), {"layout": "kinect_v2"}, "not complex128"),
        (JOINTS.astype(object), {"layout": "kinect_v2"}, "not object"),
        (JOINTS, {"layout": "kinect_v2", "format": "npy"}, "for files"),
        (JOINTS.tolist(), {"layout": "kinect_v2"}, "not list"),
        (None, {}, "not NoneType"),
        (b"wave.bvh", {}, "not bytes"),
    ],
)
def test_what_is_no_clip_is_told_before_anything_is_sent(
    connect: Connect, clip: Any, options: dict[str, Any], says: str
) -> None:
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        for call in (client.recognize, client.inspect, client.draw):
            with pytest.raises((ValueError, TypeError), match=says):
                call(clip, **options)
        with pytest.raises((ValueError, TypeError), match=says):
            client.enroll(clip, "wave", **options)
        assert not server.received


@each_client
@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.enroll(WAVE, "a/b"),
        lambda c: c.action("a/b"),
        lambda c: c.delete("a/b"),
        lambda c: c.delete("wave", "a/b"),
        lambda c: c.collection("a/b"),
        lambda c: c.create_collection("a/b"),
        lambda c: c.delete_collection("a/b"),
    ],
)
def test_a_name_with_a_slash_is_told_before_anything_is_sent(
    connect: Connect, call: Callable[[Any], Any]
) -> None:
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        with pytest.raises(ValueError, match="'a/b' has a /"):
            call(client)
        assert not server.received


@each_client
def test_a_json_file_may_hold_its_action_itself(
    connect: Connect, service: ServiceProcess, collection: str, tmp_path: Path
) -> None:
    named, bare = tmp_path / "named.json", tmp_path / "bare.json"
    named.write_bytes(as_json(WAVE, action="wave"))
    bare.write_bytes(as_json(WAVE))
    with connect(service.url, collection=collection) as client:
        assert client.enroll(named).action == "wave"
        with pytest.raises(module.InvalidRequest, match="action: it needs a name"):
            client.enroll(bare)


@each_client
def test_only_a_file_may_leave_out_its_action(connect: Connect) -> None:
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        for clip, options in ((JOINTS, {"layout": "kinect_v2"}), (WAVE, {})):
            with pytest.raises(ValueError, match="action= is needed"):
                client.enroll(clip, **options)
        assert not server.received


@each_client
def test_an_empty_name_deletes_nothing(connect: Connect) -> None:
    with ScriptedServer(answered({})) as server, connect(server.url) as client:
        for delete in (
            lambda: client.delete(""),
            lambda: client.delete("wave", ""),
            lambda: client.delete_collection(""),
        ):
            with pytest.raises(ValueError, match="empty"):
                delete()
        assert not server.received


@each_client
def test_any_name_finds_its_action_again(
    connect: Connect, service: ServiceProcess, collection: str
) -> None:
    with connect(service.url, collection=collection) as client:
        for name in NAMES:
            assert client.enroll(WAVE, name).action == name
        assert [entry.action for entry in client.actions()] == sorted(NAMES)
        for name in NAMES:
            detail = client.action(name)
            assert (detail.action, len(detail.exemplars)) == (name, 1)
            client.delete(name, detail.exemplars[0].exemplar_id)
            with pytest.raises(module.UnknownAction):
                client.action(name)
        assert list(client.actions()) == []


@each_client
def test_actions_are_listed_to_the_last_page(
    connect: Connect, service: ServiceProcess, collection: str
) -> None:
    short = WAVE.joints[::6]
    names = [f"action {number:03}" for number in range(module._PAGE + 1)]
    with connect(service.url, collection=collection) as client:
        for name in names:
            client.enroll(short, name, layout="kinect_v2", fps=10)
        assert [entry.action for entry in client.actions()] == names
        assert next(iter(client.actions())).exemplars == 1


@each_client
def test_answers_hold_every_field_of_the_service(
    connect: Connect, service: ServiceProcess, collection: str
) -> None:
    def get(path: str, **query: Any) -> Any:
        return raw.get(path, params={"collection": collection, **query}).json()

    with connect(service.url, collection=collection) as client, service.client() as raw:
        client.enroll(performance("kick", 1), "kick")
        enrolled = client.enroll(WAVE, "wave")
        exemplar = client.action("wave").exemplars[0]
        assert enrolled.exemplar_id == exemplar.exemplar_id
        assert enrolled.quality == exemplar.quality
        assert enrolled.similar is not None
        assert enrolled.similar.action == "kick"
        posted = raw.post(
            "/recognize", params={"collection": collection}, content=as_json(WAVE), headers=JSON
        )
        recognized = plain(client.recognize(json_clip(posted)))
        assert recognized == posted.json()
        assert plain(client.action("wave")) == get("/actions/wave")
        assert [plain(entry) for entry in client.actions()] == get("/actions")["actions"]
        assert plain(client.collection(collection)) == raw.get(f"/collections/{collection}").json()
        listed = {info.name: info for info in client.collections()}
        assert listed[collection] == client.collection(collection)
        assert plain(client.model()) == raw.get("/model").json()
        assert plain(client.ready()) == raw.get("/readyz").json()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("EnrollAnswer", module.Enrolled),
        ("QualityAnswer", module.Quality),
        ("SimilarAnswer", module.Similar),
        ("SameClipAnswer", module.SameClip),
        ("RecognizeAnswer", module.Recognized),
        ("MatchAnswer", module.Match),
        ("InspectAnswer", module.Inspected),
        ("ActionAnswer", module.ActionEntry),
        ("ActionDetailAnswer", module.ActionDetail),
        ("ExemplarAnswer", module.Exemplar),
        ("CollectionAnswer", module.CollectionInfo),
        ("ModelAnswer", module.ModelInfo),
        ("ReadyAnswer", module.Readiness),
    ],
)
def test_answers_have_the_fields_that_openapi_names(
    service: ServiceProcess, answer: str, kind: type[Any]
) -> None:
    with service.client() as raw:
        schema = raw.get("/openapi.json").json()["components"]["schemas"][answer]
    assert {part.name for part in fields(kind)} == set(schema["properties"])


@each_client
def test_answers_of_other_releases_are_read(connect: Connect) -> None:
    answer = {
        "decision": "match", "action": "wave", "probability": 1, "similarity": 0.5, "score": 2.0,
        "margin": None, "threshold": 0.4, "space": "s", "revision": 3, "new": {"of": "later"},
        "matches": [{"action": "wave", "exemplar_id": "e", "similarity": 0.5, "score": 2.0,
                     "probability": 0.9, "new": 1}],
    }  # fmt: skip
    newer = {**answer, "joint_importance": {"head": 0.25}, "decision": "undecided"}
    with ScriptedServer(answered(answer), answered(newer)) as server, connect(server.url) as client:
        old, new = client.recognize(WAVE), client.recognize(WAVE)
    assert (old.stale, old.warnings, old.joint_importance) == (False, (), None)
    assert old.matches == (module.Match("wave", "e", 0.5, 2.0, 0.9),)
    assert new.joint_importance == {"head": 0.25}
    assert new.decision == "undecided"


@each_client
def test_a_clip_is_told_and_drawn(connect: Connect, service: ServiceProcess) -> None:
    with connect(service.url) as client:
        told = client.inspect(WAVE)
        assert (told.format, told.persons, told.usable, told.reason) == ("npy", 1, True, None)
        assert told.frames == len(JOINTS)
        assert told.height == pytest.approx(1.7, abs=0.3)
        assert client.draw(WAVE).startswith(b"\x89PNG")
        assert client.draw(JOINTS, "gif", layout="kinect_v2").startswith(b"GIF8")
        with pytest.raises(ValueError, match="png or gif"):
            client.draw(WAVE, "svg")
        flat = WAVE.joints.copy()
        flat[..., 2] = 0
        refused = client.inspect(flat, layout="kinect_v2")
        assert not refused.usable
        assert "two-dimensional" in (refused.reason or "")
        with pytest.raises(UnusableClip, match="two-dimensional"):
            client.recognize(flat, layout="kinect_v2")


@each_client
def test_collections_are_apart(connect: Connect, service: ServiceProcess, collection: str) -> None:
    other = f"{collection}-2"
    with connect(service.url, collection=collection) as client:
        assert client.create_collection(other).actions == 0
        client.enroll(WAVE, "wave", collection=other)
        assert client.recognize(WAVE).decision == "unknown"
        assert client.recognize(WAVE, collection=other, k=1).decision == "match"
        told = [client.recognize(WAVE, collection=other, strangers=s) for s in (0, 0.9, None)]
        assert told[0].probability == 1  # it can be no other action
        assert told[1].probability < told[2].probability < 1
        assert [e.action for e in client.actions(collection=other)] == ["wave"]
        client.delete("wave", collection=other)
        assert client.collection(other).actions == 0
        client.delete_collection(other)
        with pytest.raises(module.UnknownCollection):
            client.collection(other)


@each_client
def test_a_key_is_sent_as_a_bearer_token_and_nowhere_else(connect: Connect) -> None:
    with ScriptedServer(answered({"collections": []})) as server:
        with connect(server.url, key="s3cret") as client:
            client.collections()
        with connect(server.url) as client:
            client.collections()
        with connect(server.url + "/behind/a/proxy/") as client:
            client.collections()
    first, second, third = server.received
    assert first.headers["authorization"] == "Bearer s3cret"
    assert "authorization" not in second.headers
    assert third.target == "/behind/a/proxy/collections"
    with pytest.raises(ValueError, match="key") as raised:
        connect(server.url, key="two\nlines")
    assert "lines" not in str(raised.value)


@each_client
@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "localhost", "ftp://host", "http://", "http://host:port"]
)
def test_what_is_no_url_is_told_at_once(connect: Connect, url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        connect(url)


@each_client
def test_a_closed_client_says_so(connect: Connect, service: ServiceProcess) -> None:
    with connect(service.url) as client:
        client.model()
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            client.model()


def test_both_clients_have_the_same_calls() -> None:
    def calls(kind: type[Any]) -> dict[str, Any]:
        public = {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
        assert all(call.__doc__ for call in public.values())
        return {name: list(inspect.signature(c).parameters.values()) for name, c in public.items()}

    waiting, awaiting = calls(Client), calls(AsyncClient)
    assert waiting.pop("close") == awaiting.pop("aclose")
    assert waiting == awaiting
    assert inspect.signature(Client.action).return_annotation is module.ActionDetail
    told = {"layout", "fps", "axes", "person", "format", "skeleton"}
    assert told <= set(inspect.signature(Client.enroll).parameters)


def test_an_async_client_has_many_calls_under_way(service: ServiceProcess, collection: str) -> None:
    async def work() -> list[module.Recognized]:
        async with AsyncClient(service.url, collection=collection) as client:
            await client.enroll(WAVE, "wave")
            return await asyncio.gather(*(client.recognize(WAVE) for _ in range(32)))

    assert {answer.action for answer in asyncio.run(work())} == {"wave"}


def json_clip(response: httpx.Response) -> Clip:
    """The clip that a JSON request held."""
    clip = json.loads(response.request.content)["clip"]
    return Clip(np.float32(clip["joints"])[:, None], WAVE.layout, clip["fps"])


def plain(answer: Any) -> dict[str, Any]:
    """An answer as the JSON it came as."""
    tree: dict[str, Any] = orjson.loads(orjson.dumps(asdict(answer)))
    return tree
