"""The seam around onnxruntime: everything else does not know which provider computes."""

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from service.model_file import BadModel, ModelInfo, read_metadata
from service.model_outputs import Arrays, ModelOutputs
from skeleton import Prepared, Quality, Recording, UnusableClip, prepare

log = logging.getLogger(__name__)

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"


class ProviderUnavailable(RuntimeError):
    """The provider that was asked for cannot compute here."""


class Encoder:
    """A model file in a session. `run` may be called from several threads at once.

    `provider` is what the session really uses. Raises `BadModel`, `ProviderUnavailable`.
    """

    def __init__(self, path: Path, *, provider: str = "auto", threads: int = 1) -> None:
        # onnxruntime reports usage on some platforms from 1.31; nothing leaves this process.
        onnxruntime.disable_telemetry_events()
        if not path.is_file():
            raise BadModel(f"there is no model file {path}")
        try:
            self._session = _session(path, provider, threads)
        except ProviderUnavailable:
            raise
        except Exception as error:  # onnxruntime raises many types, all bare Exceptions
            raise BadModel(f"onnxruntime cannot load {path}: {error}") from error
        self.provider: str = self._session.get_providers()[0]
        self.info: ModelInfo = read_metadata(self._session.get_modelmeta().custom_metadata_map)
        declared = {o.name: (o.type, tuple(o.shape[1:])) for o in self._session.get_outputs()}
        self.outputs = ModelOutputs.of(declared, self.info)

    def run(self, prepared: Prepared) -> Arrays:
        """Encode one prepared clip: every output of the model, without the batch axis."""
        inputs: dict[str, Any] = {"joints": prepared.joints[None], "seen": prepared.seen[None]}
        values = self._session.run(self.outputs.names, inputs)
        return {name: value[0] for name, value in zip(self.outputs.names, values, strict=True)}

    def prepared(self, recording: Recording) -> Prepared:
        """A clip as the model takes it. Raises `UnusableClip`."""
        return prepare(
            recording.clip(), self.info.layout, self.info.frames, person=recording.person
        )

    def embed(self, recording: Recording) -> tuple[Arrays, Quality]:
        """What is stored of an exemplar, and compared: the same at enrolment and ever after.

        Raises `UnusableClip`.
        """
        prepared = self.prepared(recording)
        arrays = self.run(prepared)
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise UnusableClip("the model finds no finite embedding for this clip")
        return arrays, prepared.quality

    def self_test(self) -> float:
        """Encode the clip that the file carries; it is the warm-up too.

        Returns the largest difference to what is expected. Raises `BadModel` beyond the stated
        tolerance, and where another output breaks the contract.
        """
        test = self.info.self_test
        try:
            prepared = prepare(test.recording.clip(), self.info.layout, self.info.frames)
            for _ in range(3):  # the first runs allocate and, on a GPU, choose algorithms
                arrays = self.run(prepared)
            differences = {
                name: float(np.abs(arrays[name] - expected).max())
                for name, expected in test.expected.items()
            }
        except Exception as error:  # as above; a graph that does not fit what the file says
            raise BadModel(f"the model cannot encode its self-test clip: {error}") from error
        for name, difference in differences.items():
            if not difference <= test.tolerance:
                raise BadModel(
                    f"the self-test clip's {name} differs by {difference:.2g}, more than "
                    f"{test.tolerance:g}: this machine or this build does not compute the model "
                    "rightly"
                )
        self.outputs.check(arrays)
        return max(differences.values())


def _session(path: Path, provider: str, threads: int) -> onnxruntime.InferenceSession:
    chosen = _CPU if provider == "cpu" else _CUDA
    if chosen == _CUDA and not _gpu_present():
        reason = "no NVIDIA GPU or driver was found"
        if provider == "cuda":
            raise ProviderUnavailable(
                f"ONESHOT_PROVIDER=cuda, but {reason}. Set ONESHOT_PROVIDER=auto or cpu to run on "
                "the CPU, or give the process a GPU"
            )
        log.info("provider auto: %s, the CPU is used", reason)
        chosen = _CPU
    if chosen == _CUDA:
        try:
            return _cuda_session(path)
        except Exception as error:
            if provider == "cuda":
                raise ProviderUnavailable(
                    f"ONESHOT_PROVIDER=cuda, but no CUDA session computes: {error}. Install "
                    "the NVIDIA libraries: in a checkout by .venv/bin/pip install -e '.[gpu]', in "
                    "Docker by docker/compose.gpu.yaml"
                ) from error
            log.warning("provider auto: no CUDA session (%s), the CPU is used", error)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Which arrays could share their memory onnxruntime finds out by comparing all with all, most of
    # a session's start. Without it runs took the same time and no more memory.
    options.enable_mem_reuse = False
    # Spinning threads would take the cores from the other workers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=[_CPU])


def _cuda_session(path: Path) -> onnxruntime.InferenceSession:
    """A session with CUDA alone, so that nothing falls back to the CPU in silence, and one that
    computes: a library that is missing shows at the first run only."""
    onnxruntime.preload_dlls()
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    # Whole float32: with TF32's ten bits a body three metres away is known to millimetres only.
    cuda = (_CUDA, {"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"})
    session = onnxruntime.InferenceSession(str(path), options, providers=[cuda])
    if session.get_providers()[0] != _CUDA:
        raise ProviderUnavailable("onnxruntime gave a session without CUDA")
    _run_once(session)
    return session


def _run_once(session: onnxruntime.InferenceSession) -> None:
    """Compute something, of a batch of one. Raises what onnxruntime does."""
    shapes = {
        i.name: [n if isinstance(n, int) else 1 for n in i.shape] for i in session.get_inputs()
    }
    session.run(None, {name: np.zeros(shape, np.float32) for name, shape in shapes.items()})


def _gpu_present() -> bool:
    if _CUDA not in onnxruntime.get_available_providers():
        return False
    return os.name == "nt" or any(
        Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg", "/dev/nvidia0")
    )
