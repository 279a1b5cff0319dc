"""A provider that is chosen computes: a session alone does not show that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from service import encoder
from service.encoder import Encoder, ProviderUnavailable, run_once
from tests.service.small_model import small_model


def session_that_cannot_compute() -> onnxruntime.InferenceSession:
    """It is made without complaint: what is wrong shows with a batch of one."""
    three = numpy_helper.from_array(np.array([3], np.int64), "three")
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, ["N", 2])
    said = helper.make_tensor_value_info("said", TensorProto.FLOAT, [3])
    node = helper.make_node("Reshape", ["given", "three"], ["said"])
    graph = helper.make_graph([node], "graph", [given], [said], [three])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def test_auto_falls_back_from_a_gpu_whose_session_cannot_compute_and_cuda_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(tmp_path / "small.onnx")
    broken = session_that_cannot_compute()
    monkeypatch.setattr(encoder, "_gpu_present", lambda: True)
    # As where a library of CUDA's is missing, which this machine has none of.
    monkeypatch.setattr(encoder, "_cuda_session", lambda path: run_once(broken))
    assert Encoder(model, provider="auto").provider == "CPUExecutionProvider"
    with pytest.raises(ProviderUnavailable, match="no CUDA session computes: "):
        Encoder(model, provider="cuda")
