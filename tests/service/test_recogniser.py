"""What is kept of an enrolment: enough to embed it again, with this model or a later one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.bodies import NPY, Body
from service.clip_bodies import clip_input
from service.clip_fields import RecognizeFields, RecognizeQuery
from service.encoder import Encoder
from service.recogniser import Recogniser, recording_of
from service.settings import DEFAULT_MODEL
from service.store import open_store
from skeleton import prepare, record, resolve_layout
from skeleton.animator import animate
from skeleton.layout_file import load_layouts
from tests.service.bodies import npy
from tests.service.original import UTD_MHAD, ways_to_send
from tests.service.own_layout import in_the_suit, suit_file


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


@pytest.mark.real_data
def test_one_clip_has_one_embedding_however_it_is_sent() -> None:
    """The same clip of utdmhad as JSON, npy, .mat and .npz, and with its joints shuffled."""
    encoder = Encoder(DEFAULT_MODEL, provider="cpu")
    embeddings = {}
    for way, (data, headers, query) in ways_to_send(UTD_MHAD).items():
        body = Body(headers["content-type"], data)
        asked = RecognizeQuery.model_validate(query)
        recording = clip_input(body, asked, RecognizeFields).recording
        prepared = prepare(recording.clip(), encoder.info.layout, encoder.info.frames)
        embeddings[way] = encoder.run(prepared)["embedding"]
    for way, embedding in embeddings.items():
        difference = np.abs(embedding - embeddings["mat"]).max()
        assert difference <= 1e-5, (way, difference)


def test_a_clip_of_a_registered_layout_can_be_embedded_again_without_its_file(
    tmp_path: Path,
) -> None:
    file = suit_file(tmp_path)
    layouts = load_layouts(file)
    suit = layouts["suit"]
    body, query = Body(NPY, npy(in_the_suit("wave"))), RecognizeQuery(layout="suit", fps=60)
    received = clip_input(body, query, RecognizeFields, layouts).recording
    file.unlink()

    encoder = Encoder(DEFAULT_MODEL, provider="cpu")
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    enrolled = Recogniser(encoder, store).enroll("default", "wave", received)

    again = recording_of(store.clip("default", enrolled.exemplar.id))
    assert (again.layout, again.axes, again.fps) == (suit, suit.axes, 60)
    prepared = prepare(again.clip(), encoder.info.layout, encoder.info.frames)
    (kept,) = store.load("default", [enrolled.exemplar.id])
    assert np.array_equal(encoder.run(prepared)["embedding"], kept.arrays["embedding"])
    store.close()
