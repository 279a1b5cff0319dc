"""A small model file by contract 2 with every output there can be, made of plain operators.

What it computes can be told from the clip, so that tests can say what must come out:
- `embedding`: the mean pose about the pelvis, of unit length. It does not know the order of time.
- `local`: the poses of eight parts of the clip, one after the other: it does.
- `joint_importance`: by how far each joint moves about the pelvis, a softmax.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from model_export.metadata import FORMAT, write_metadata
from model_export.self_test import SelfTest
from model_export.space import space_of
from skeleton import LAYOUTS, PREPARATION, prepare, record
from skeleton.animator import animate

LAYOUT, FRAMES, STEPS = LAYOUTS["body16"], 32, 8
WIDTH = 3 * len(LAYOUT)
MATCHING = {"weight": 0.5, "band": 2}
_CALIBRATION = {
    "probability": {"slope": 20.0, "intercept": -10.0, "temperature": 0.025},
    "threshold": 0.5,
    "margin": 0.01,
    "thresholds": {"0.05": 0.5},
}
ALL = ("embedding", "cohort_mean", "cohort_std", "joint_importance", "local")


def small_model(
    target: Path,
    outputs: Iterable[str] = ALL,
    *,
    matching: Any = MATCHING,
    louder: float = 1.0,
    longer: float = 1.0,
    local_steps: int = STEPS,
) -> Path:
    """Writes the file with these outputs. `matching` is what it says of local features, None
    leaves that out; `louder` and `longer` spoil the sum of the importance and the rows' length."""
    outputs = tuple(outputs)
    graph = _graph(outputs, louder, longer, local_steps)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    stated = {
        "space": space_of(model),
        "preparation": PREPARATION,
        "layout": {"name": LAYOUT.name, "joints": LAYOUT.joints, "parents": LAYOUT.parents,
                   "axes": LAYOUT.axes},
        "frames": FRAMES, "persons": 1, "width": WIDTH, "score": "mean-norm",
        "calibration": _CALIBRATION, "training": {"sets": [], "classes": []}, "commit": "",
    }  # fmt: skip
    if matching is not None:
        stated["local"] = matching
    write_metadata(
        model,
        {
            "oneshot.format": FORMAT,
            "oneshot.model": json.dumps(stated),
            "oneshot.self_test": json.dumps(_self_test(model, outputs)),
        },
    )
    onnx.save(model, target)
    return target


def _self_test(model: onnx.ModelProto, outputs: Iterable[str]) -> dict[str, Any]:
    clip = animate("wave", seed=7, noise=0.004, missing=0.06)
    recording = record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")
    prepared = prepare(recording.clip(), LAYOUT, FRAMES)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = session.run(None, {"joints": prepared.joints[None], "seen": prepared.seen[None]})
    said = {name: values[0] for name, values in zip(outputs, given, strict=True)}
    test = SelfTest(
        recording, said["embedding"], float(said.get("cohort_mean", 0)), float(said["cohort_std"])
    )
    written: dict[str, Any] = json.loads(test.written())
    if "joint_importance" in said:
        written["joint_importance"] = said["joint_importance"].tolist()
    return written


def _graph(outputs: tuple[str, ...], louder: float, longer: float, steps: int) -> onnx.GraphProto:
    joints = len(LAYOUT)
    constants = {
        "zero": np.float32(0), "small": np.float32(1e-6), "tenth": np.float32(0.1),
        "sharp": np.float32(8), "louder": np.float32(louder), "longer": np.float32(longer),
        "persons": np.array([2], np.int64), "last": np.array([-1], np.int64),
        "time": np.array([1], np.int64), "inside": np.array([2], np.int64),
        "pelvis": np.array([0], np.int64),
        "as_weights": np.array([0, FRAMES, joints, 1], np.int64),
        "as_poses": np.array([0, FRAMES, WIDTH], np.int64),
        "as_parts": np.array([0, steps, FRAMES // steps, WIDTH], np.int64),
    }  # fmt: skip
    made: dict[str, list[tuple[str, list[str], str, dict[str, Any]]]] = {
        "poses": [
            ("Squeeze", ["joints", "persons"], "one", {}),
            ("Reshape", ["seen", "as_weights"], "weights", {}),
            ("Greater", ["weights", "zero"], "there", {}),
            ("Where", ["there", "one", "zero"], "known", {}),
            ("Gather", ["known", "pelvis"], "root", {"axis": 2}),
            ("Sub", ["known", "root"], "about", {}),
            ("Where", ["there", "about", "zero"], "pose", {}),
            ("Reshape", ["pose", "as_poses"], "poses", {}),
        ],
        "embedding": [
            ("ReduceMean", ["poses", "time"], "mean", {"keepdims": 0}),
            ("LpNormalization", ["mean"], "embedding", {"axis": -1, "p": 2}),
        ],
        "cohort": [
            ("Abs", ["embedding"], "size", {}),
            ("ReduceMean", ["size", "last"], "usual", {"keepdims": 0}),
            ("Mul", ["usual", "tenth"], "cohort_mean", {}),
            ("Add", ["cohort_mean", "tenth"], "cohort_std", {}),
        ],
        "joint_importance": [
            ("ReduceMax", ["pose", "time"], "most", {"keepdims": 0}),
            ("ReduceMin", ["pose", "time"], "least", {"keepdims": 0}),
            ("Sub", ["most", "least"], "extent", {}),
            ("ReduceL2", ["extent", "last"], "reach", {"keepdims": 0}),
            ("Mul", ["reach", "sharp"], "logits", {}),
            ("Softmax", ["logits"], "shares", {"axis": -1}),
            ("Mul", ["shares", "louder"], "joint_importance", {}),
        ],
        "local": [
            ("Reshape", ["poses", "as_parts"], "parts", {}),
            ("ReduceMean", ["parts", "inside"], "part", {"keepdims": 0}),
            ("Add", ["part", "small"], "some", {}),  # of a body not seen at all, too
            ("LpNormalization", ["some"], "rows", {"axis": -1, "p": 2}),
            ("Mul", ["rows", "longer"], "local", {}),
        ],
    }
    parts = ["poses", "embedding", "cohort", *(name for name in ALL[3:] if name in outputs)]
    nodes = [
        helper.make_node(operator, given, [output], name=output, **attributes)
        for part in parts
        for operator, given, output, attributes in made[part]
    ]
    shapes: dict[str, list[str | int]] = {
        "embedding": ["N", WIDTH], "cohort_mean": ["N"], "cohort_std": ["N"],
        "joint_importance": ["N", joints], "local": ["N", steps, WIDTH],
    }  # fmt: skip

    def value(name: str, shape: list[str | int]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    used = {name for node in nodes for name in node.input}
    return helper.make_graph(
        nodes,
        "small",
        [value("joints", ["N", FRAMES, 1, joints, 3]), value("seen", ["N", FRAMES, 1, joints])],
        [value(name, shapes[name]) for name in outputs],
        [numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items()
         if name in used],
    )  # fmt: skip
