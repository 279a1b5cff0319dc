"""Euclid and dynamic time warping."""

import numpy as np
import pytest

from training.evaluation import distances
from training.evaluation.distances import Cost, dtw, euclid


def _plainly(a: np.ndarray, b: np.ndarray, window: int, cost: Cost) -> float:
    frames = len(a)
    total = np.full((frames + 1, frames + 1), np.inf)
    total[0, 0] = 0
    for i in range(frames):
        for j in range(frames):
            if abs(i - j) <= window:
                step = ((a[i] - b[j]) ** 2).sum()
                step = step if cost == "squared" else step**0.5
                total[i + 1, j + 1] = step + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1])


@pytest.mark.parametrize("cost", ["euclidean", "squared"])
@pytest.mark.parametrize(("frames", "window"), [(32, None), (17, 3), (9, 0), (6, 9), (1, None)])
def test_time_warping_agrees_with_a_plain_implementation(
    cost: Cost, frames: int, window: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distances, "_BLOCK", 5)
    clips = np.random.default_rng(frames).normal(2, 1, (13, frames, 6)).astype(np.float32)
    found = dtw(clips, window=window, cost=cost)
    third = frames // 3 if window is None else window
    for i in range(13):
        for j in range(13):
            assert found[i, j] == pytest.approx(_plainly(clips[i], clips[j], third, cost), rel=1e-4)


def test_a_warped_copy_is_near_and_another_movement_is_far() -> None:
    t = np.linspace(0, 1, 32)

    def move(at: np.ndarray) -> np.ndarray:
        return np.stack([np.sin(5 * at), np.cos(3 * at)], axis=-1)

    clips = np.stack([move(t), move(t**1.3), -move(t)]).astype(np.float32)
    warped, plain = dtw(clips, cost="squared"), euclid(clips) ** 2
    assert warped[0, 1] < 0.1 * plain[0, 1]
    assert warped[0, 1] < 0.01 * warped[0, 2]


def test_euclid_is_the_distance_of_whole_clips() -> None:
    clips = np.random.default_rng(0).normal(5, 1, (7, 8, 6)).astype(np.float32)
    difference = (clips[:, None] - clips[None]).reshape(7, 7, -1)
    assert np.allclose(euclid(clips), np.linalg.norm(difference, axis=-1), atol=1e-3)


def test_warping_never_costs_more_than_not_warping() -> None:
    clips = np.random.default_rng(1).normal(0, 1, (20, 32, 4)).astype(np.float32)
    assert (dtw(clips, cost="squared") <= euclid(clips) ** 2 + 1e-3).all()
