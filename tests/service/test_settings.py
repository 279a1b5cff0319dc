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
from tests.service_process import ServiceProcess

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
