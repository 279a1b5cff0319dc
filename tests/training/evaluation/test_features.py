"""The floor's features."""

from dataclasses import replace

import numpy as np

from skeleton import Archive
from training.evaluation.features import floor_features


def test_features_forget_position_size_and_heading(archive: Archive) -> None:
    frames = archive.stored * archive.scale
    turn = np.array([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])
    moved = 1.2 * frames @ turn + (0.5, -0.3, 1.0)
    scale = 0.0005
    other = replace(archive, stored=np.round(moved / scale).astype(np.int16), scale=scale)
    assert np.abs(floor_features(archive) - floor_features(other)).max() < 0.02


def test_features_keep_the_path_of_the_hips_in_the_bodys_own_frame(archive: Archive) -> None:
    first = slice(0, int(archive.offsets[1]))
    walked = archive.stored.copy()
    steps = np.linspace(0, 2000, first.stop).astype(np.int16)  # 0.5 m along x
    walked[first, :, 0] += steps[:, None]
    path = floor_features(replace(archive, stored=walked))[0, :, -3:]
    still = floor_features(archive)[0, :, -3:]
    torso = 0.45  # 0.9 times 0.5 m from the hips to the neck
    assert np.allclose((path - still)[-1], (0.5 / torso, 0, 0), atol=0.1)
    assert (path[0] == 0).all()


def test_a_clip_without_a_body_gives_finite_features(archive: Archive) -> None:
    empty = archive.stored.copy()
    empty[: archive.offsets[1]] = 0
    features = floor_features(replace(archive, stored=empty))
    assert features.shape == (len(archive), 32, 48)
    assert (features[0] == 0).all()
    assert np.isfinite(features).all()
