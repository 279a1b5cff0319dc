"""Mapping: joints find each other by their meaning."""

import numpy as np
import pytest

from skeleton import LAYOUTS, mapping, resolve_layout
from skeleton.animator import animate
from skeleton.layouts import Layout

BODY16 = LAYOUTS["body16"]


def mapped(source: Layout, joints: np.ndarray, name: str) -> np.ndarray:  # type: ignore[type-arg]
    return mapping(source, BODY16).apply(joints)[..., BODY16.index[name], :]


def random_joints(source: Layout) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(0).normal(size=(5, len(source), 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("layout", "target", "sources"),
    [
        ("coco", "pelvis", ["left_hip", "right_hip"]),
        ("mediapipe", "pelvis", ["left_hip", "right_hip"]),
        ("openni", "left_wrist", ["left_hand"]),
        ("openni", "right_ankle", ["right_foot"]),
        ("openni", "spine", ["spine"]),
        ("kinect_v1", "neck", ["neck"]),
        ("coco", "neck", ["left_shoulder", "right_shoulder"]),
        ("coco", "head", ["left_ear", "right_ear"]),
        ("coco", "spine", ["left_hip", "right_hip", "left_shoulder", "right_shoulder"]),
        ("kinect_v2", "left_wrist", ["left_wrist"]),
    ],
)
def test_a_joint_that_is_lacking_is_derived(layout: str, target: str, sources: list[str]) -> None:
    source = LAYOUTS[layout]
    joints = random_joints(source)
    expected = joints[:, [source.index[name] for name in sources]].mean(axis=1)
    np.testing.assert_allclose(mapped(source, joints, target), expected, rtol=1e-6)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_built_in_layout_gives_the_whole_body_of_the_model(layout: Layout) -> None:
    assert mapping(layout, BODY16).missing == ()
    assert not np.isnan(mapping(layout, BODY16).apply(random_joints(layout))).any()


def test_a_joint_that_cannot_be_had_stays_unseen() -> None:
    source = resolve_layout("head,left_elbow,left_wrist")
    found = mapping(source, BODY16)
    assert set(found.mapped) == {"head", "left_elbow", "left_wrist"}
    assert set(found.missing) == set(BODY16.joints) - set(found.mapped)
    joints = found.apply(random_joints(source))
    unseen = np.isnan(joints).all(axis=(0, 2))
    assert {BODY16.joints[i] for i in np.flatnonzero(unseen)} == set(found.missing)


def test_a_hand_never_stands_in_for_an_elbow() -> None:
    assert "left_elbow" in mapping(resolve_layout("left_shoulder,left_hand"), BODY16).missing


def test_a_derived_joint_is_seen_only_where_all_it_comes_from_are() -> None:
    source = LAYOUTS["coco"]
    joints = random_joints(source)
    joints[2, source.index["left_hip"]] = np.nan
    pelvis = mapped(source, joints, "pelvis")
    assert np.isnan(pelvis).any(axis=1).tolist() == [False, False, True, False, False]


def test_the_order_of_joint_names_does_not_matter() -> None:
    source = LAYOUTS["kinect_v1"]
    order = np.random.default_rng(1).permutation(len(source))
    shuffled = resolve_layout([source.joints[i] for i in order])
    joints = random_joints(source)
    np.testing.assert_array_equal(
        mapping(source, BODY16).apply(joints), mapping(shuffled, BODY16).apply(joints[:, order])
    )


def test_one_movement_is_the_same_from_every_sensor() -> None:
    whole = animate("wave", seed=1, layout="body16").joints[:, 0]
    for name in ("kinect_v1", "kinect_v2", "smpl"):
        source = LAYOUTS[name]
        clip = animate("wave", seed=1, layout=source).joints[:, 0]
        error = np.linalg.norm(mapping(source, BODY16).apply(clip) - whole, axis=-1)
        assert error.max() < 0.15


def test_the_source_is_never_changed() -> None:
    for source in (LAYOUTS["coco"], BODY16):
        joints = random_joints(source)
        before = joints.copy()
        mapping(source, BODY16).apply(joints)
        np.testing.assert_array_equal(joints, before)


@pytest.mark.parametrize("layout", ["kinect_v2", "coco", "openni"])
def test_what_is_mapped_lies_in_order_in_memory(layout: str) -> None:
    """All that follows goes over it frame by frame, which is twice as slow across."""
    source = LAYOUTS[layout]
    joints = random_joints(source)[:, None]
    assert mapping(source, BODY16).apply(joints[:, 0]).flags.c_contiguous
    assert mapping(source, BODY16).apply(joints).flags.c_contiguous
