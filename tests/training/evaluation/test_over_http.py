"""The episodes through a service that speaks the contract, over real HTTP."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from service.settings import DEFAULT_MODEL
from skeleton import Archive, prepare, record, resolve_layout
from tests.service_process import ServiceProcess
from training.evaluation.encoders import encoder_from_model
from training.evaluation.features import JOINTS
from training.evaluation.methods import encoder_methods
from training.evaluation.metrics import accuracy, answers, auroc
from training.evaluation.over_http import Service, ServiceFailed
from training.evaluation.protocol import episodes

#: numpy reads headers by what is not thread-safe in some Pythons (skeleton/readers/npy.py).
HEADER_LOCK = threading.Lock()


class _Contract(ThreadingHTTPServer):
    """The nearest neighbour of raw clips behind the contract's calls; torch and model free."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.collections: dict[str, dict[str, np.ndarray]] = {}
        self.ever: list[str] = []
        self.busy = 3
        self.fail_after: int | None = None
        self.fails_with, self.failure = 500, "broken"
        self.asked = 0
        self.told: set[tuple[int, str]] = set()


class _Handler(BaseHTTPRequestHandler):
    server: _Contract
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""

    def _say(self, status: int, body: Any = None, **headers: str) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_DELETE(self) -> None:
        del self.server.collections[self.path.rsplit("/", 1)[1]]
        self._say(204)

    def do_POST(self) -> None:
        body = self._body()
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/collections":
            name = json.loads(body)["name"]
            self.server.collections[name] = {}
            self.server.ever.append(name)
            return self._say(201, {})
        gallery = self.server.collections[query["collection"]]
        clip = self._clip(body, query)
        if url.path == "/enroll":
            gallery[query["action"]] = clip
            return self._say(201, {})
        self.server.asked += 1
        self.server.told.add((len(gallery), query["strangers"]))
        if self.server.busy:
            self.server.busy -= 1
            return self._say(503, Retry_After="0")
        if self.server.fail_after is not None and self.server.asked > self.server.fail_after:
            return self._say(self.server.fails_with, {"type": self.server.failure})
        near = {action: -float(np.abs(clip - other).mean()) for action, other in gallery.items()}
        action = max(near, key=lambda name: near[name])
        score = near[action]
        return self._say(
            200,
            {
                "decision": "match" if score > -0.05 else "unknown",
                "matches": [{"action": action, "score": score, "probability": np.exp(10 * score)}],
            },
        )

    def _clip(self, body: bytes, query: dict[str, str]) -> np.ndarray:
        assert self.headers["Content-Type"] == "application/x-npy"
        with HEADER_LOCK:
            joints = np.load(io.BytesIO(body), allow_pickle=False)
        layout = resolve_layout(query["layout"])
        clip = record(joints, layout, fps=float(query["fps"])).clip()
        poses = prepare(clip, JOINTS, 16).joints[:, 0]
        at = JOINTS.index
        return poses - (poses[:, at["left_hip"]] + poses[:, at["right_hip"]])[:, None] / 2


@pytest.fixture
def contract() -> Iterator[_Contract]:
    server = _Contract()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def service(contract: _Contract) -> Iterator[Service]:
    client = Service(f"http://127.0.0.1:{contract.server_port}/", threads=3)
    yield client
    client.close()


