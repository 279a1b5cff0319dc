"""What every test shares: the word on real data, and what runs where and when."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# As `oneshot` does, before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from training.data_folder import VARIABLE, data_folder

REQUIRED = "ONESHOT_REQUIRE_DATA"
#: Folders whose tests share a trained model.
TOGETHER = ("tests/model_export", "tests/training/ablation", "tests/training/guidance")
#: Files whose tests share nothing and run wherever a process is free.
APART = ("tests/skeleton/readers/test_hostile_bodies.py",)
#: Those of `TOGETHER`, and files that train, export or measure for long.
LONG = (
    *TOGETHER,
    "tests/test_end_to_end.py",
    "tests/test_default_model.py",
    "tests/training/test_",
    "tests/service/command_line/test_migrate.py",
)


def data_is_absent() -> bool:
    return not (data_folder() / "utdmhad.npz").is_file()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_data: measures on the real data sets")


class ByFile(LoadFileScheduling):
    """A file's tests run in one process, and so do those of a folder of `TOGETHER`; those of a
    file of `APART` in any."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return nodeid if path in APART else _group(path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def _group(path: str) -> str:
    """What runs together with the file of this path from the root."""
    return next((folder for folder in TOGETHER if path.startswith(f"{folder}/")), path)


def pytest_collection_finish() -> None:
    # All that was imported is left out of what `_all_is_closed` looks through.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _all_is_closed() -> Iterator[None]:
    """What a file's tests leave open fails there, and not where it happens to be found."""
    # What outlived the file before, imports above all, is not looked through again after this one:
    # that took a second for each. Not sooner: its last test's fixtures were still held.
    gc.collect()
    gc.freeze()
    yield
    gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes long begins first, so that no process waits for it at the end.
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    _leave_out_real_data(items)


def _leave_out_real_data(items: list[pytest.Item]) -> None:
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
