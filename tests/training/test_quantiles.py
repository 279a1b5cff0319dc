"""Quantiles over time: what numpy says, of what was seen, wherever the body is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from torch import Tensor

from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.config import BadConfig, load_config
from training.encoder.quantiles import Angles, Distances, Quantiles, Velocities

BODY = LAYOUTS["body16"]
FRAMES, COORDINATES = 12, 48
LEVELS = (0.0, 0.1, 0.5, 0.9, 1.0)
BETWEEN = ("pelvis", "left_wrist", "right_wrist", "head")


@pytest.fixture
def series() -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(size=(3, FRAMES, COORDINATES))).float()


def test_of_coordinates_and_of_their_changes_they_are_numpys(series: Tensor) -> None:
    for view, expected in (
        (Quantiles(LEVELS, FRAMES, COORDINATES), series.numpy()),
        (Velocities(LEVELS, FRAMES, COORDINATES), np.diff(series.numpy(), axis=1)),
    ):
        by_numpy = np.quantile(expected, LEVELS, axis=1).transpose(1, 0, 2).reshape(3, -1)
        assert view.size == by_numpy.shape[1]
        assert np.allclose(view(series).numpy(), by_numpy, atol=1e-5)


def test_distances_are_measured_from_the_hips_and_not_from_their_path(series: Tensor) -> None:
    view = Distances(LEVELS, FRAMES, BODY, BETWEEN)
    points = series.numpy().reshape(3, FRAMES, 16, 3).copy()
    points[:, :, BODY.index["pelvis"]] = 0  # where the path is kept
    at = [BODY.index[joint] for joint in BETWEEN]
    apart = [np.linalg.norm(points[:, :, a] - points[:, :, b], axis=-1)
             for a, b in combinations(at, 2)]  # fmt: skip
    by_numpy = np.quantile(np.stack(apart, axis=-1), LEVELS, axis=1).transpose(1, 0, 2)
    assert np.allclose(view(series).numpy(), by_numpy.reshape(3, -1), atol=1e-3)


def test_a_body_turned_has_the_same_distances(series: Tensor) -> None:
    view = Distances(LEVELS, FRAMES, BODY, BETWEEN)
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    points = series.reshape(3, FRAMES, 16, 3) @ torch.from_numpy(turn).float()
    assert torch.allclose(view(points.reshape_as(series)), view(series), atol=1e-4)


def test_angles_are_those_between_bones_wherever_the_hips_are(series: Tensor) -> None:
    points = series.numpy().reshape(3, FRAMES, 16, 3).copy()
    points[:, :, BODY.index["pelvis"]] = 0  # where the path is kept
    bones = [points[:, :, child] - points[:, :, parent] for child, parent in BODY.bones]
    bones = [bone / np.linalg.norm(bone, axis=-1, keepdims=True) for bone in bones]
    cosines = [(a * b).sum(-1) for a, b in combinations(bones, 2)]
    by_numpy = np.quantile(np.stack(cosines, axis=-1), LEVELS, axis=1).transpose(1, 0, 2)
    found = Angles(LEVELS, FRAMES, BODY)(1000 * series)  # so large that no bone is short
    assert np.allclose(found.numpy(), by_numpy.reshape(3, -1), atol=1e-3)


def performed() -> Tensor:
    """`(2, 12, 48)`: two actions in metres, the path where the hips are."""
    clips = [prepare(animate(action, seed=3), BODY, FRAMES).joints for action in ("wave", "squat")]
    return torch.from_numpy(np.stack(clips)).reshape(2, FRAMES, COORDINATES)


def from_the_hips(series: Tensor) -> Tensor:
    points = series.reshape(2, FRAMES, 16, 3).clone()
    return points - points[:, :, BODY.index["pelvis"]][:, :, None]


def test_a_body_turned_has_the_same_angles_and_one_with_longer_bones_nearly() -> None:
    view, points = Angles(LEVELS, FRAMES, BODY), from_the_hips(performed())
    expected = view(points.flatten(2))
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    assert torch.allclose(
        view((points @ torch.from_numpy(turn).float()).flatten(2)), expected, atol=1e-4
    )
    assert torch.allclose(view(1.4 * points.flatten(2)), expected, atol=0.1)
    assert not torch.allclose(expected[0], expected[1], atol=0.3)  # another action


def test_a_bone_without_length_has_no_direction() -> None:
    points = from_the_hips(performed())
    hand, elbow = BODY.index["left_wrist"], BODY.index["left_elbow"]
    points[:, :, hand] = points[:, :, elbow]
    found = Angles((0.5,), FRAMES, BODY)(points.flatten(2))
    assert torch.isfinite(found).all()
    forearm = [{child, parent} == {hand, elbow} for child, parent in BODY.bones].index(True)
    of_it = [forearm in pair for pair in combinations(range(len(BODY.bones)), 2)]
    assert torch.equal(found[:, of_it], torch.zeros(2, sum(of_it)))


def test_of_a_bone_whose_end_was_not_seen_no_angle_is_known() -> None:
    known = torch.ones(1, 16, 3)
    known[:, BODY.index["head"]] = 0
    found = Angles(LEVELS, FRAMES, BODY).known(known.reshape(1, COORDINATES))
    ends = [{BODY.joints[child], BODY.joints[parent]} for child, parent in BODY.bones]
    pairs = [float("head" not in a | b) for a, b in combinations(ends, 2)]
    assert found[0].tolist() == pairs * len(LEVELS)
    assert 0 < sum(pairs) < len(pairs)


def test_of_a_joint_that_was_not_seen_nothing_is_known() -> None:
    known = torch.ones(1, 16, 3)
    known[:, BODY.index["head"]] = 0
    coordinates = known.reshape(1, COORDINATES)
    of_positions = Quantiles(LEVELS, FRAMES, COORDINATES).known(coordinates)
    assert torch.equal(of_positions, coordinates.repeat(1, len(LEVELS)))
    of_distances = Distances(LEVELS, FRAMES, BODY, BETWEEN).known(coordinates)
    pairs = [float("head" not in pair) for pair in combinations(BETWEEN, 2)]
    assert of_distances[0].tolist() == pairs * len(LEVELS)


def test_the_hips_are_known_as_the_origin_of_all() -> None:
    known = torch.ones(1, 16, 3)
    known[:, BODY.index["pelvis"]] = 0
    for view in (Distances(LEVELS, FRAMES, BODY, BETWEEN), Angles(LEVELS, FRAMES, BODY)):
        assert torch.equal(view.known(known.reshape(1, COORDINATES)), torch.ones(1, view.size))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("{position: [0.1, 1.5], velocity: [0.5], distance: [0.5], between: [head, pelvis]}",
         "less than or equal to 1"),
        ("{position: [], velocity: [0.5], distance: [0.5], between: [head, pelvis]}",
         "at least 1 item"),
        ("{position: [0.5], velocity: [0.5], distance: [0.5], between: [head, pelvis], "
         "angle: [-1]}",
         "greater than or equal to 0"),
        ("{position: [0.5], velocity: [0.5], distance: [0.5], between: [head, left_toes]}",
         "spectrum.quantiles.between: layout body16 has no left_toes"),
    ],
)  # fmt: skip
def test_levels_and_joints_that_cannot_be_are_refused(override: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        load_config(None, (f"spectrum.quantiles={override}",))


def test_a_layout_whose_hips_carry_the_path_is_refused() -> None:
    levels = "{position: [0.5], velocity: [0.5], distance: [0.5], between: [left_hip, left_wrist]}"
    elbows = "[left_elbow, right_knee]"
    coco = (
        "encoder.layout=coco",
        f"spectrum.crossed={elbows}",
        f"spectrum.turning={elbows}",
    )
    load_config(None, (*coco, "spectrum.quantiles=null"))
    with pytest.raises(BadConfig, match=r"spectrum\.quantiles: layout coco has no pelvis"):
        load_config(None, (*coco, f"spectrum.quantiles={levels}"))
