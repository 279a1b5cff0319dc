"""Encoders from checkpoints and model files."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from skeleton import LAYOUTS, Archive
from training import checkpoint
from training.config import load_config
from training.encoder import Embedder, Encoder, Spectrum
from training.evaluation.encoders import BadModelFile, encoder_from_checkpoint, encoder_from_model


def test_a_checkpoint_is_measured_with_the_branch_it_holds(
    archive: Archive, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    config = load_config(
        None,
        (
            "encoder.channels=[8,8]", "encoder.strides=[1,2]", "spectrum.weight=0",
            "guidance=null", "gallery.centre=4",
        ),
    )  # fmt: skip
    net = Embedder(Encoder(config.encoder), Spectrum(config.spectrum, config.encoder), weight=0)
    width = config.encoder.segments * config.encoder.segment_width
    cohort = torch.nn.functional.normalize(torch.randn(5, width), dim=1)
    classes = tuple(f"home/{i}" for i in range(5))
    trained = checkpoint.Trained(config, classes, net.state_dict(), cohort, epoch=3, commit="abc")
    checkpoint.save(tmp_path / "last.pt", trained)

    encoder = encoder_from_checkpoint(tmp_path / "last.pt")
    assert encoder.trained == classes
    assert encoder.facts["commit"] == "abc"
    outputs = encoder.encode(archive)
    assert outputs["embedding"].shape == (len(archive), width)
    assert np.allclose(np.linalg.norm(outputs["embedding"], axis=1), 1, atol=1e-4)
    assert outputs["cohort_mean"].shape == outputs["cohort_std"].shape == (len(archive),)
    assert all(np.isfinite(values).all() for values in outputs.values())
    # It centres as its file will, and takes no scale: it is not calibrated.
    scores, some = encoder.scores(outputs, outputs), np.arange(4)
    assert scores.centre == 4
    assert scores.norm is None
    assert not np.array_equal(scores.table(some, some), scores.plain[:4, :4])


def _model(path: Path) -> None:
    """A model that embeds a clip as the sum of its joints over time."""
    frames, joints = 8, 16
    shape = ["N", frames, 1, joints, 3]
    graph = helper.make_graph(
        [
            helper.make_node("ReduceSum", ["joints", "axes"], ["moved"], keepdims=0),
            helper.make_node("ReduceSum", ["seen", "all"], ["count"], keepdims=0),
            helper.make_node("Sub", ["count", "count"], ["cohort_mean"]),
            helper.make_node("Flatten", ["moved"], ["embedding"]),
        ],
        "toy",
        [
            helper.make_tensor_value_info("joints", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("seen", TensorProto.FLOAT, shape[:-1]),
        ],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", joints * 3]),
            helper.make_tensor_value_info("cohort_mean", TensorProto.FLOAT, ["N"]),
        ],
        [
            helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2]),
            helper.make_tensor("all", TensorProto.INT64, [3], [1, 2, 3]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    told = {
        "space": "toy-space",
        "layout": {"name": "body16", "joints": LAYOUTS["body16"].joints},
        "frames": frames,
        "calibration": {"probability": {"slope": 2.0, "intercept": -1.0, "temperature": 0.1}},
        "training": {"classes": ["home/wave"]},
        "commit": "abc",
    }
    helper.set_model_props(model, {"oneshot.model": json.dumps(told)})
    onnx.save(model, path)


def test_a_model_file_says_all_that_an_evaluation_needs(archive: Archive, tmp_path: Path) -> None:
    _model(tmp_path / "toy.onnx")
    encoder = encoder_from_model(tmp_path / "toy.onnx")
    assert encoder.layout.joints == LAYOUTS["body16"].joints
    assert (encoder.frames, encoder.trained) == (8, ("home/wave",))
    assert encoder.facts["space"] == "toy-space"
    assert encoder.probability is not None
    alone = np.zeros((2, 1))
    best = np.array([0.5, 0.5 + np.log(3) / 2])
    assert np.allclose(encoder.probability(best, alone, 0.5), [0.5, 0.75])
    with np.errstate(all="raise"):  # of a score far off too
        told = encoder.probability(np.array([-1e4, 1e4]), alone, 0.5)
    assert told == pytest.approx([0, 1], abs=1e-300)
    outputs = encoder.encode(archive)
    assert outputs["embedding"].shape == (len(archive), 48)
    assert outputs["cohort_mean"].tolist() == [0.0] * len(archive)


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"no model")
    with pytest.raises(BadModelFile, match=r"other\.onnx"):
        encoder_from_model(tmp_path / "other.onnx")
