"""A provider that is chosen computes: a session alone does not show that."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest

from service import encoder
from service.encoder import Encoder, ProviderUnavailable
from tests.service.small_model import small_model

_REAL = onnxruntime.InferenceSession


class WithoutLibraries:
    """A session as onnxruntime gives it where a library of CUDA's is missing, as on this machine:
    made without complaint, and of no use."""

    def __init__(self, path: str, options: object, providers: list[object]) -> None:
        self._session = _REAL(path, providers=["CPUExecutionProvider"])
        self._whole = providers == ["CPUExecutionProvider"]

    def get_providers(self) -> list[str]:
        return ["CPUExecutionProvider"] if self._whole else ["CUDAExecutionProvider"]

    def run(self, *given: object) -> object:
        if not self._whole:
            raise RuntimeError("CUDNN failure: libcudnn is missing")
        return self._session.run(*given)

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)


def test_auto_falls_back_from_a_gpu_whose_session_cannot_compute_and_cuda_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(tmp_path / "small.onnx")
    monkeypatch.setattr(encoder, "_gpu_present", lambda: True)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None)
    monkeypatch.setattr(onnxruntime, "InferenceSession", WithoutLibraries)
    fallen = Encoder(model, provider="auto")
    assert fallen.provider == "CPUExecutionProvider"
    fallen.self_test()
    with pytest.raises(ProviderUnavailable, match="no CUDA session computes: CUDNN failure"):
        Encoder(model, provider="cuda")
