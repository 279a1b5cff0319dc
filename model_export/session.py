"""The session: the one place of the export that opens onnxruntime."""

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from model_export.errors import BadGraph

#: What every model file says.
OUTPUTS = ("embedding", "cohort_mean", "cohort_std")
#: What one with joint importance says as well.
IMPORTANCE = "joint_importance"


class Session:
    """A model file's bytes on the CPU, with one thread, as a served one runs.

    Raises `BadGraph` when onnxruntime cannot load it.
    """

    def __init__(self, model: bytes) -> None:
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_mem_reuse = False  # as in service/encoder.py, for a quick start
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own classes share no public base
            raise BadGraph(f"onnxruntime cannot load the model: {error}") from error

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the file's outputs, in order."""
        return tuple(output.name for output in self._session.get_outputs())

    @property
    def metadata(self) -> dict[str, str]:
        """The file's metadata, as the service reads it."""
        found: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return found

    def run(self, joints: NDArray[Any], seen: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        """Return the outputs by name of `joints` `(N, T, M, V, 3)` and `seen` `(N, T, M, V)`."""
        given = self._session.run(list(self.outputs), {"joints": joints, "seen": seen})
        return dict(zip(self.outputs, given, strict=True))
