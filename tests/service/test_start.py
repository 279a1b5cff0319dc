"""Starting and stopping: a start that cannot succeed says so in one line, with status 2."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.__main__ import main
from service.encoder import Encoder
from tests.redis_server import RedisServer
from tests.service.bodies import clip
from tests.service.caller import Caller, checked_client, performance
from tests.service.models import changed_model
from tests.service_process import ServiceProcess, serve_and_fail, service_environment
from tests.warm_process import ROOT

_SMALL = {"provider": "cpu", "port": "0", "log_level": "error"}


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/oneshot.db"


def refusal(**settings: str) -> str:
    """The one line of a start that failed, in a process of its own."""
    ended = serve_and_fail(**_SMALL | settings)
    return only_line(ended.returncode, ended.stderr)


@pytest.fixture
def refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """The same in this process, which is faster where there are many of them."""

    def start(**settings: str) -> str:
        monkeypatch.setattr(os, "environ", service_environment(**_SMALL | settings))
        monkeypatch.setattr(sys, "argv", ["oneshot", "serve"])
        status = main()
        return only_line(status, capfd.readouterr().err)

    return start


def only_line(status: int, said: str) -> str:
    assert status == 2, said
    assert "Traceback" not in said
    assert said.startswith("error: "), said
    assert said.count("\n") == 1, said
    return said


def test_cuda_without_a_gpu_ends_with_a_clear_message(store: str, model: Path) -> None:
    try:
        Encoder(model, provider="cuda")
    except Exception:
        told = refusal(store=store, model=str(model), provider="cuda")
        assert "ONESHOT_PROVIDER=cuda" in told
    else:  # on a machine with one, the promise is that it computes there
        settings = {"provider": "cuda"}
        with ServiceProcess(store, model, settings) as service, service.client() as client:
            assert client.get("/model").json()["provider"] == "CUDAExecutionProvider"


def test_auto_says_what_it_chose(store: str, model: Path) -> None:
    with ServiceProcess(store, model, {"provider": "auto"}) as service, service.client() as client:
        provider = client.get("/model").json()["provider"]
        assert f"provider          {provider}" in service.log
        assert "provider auto" in service.log or provider == "CUDAExecutionProvider"
        assert client.get("/readyz").json()["provider"] == provider


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "80000"),
        ("port", "http"),
        ("provider", "gpu"),
        ("workers", "-1"),
        ("queue", "0"),
        ("largest_body", "12"),
        ("log_level", "loud"),
    ],
)
def test_a_bad_setting_is_named(
    refused: Callable[..., str], store: str, name: str, value: str
) -> None:
    told = refused(store=store, **{name: value})
    assert f"ONESHOT_{name.upper()}" in told


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "oneshot.db", "sqlite:///", "redis://localhost:port/0", ""]
)
def test_a_store_that_is_none_is_refused(
    refused: Callable[..., str], model: Path, url: str
) -> None:
    told = refused(store=url, model=str(model))
    assert "store" in told or "sqlite:///" in told


def test_a_store_where_no_file_can_be_is_refused(
    refused: Callable[..., str], model: Path, tmp_path: Path
) -> None:
    for place in (tmp_path, Path("/proc/nowhere/oneshot.db")):
        assert f"{place} cannot be opened" in refused(store=f"sqlite:///{place}", model=str(model))


def test_a_store_of_a_newer_release_is_refused(refused: Callable[..., str], model: Path) -> None:
    with RedisServer() as server:
        with server.client() as client:
            client.set("oneshot:schema", 999)
        told = refused(store=server.url, model=str(model))
    assert "999" in told
    assert "upgrade" in told


def test_a_store_that_is_another_programs_file_is_refused(
    refused: Callable[..., str], model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear store, " * 1000)
    assert "letter.db" in refused(store=f"sqlite:///{file}", model=str(model))
    assert file.read_text() == "Dear store, " * 1000


def test_a_port_in_use_is_named(store: str, model: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = refusal(store=store, model=str(model), port=str(port))
    assert f"127.0.0.1:{port}" in told
    assert "ONESHOT_PORT" in told


def test_an_address_that_is_none_is_named(
    refused: Callable[..., str], store: str, model: Path
) -> None:
    told = refused(store=store, model=str(model), host="no-such-host.invalid")
    assert "no-such-host.invalid" in told
    assert "ONESHOT_HOST" in told
    assert "ONESHOT_PORT" not in told


def test_a_missing_model_is_named(store: str, tmp_path: Path) -> None:
    path = tmp_path / "nothing.onnx"
    assert str(path) in refusal(store=store, model=str(path))


def test_a_damaged_model_is_refused(
    refused: Callable[..., str], store: str, model: Path, tmp_path: Path
) -> None:
    whole = model.read_bytes()
    for name, content in (
        ("cut.onnx", whole[: len(whole) // 2]),
        ("text.onnx", b"no model at all"),
        ("empty.onnx", b""),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert name in refused(store=store, model=str(path))


def _another_embedding(stated: dict[str, Any], test: dict[str, Any]) -> None:
    test["embedding"] = [-value for value in test["embedding"]]


def _short_embedding(stated: dict[str, Any], test: dict[str, Any]) -> None:
    test["embedding"] = test["embedding"][:-1]


def _clip_out_of_form(stated: dict[str, Any], test: dict[str, Any]) -> None:
    test["joints"] = "AAAA"


def _another_preparation(stated: dict[str, Any], test: dict[str, Any]) -> None:
    stated["preparation"] += 1


def _no_space(stated: dict[str, Any], test: dict[str, Any]) -> None:
    del stated["space"]


def _no_calibration(stated: dict[str, Any], test: dict[str, Any]) -> None:
    stated["calibration"] = None


def _other_frames(stated: dict[str, Any], test: dict[str, Any]) -> None:
    stated["frames"] += 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_another_embedding, "self-test"),
        (_short_embedding, "self-test"),
        (_clip_out_of_form, "damaged"),
        (_another_preparation, "preparation"),
        (_no_space, "space"),
        (_no_calibration, "calibration"),
        (_other_frames, "self-test"),
    ],
)
def test_a_model_that_does_not_hold_what_it_says_is_refused(
    refused: Callable[..., str], store: str, model: Path, tmp_path: Path, change: Any, says: str
) -> None:
    path = changed_model(model, tmp_path / "changed.onnx", change)
    assert says in refused(store=store, model=str(path))


def test_the_service_needs_no_torch(store: str, model: Path) -> None:
    """The whole application, with a clip enrolled and recognised, in a process without torch."""
    program = """
