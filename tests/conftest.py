"""What every test shares: the word on real data."""

from __future__ import annotations

import os

import pytest

# As `oneshot` does, before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from training.data_folder import VARIABLE, data_folder

REQUIRED = "ONESHOT_REQUIRE_DATA"


def data_is_absent() -> bool:
    return not (data_folder() / "utdmhad.npz").is_file()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_data: measures on the real data sets")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the data sets, which the project may not ship, what measures on them is left out;
    where the data is required it fails instead."""
    if os.environ.get(REQUIRED) or not data_is_absent():
        return
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(pytest.mark.skip(reason=f"no data sets in {data_folder()}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if data_is_absent():
        terminalreporter.section("NOT MEASURED ON REAL DATA", sep="!", red=True, bold=True)
        terminalreporter.write_line(
            f"{data_folder()} holds no data sets: set {VARIABLE} to their folder to run the tests "
            f"that measure on real people, and {REQUIRED}=1 to fail without."
        )
