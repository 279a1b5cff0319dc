"""Model outputs: what a model file gives beside the embedding, and that it keeps contract 2."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.model_file import BadModel, ModelInfo

Arrays = dict[str, NDArray[np.float32]]
#: An output as its session declares it: type, and the shape behind the batch axis, in which an
#: axis that is not fixed has a name.
Declared = tuple[str, tuple[int | str, ...]]

IMPORTANCE, LOCAL = "joint_importance", "local"
_NEEDED = ("embedding", "cohort_mean")
_FLOAT32 = "tensor(float)"
#: Of a sum or a length that is to be 1; half-precision files stay within it.
_TOLERANCE = 0.01


@dataclass(frozen=True)
class ModelOutputs:
    """The outputs by name, in the file's order; all of them are stored with an exemplar.

    `importance` says whether the file tells how much each joint matters. `local` is the shape
    `(S, D')` of the features the best exemplars are compared by, None where they are not.
    """

    names: tuple[str, ...]
    importance: bool
    local: tuple[int, int] | None

    @classmethod
    def of(cls, declared: Mapping[str, Declared], info: ModelInfo) -> "ModelOutputs":
        """Read what a session declares. Raises `BadModel` for what breaks the contract."""
        for name in _NEEDED:
            if name not in declared:
                raise BadModel(f"the model has no output {name}")
        for name, (kind, _) in declared.items():
            if kind != _FLOAT32:
                raise BadModel(f"the model's output {name} is {kind}, not float32")
        joints = (len(info.layout),)
        if IMPORTANCE in declared and declared[IMPORTANCE][1] != joints:
            raise BadModel(f"the model's output {IMPORTANCE} is not (N, {joints[0]}), its joints")
        return cls(tuple(declared), IMPORTANCE in declared, _local(declared, info))

    def check(self, arrays: Arrays) -> None:
        """Hold one clip's outputs against the contract. Raises `BadModel`."""
        if self.importance:
            weights = arrays[IMPORTANCE]
            if not (weights.min() >= 0 and abs(float(weights.sum()) - 1) <= _TOLERANCE):
                raise BadModel(f"the model's {IMPORTANCE} is not a share for each joint, 1 in all")
        if self.local is not None:
            lengths = np.linalg.norm(arrays[LOCAL], axis=-1)
            if not np.abs(lengths - 1).max() <= _TOLERANCE:
                raise BadModel(f"the rows of the model's output {LOCAL} are not of length 1")


def _local(declared: Mapping[str, Declared], info: ModelInfo) -> tuple[int, int] | None:
    if info.local is None:
        return None
    if LOCAL not in declared:
        raise BadModel(f"the file says how to match by {LOCAL} features, but has no such output")
    match declared[LOCAL][1]:
        case (int() as steps, int() as width) if steps > 0 and width > 0:
            return steps, width
        case shape:
            told = ", ".join(map(str, shape))
            raise BadModel(f"the model's output {LOCAL} is (N, {told}), not (N, S, D') of fixed S")