import json, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "training", "model_export", "onnx", "onnxscript"}:
            raise ImportError(f"{name} is not installed")
sys.meta_path.insert(0, Refuse())
from fastapi.testclient import TestClient
from service.app import create_app
from service.settings import load_settings
body = json.loads(sys.stdin.read())
with TestClient(create_app(load_settings())) as client:
    assert client.post("/enroll", json=body).status_code == 201
    assert client.post("/recognize", json={"clip": body["clip"]}).status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
import service.__main__
heavy = {"torch", "training", "model_export", "onnx", "matplotlib", "pandas", "scipy"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=service_environment(store=store, model=str(model), provider="cpu"),
        input=clip().decode(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


def test_the_greeting_says_what_runs_and_a_line_that_works(store: str, model: Path) -> None:
    with ServiceProcess(store, model) as service, service.client() as client:
        checked = checked_client(client)
        space = checked.get("/model").json()["space"]
        for part in (service.url, "CPUExecutionProvider", store, space, f"{service.url}/docs"):
            assert part in service.log
        line = next(line for line in service.log.splitlines() if "curl" in line)
        curl, option, header, data, file, url = shlex.split(line)
        assert (curl, option, data) == ("curl", "-H", "--data")
        name, _, value = header.partition(": ")
        body = (ROOT / file.removeprefix("@")).read_bytes()
        assert checked.post(url, content=body, headers={name: value}).json()["action"] == "wave"
        assert Caller(checked).recognize(performance("wave"))["matches"]


def test_the_greeting_tells_a_new_file_from_one_with_enrolments(
    tmp_path: Path, model: Path
) -> None:
    store = f"sqlite:///{tmp_path}/mine.db"
    with ServiceProcess(store, model) as service:
        assert f"{store}, new\n" in service.log
    with ServiceProcess(store, model) as service:
        assert f"{store}\n" in service.log
        assert ", new" not in service.log


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as one:
        try:
            one.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_who_reads_the_greeting_can_call_at_once(host: str, store: str, model: Path) -> None:
    if host == "::1" and not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    environment = service_environment(
        store=store, model=str(model), provider="cpu", host=host, port="0"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "service", "serve"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            greeting = next((line for line in process.stdout if "http://" in line), "none")
            url = re.findall(r"http://[\d.:[\]]+", greeting)[0]
            assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
        finally:
            process.terminate()


@pytest.mark.parametrize("form", ["redis://:hunter2@{}/0", "redis://{}/0?password=hunter2"])
def test_no_password_of_the_store_is_told(model: Path, form: str) -> None:
    with RedisServer() as server:
        with server.client() as client:
            client.config_set("requirepass", "hunter2")
        url = form.format(f"127.0.0.1:{server.port}")
        with ServiceProcess(url, model) as service, service.client() as client:
            ready = client.get("/readyz")
            assert ready.status_code == 200
            assert ready.json()["store"] == server.url
            assert server.url in service.log
            assert "hunter2" not in ready.text + service.log


def test_serving_needs_no_library_of_the_tests() -> None:
    program = "import sys, service.__main__, service.serve; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"pytest", "hypothesis", "jsonschema", "scipy", "openai"} & set(told.stdout.split())