def test_the_same_episodes_run_through_a_service_that_is_busy_at_times(
    archive: Archive, contract: _Contract, service: Service
) -> None:
    drawn = episodes(archive.labels, archive.subjects, repeats=1)
    served = service.serve(archive, drawn)
    assert [len(given.right) for given in served.closed] == [len(e.queries) for e in drawn]
    assert np.mean([accuracy(given) for given in served.closed]) > 0.6
    for episode, given in zip(drawn, served.opened, strict=True):
        known = np.isin(archive.labels[episode.queries], episode.classes[episode.enrolled])
        assert given.known.tolist() == known.tolist()
        assert 0 <= auroc(given) <= 1
    assert served.closed[0].probability is not None
    everything = len(drawn[0].classes)
    assert contract.told == {(everything, "0"), (everything - everything // 2, "0.5")}
    assert served.refused == 0
    shares = served.decisions["half enrolled, unknown"]
    assert shares["match"] + shares["unknown"] + shares["ambiguous"] == pytest.approx(1)
    assert shares["right among matches"] == 0 or np.isnan(shares["right among matches"])


def test_the_collections_are_removed_afterwards(
    archive: Archive, contract: _Contract, service: Service
) -> None:
    drawn = episodes(archive.labels, archive.subjects, repeats=1)
    service.serve(archive, drawn)
    assert len(contract.ever) == 2 * len(drawn)
    assert contract.collections == {}


def test_the_collections_are_removed_after_ctrl_c(
    archive: Archive, contract: _Contract, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = service._recognize

    def interrupted(chosen: Archive, collection: str, strangers: float, clip: int) -> Any:
        if contract.asked > 10:
            raise KeyboardInterrupt
        return answer(chosen, collection, strangers, clip)

    monkeypatch.setattr(service, "_recognize", interrupted)
    with pytest.raises(KeyboardInterrupt):
        service.serve(archive, episodes(archive.labels, archive.subjects))
    assert contract.ever
    assert contract.collections == {}


def test_a_failing_service_is_quoted_and_left_clean(
    archive: Archive, contract: _Contract, service: Service
) -> None:
    contract.fail_after = 10
    with pytest.raises(ServiceFailed, match=r"500.*broken"):
        service.serve(archive, episodes(archive.labels, archive.subjects))
    assert contract.collections == {}


def test_a_clip_that_cannot_be_used_is_a_wrong_answer(
    archive: Archive, contract: _Contract, service: Service
) -> None:
    contract.fail_after, contract.fails_with = 10, 422
    contract.failure = "urn:oneshot:unusable-clip"
    drawn = episodes(archive.labels, archive.subjects, repeats=1)[:1]
    served = service.serve(archive, drawn, halves=False)
    assert served.refused == contract.asked - 10
    assert served.closed[0].right.sum() <= 10


def test_a_service_that_does_not_take_the_request_is_no_wrong_answer(
    archive: Archive, contract: _Contract, service: Service
) -> None:
    """As one from before `strangers` could be told."""
    contract.fail_after, contract.fails_with = 0, 422
    contract.failure = "urn:oneshot:invalid-request"
    with pytest.raises(ServiceFailed, match=r"422.*invalid-request"):
        service.serve(archive, episodes(archive.labels, archive.subjects))
    assert contract.collections == {}


def test_an_absent_service_is_named() -> None:
    with pytest.raises(ServiceFailed, match=r"GET /model at http://127\.0\.0\.1:9"):
        Service("http://127.0.0.1:9").model()


def test_the_real_service_answers_what_the_model_file_measures(
    archive: Archive, tmp_path: Path
) -> None:
    drawn = episodes(archive.labels, archive.subjects, repeats=1)
    in_process = encoder_methods(archive, encoder_from_model(DEFAULT_MODEL))[0]
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as process:
        client = Service(process.url, threads=2)
        served = client.serve(archive, drawn)
        with process.client() as http:
            left = http.get("/collections").json()["collections"]
        client.close()
    assert [collection["name"] for collection in left] == ["default"]
    unsure = 0
    for half, answered in ((False, served.closed), (True, served.opened)):
        for episode, over_http in zip(drawn, answered, strict=True):
            here = answers(
                in_process.similarity, archive.labels, episode, half=half,
                probability=in_process.probability,
            )  # fmt: skip
            assert np.allclose(over_http.best, here.best, atol=1e-3)
            assert np.array_equal(over_http.right, here.right)
            assert over_http.probability is not None
            assert here.probability is not None
            assert np.allclose(over_http.probability, here.probability, atol=1e-3)
            unsure += int(((here.probability > 0.05) & (here.probability < 0.95)).sum())
    assert unsure > 10
