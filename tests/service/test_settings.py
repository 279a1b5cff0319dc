"""Settings: frozen, from the environment, and told in the README as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import (
    DEFAULT_MODEL,
    BadSettings,
    Settings,
    load_settings,
    settings_table,
    unknown_variables,
)
from tests.service.bodies import clip, npy
from tests.service.caller import JSON, NPY, Caller, checked_client
from tests.service.forms import FORM, form
from tests.service.own_layout import in_the_suit, suit_file
from tests.service_process import ServiceProcess, serve_and_fail

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PLACES = [README, ROOT / "Makefile", ROOT / "compose.yaml", ROOT / "docker" / "prove.sh"]


def test_the_readme_has_the_table_of_settings() -> None:
    told = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", README.read_text(), re.DOTALL)
    assert told is not None, "README.md needs <!-- settings --> and <!-- /settings -->"
    assert told.group(1).strip() == settings_table().strip()


def test_the_table_names_every_setting_with_its_meaning() -> None:
    rows = settings_table().splitlines()[2:]
    assert len(rows) == len(Settings.model_fields)
    for row, name in zip(rows, Settings.model_fields, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert cells[0] == f"`ONESHOT_{name.upper()}`"
        assert len(cells) == 3
        assert len(cells[2]) > 10


def test_the_table_tells_nothing_of_this_machine() -> None:
    assert str(Path.cwd()) not in settings_table()
    assert "`service/models/default.onnx`" in settings_table()


def test_a_variable_sets_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_PORT", "9000")
    monkeypatch.setenv("ONESHOT_LOG_LEVEL", "debug")
    settings = load_settings()
    assert (settings.port, settings.log_level) == (9000, "debug")


def test_a_variable_out_of_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_WORKERS", "-1")
    with pytest.raises(BadSettings, match="ONESHOT_WORKERS"):
        load_settings()


def test_a_misspelt_variable_is_named_at_start_with_the_one_meant(tmp_path: Path) -> None:
    misspelt = {"stoer": "redis://elsewhere", "xyzzy": "1", "require_data": "1"}
    with ServiceProcess(f"sqlite:///{tmp_path}/oneshot.db", DEFAULT_MODEL, misspelt) as service:
        told = [line for line in service.log.splitlines() if "is no setting" in line]
    assert len(told) == 2
    assert "ONESHOT_STOER" in told[0]
    assert told[0].endswith("did you mean ONESHOT_STORE?")
    assert "ONESHOT_XYZZY" in told[1]


def test_no_variable_that_something_reads_is_called_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "".join(path.read_text() for path in PLACES)
    read = set(re.findall(r"\bONESHOT_[A-Z_]+[A-Z]\b", said))
    assert {"ONESHOT_DATA", "ONESHOT_LOCAL_DOCKER", "ONESHOT_PORT"} <= read
    for variable in read:
        monkeypatch.setenv(variable, "1")
    assert unknown_variables() == []


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_an_empty_variable_is_not_set_but_for_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"ONESHOT_{name.upper()}", "")
    monkeypatch.delenv("ONESHOT_STORE")
    assert load_settings() == Settings.model_construct()
    monkeypatch.setenv("ONESHOT_STORE", "")
    assert load_settings().store == ""  # which names no store: the start ends with that


def test_a_registered_layout_may_be_named_wherever_a_layout_is(tmp_path: Path) -> None:
    folder = tmp_path / "layouts"
    folder.mkdir()
    suit_file(folder)
    store = f"sqlite:///{tmp_path}/oneshot.db"
    wave, kick = in_the_suit("wave"), in_the_suit("kick")
    with (
        ServiceProcess(store, DEFAULT_MODEL, {"layouts": str(folder)}) as service,
        service.client() as client,
    ):
        user = Caller(checked_client(client))
        for response in (
            user.post("/enroll", npy(wave), NPY, action="wave", layout="suit", fps=30),
            user.post("/enroll", clip(kick.tolist(), layout="suit"), JSON),
        ):
            assert response.status_code == 201, response.text
            # Ten joints are fewer than the model knows, and nothing else is to be remarked.
            (warning,) = response.json()["quality"]["warnings"]
            assert warning.startswith("partly_seen: ")
        body = form({"file": ("wave.npy", npy(wave))}, {"layout": "suit", "fps": "30"})
        assert user.post("/recognize", body, FORM).json()["similarity"] > 1 - 1e-5
        told = user.post("/clips:inspect", body, FORM).json()
        assert (told["layout"], told["axes"], len(told["joints"])) == ("suit", "x,z,-y", 10)
        refused = user.post("/recognize", npy(wave), NPY, layout="siut").json()
        assert (refused["type"], "suit" in refused["detail"]) == (
            "urn:oneshot:unknown-layout",
            True,
        )
        unnamed = user.post("/recognize", npy(wave), NPY).json()
        assert "suit" in unnamed["detail"]
        assert "suit" in user.client.get("/model").json()["layouts"]
        document = user.client.get("/openapi.json").json()
        assert "suit" in document["components"]["schemas"]["LayoutName"]["description"]
    with ServiceProcess(store, DEFAULT_MODEL) as service, service.client() as client:
        user = Caller(checked_client(client))
        assert user.post("/recognize", npy(wave), NPY, layout="suit").status_code == 422
        names = ",".join(told["joints"])
        answer = user.post(
            "/recognize", npy(wave), NPY, layout=names, axes=told["axes"], fps=30
        ).json()
        assert answer["similarity"] > 1 - 1e-5
        assert answer["matches"][0]["action"] == "wave"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "suit.yaml"),
        ("name: suit\njoints: [Hip_C]\n", "Hip_C"),
        ("joints: [", "line"),
        ("", "suit.yaml"),
    ],
)
def test_a_bad_layout_file_ends_the_start_with_one_line(
    tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "suit.yaml"
    if content is not None:
        file.write_text(content)
    ended = serve_and_fail(
        store=f"sqlite:///{tmp_path}/oneshot.db", layouts=str(file), provider="cpu", port="0"
    )
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert line.startswith("error: ")
    assert says in line
