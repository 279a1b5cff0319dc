"""Commands of the project in processes of their own that need not import anything first.

Most of what a short command takes is Python importing fastapi, onnxruntime, torch and the project,
and the tests run hundreds. Here each is forked from a process that has imported them. So a module
of ours that read arguments, environment or files when it is imported would not read the command's;
none does. `tests/test_cold_start.py` starts commands as a shell does.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LIBRARIES = (
    "anyio._backends._asyncio", "fastapi_offline", "hiredis", "httpx", "numpy", "onnx",
    "onnxruntime", "orjson", "PIL.Image", "pydantic_settings", "redis", "rich.table",
    "rich.traceback", "sqlite3", "torch.onnx", "torch.utils.tensorboard", "tqdm",
    "torch._dynamo", "typer.rich_utils", "uvicorn.lifespan.on", "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl", "yaml",
)  # fmt: skip

_OURS = (
    "service.app", "service.command_line.program", "service.serve", "model_export.export",
    "training.ablation.ablate", "training.benchmark.command", "training.evaluation.evaluate",
    "training.importing.command", "training.text.describe", "training.text.embed", "training.train",
)  # fmt: skip

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([*_LIBRARIES, *_OURS])


class WarmProcess:
    """`python -m MODULE ARGUMENTS`; what it writes is appended to the files `output` and `errors`,
    which may be one.

    Unlike a process started anew it reads nothing, ends without atexit's handlers, and has what
    Python and the libraries took from the environment when they were imported.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str],
        output: Path,
        errors: Path | None = None,
        folder: Path = ROOT,
    ) -> None:
        given = (module, arguments, folder, dict(environment), output, errors or output)
        self._command = [module, *arguments]
        self._process = _processes.Process(target=_run, args=given)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its status if it has ended; less than 0, the signal that ended it."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """Its status. Raises `subprocess.TimeoutExpired` if it has not ended by then."""
        self._process.join(seconds)
        status = self._process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired(self._command, seconds or 0)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """Nothing, if it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        # Python would wait for it when it ends.
        if hasattr(self, "_process") and self.poll() is None:
            self.kill()
            said = f"{self._command} is still running"
            warnings.warn(said, ResourceWarning, stacklevel=2, source=self)


class CapturedProcess(WarmProcess):
    """A warm process that keeps what it writes."""

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str], folder: Path = ROOT
    ) -> None:
        self._written = tempfile.TemporaryDirectory(prefix="oneshot-command-")
        self._files = [Path(self._written.name, name) for name in ("output", "errors")]
        super().__init__(
            module, *arguments, environment=environment, folder=folder,
            output=self._files[0], errors=self._files[1],
        )  # fmt: skip

    def completed(self, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Waits for its end; how it ended and what it wrote, which is then gone. One that has not
        ended by then is killed: raises `subprocess.TimeoutExpired`."""
        with self._written:
            try:
                status = self.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                self.wait()
                raise
            said = (file.read_text() for file in self._files)
            return subprocess.CompletedProcess(self._command, status, *said)


def run_to_end(
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path = ROOT,
    seconds: float = 120,
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` would `python -m MODULE ARGUMENTS`, with what it wrote."""
    process = CapturedProcess(module, *arguments, environment=environment, folder=folder)
    return process.completed(seconds)


def _run(
    module: str,
    arguments: tuple[str, ...],
    folder: Path,
    environment: dict[str, str],
    output: Path,
    errors: Path,
) -> None:
    for number, file in enumerate((output, errors), start=1):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
