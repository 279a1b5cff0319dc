"""What is kept of an enrolment: enough to embed it again, with this model or a later one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from service.encoder import Encoder
from service.recogniser import Recogniser, recording_of
from service.settings import DEFAULT_MODEL
from service.store import open_store
from skeleton import prepare, record, resolve_layout
from skeleton.animator import animate


def test_an_enrolled_clip_can_be_embedded_again_from_what_is_stored(tmp_path: Path) -> None:
    clip = animate("wave", seed=3, missing=0.1)
    # As a camera with y down and a layout of the caller's own would send it.
    names = [*clip.layout.joints[::-1]]
    flipped = clip.joints[:, :, ::-1] * np.array([1, -1, -1], dtype=np.float32)
    received = record(flipped, resolve_layout(names), fps=25, axes="x,-y,-z")

    encoder = Encoder(DEFAULT_MODEL, provider="cpu")
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    enrolled = Recogniser(encoder, store).enroll("default", "wave", received)

    again = recording_of(store.clip("default", enrolled.exemplar.id))
    assert np.array_equal(again.joints, flipped, equal_nan=True)
    assert (again.axes, again.fps, again.layout.joints) == ("x,-y,-z", 25, tuple(names))
    prepared = prepare(again.clip(), encoder.info.layout, encoder.info.frames)
    (kept,) = store.load("default", [enrolled.exemplar.id])
    assert np.array_equal(encoder.run(prepared)["embedding"], kept.arrays["embedding"])
    store.close()
