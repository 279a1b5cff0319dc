"""The self-test: one raw clip inside the file, and what the file must say to it (ours).

The service runs it at start. It passes through reading, mapping, resampling and the graph, so it
finds a file, a runtime or a preparation that differs from the one that was exported.
"""

import base64
import io
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_export.errors import SelfTestFailed
from model_export.session import IMPORTANCE, Session
from skeleton import Layout, Recording, prepare_persons, record, resolve_layout
from skeleton.animator import animate

#: Of any number of an embedding of unit length; other providers and machines stay far below.
TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class SelfTest:
    """A recording as received and the expected outputs, `embedding` `(D,)`, and
    `joint_importance` `(V,)` of a model that has it."""

    recording: Recording
    embedding: NDArray[np.float32]
    cohort_mean: float
    cohort_std: float
    joint_importance: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, session: Session, layout: Layout, frames: int, persons: int = 1) -> "SelfTest":
        """Let the animator perform, and note what the model says."""
        clip = animate("wave", seed=7, yaw=25.0, noise=0.004, missing=0.06)
        recording = record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")
        said = _encoded(recording, session, layout, frames, persons)
        return cls(
            recording,
            said["embedding"],
            float(said["cohort_mean"]),
            float(said["cohort_std"]),
            said.get(IMPORTANCE),
        )

    @classmethod
    def read(cls, text: str) -> "SelfTest":
        """Read what `written` gave."""
        given = json.loads(text)
        joints = np.load(io.BytesIO(base64.b64decode(given["joints"])), allow_pickle=False)
        importance = given.get(IMPORTANCE)
        return cls(
            record(joints, resolve_layout(given["layout"]), fps=given["fps"], axes=given["axes"]),
            np.asarray(given["embedding"], dtype=np.float32),
            given["cohort_mean"],
            given["cohort_std"],
            None if importance is None else np.asarray(importance, dtype=np.float32),
        )

    def written(self) -> str:
        """Return the JSON of the file's `oneshot.self_test` (schema: `metadata.py`)."""
        array = io.BytesIO()
        np.save(array, self.recording.joints, allow_pickle=False)
        written = {
            "joints": base64.b64encode(array.getvalue()).decode("ascii"),
            "layout": list(self.recording.layout.joints),
            "axes": self.recording.axes,
            "fps": self.recording.fps,
            "embedding": [round(float(value), 7) for value in self.embedding],
            "cohort_mean": round(self.cohort_mean, 7),
            "cohort_std": round(self.cohort_std, 7),
            "tolerance": TOLERANCE,
        }
        if self.joint_importance is not None:
            written[IMPORTANCE] = [round(float(value), 7) for value in self.joint_importance]
        return json.dumps(written, allow_nan=False)

    def check(self, session: Session, layout: Layout, frames: int, persons: int = 1) -> float:
        """Return the largest difference; raises `SelfTestFailed` beyond the tolerance."""
        said = _encoded(self.recording, session, layout, frames, persons)
        differences = [
            float(np.abs(said["embedding"] - self.embedding).max()),
            abs(float(said["cohort_mean"]) - self.cohort_mean),
            abs(float(said["cohort_std"]) - self.cohort_std),
        ]
        if self.joint_importance is not None:
            differences.append(float(np.abs(said[IMPORTANCE] - self.joint_importance).max()))
        largest = float(np.max(differences))  # Python's max would lose a NaN
        if not largest <= TOLERANCE:
            raise SelfTestFailed(
                f"the file answers its own clip with a difference of {largest:.2g}, "
                f"beyond {TOLERANCE:g}"
            )
        return largest


def _encoded(
    recording: Recording, session: Session, layout: Layout, frames: int, persons: int
) -> dict[str, NDArray[np.float32]]:
    prepared = prepare_persons(recording.clip(), layout, frames, persons)
    said = session.run(prepared.joints[None], prepared.seen[None])
    return {name: values[0] for name, values in said.items()}
