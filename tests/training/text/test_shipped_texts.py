"""The shipped texts: every class, told apart, embedded, and of use."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive
from training.canonical_actions import canonical_actions
from training.config import load_config
from training.data_folder import archive_path
from training.text.action_text import ActionText
from training.text.body_words import action_weights, named_joints
from training.text.descriptions import Descriptions, read_folder
from training.text.embeddings import SHIPPED, TextEmbeddings, needed_texts

DEVELOPMENT = ("utdmhad", "msraction3d")
LARGEST_FILE = 5e6  # bytes


@pytest.fixture(scope="module")
def texts() -> dict[str, Descriptions]:
    return read_folder()


@pytest.fixture(scope="module")
def embeddings() -> TextEmbeddings:
    return TextEmbeddings.read()


def actions(texts: dict[str, Descriptions]) -> list[tuple[str, ActionText]]:
    return [(name, action) for name, found in texts.items() for action in found.actions.values()]


@pytest.mark.real_data
def test_every_class_of_every_set_has_texts_and_none_is_invented(
    texts: dict[str, Descriptions],
) -> None:
    labels: dict[str, set[str]] = defaultdict(set)
    for entry in load_config().data.sets:
        labels[entry.name] |= set(Archive.open(archive_path(entry.archive)).label_names)
    for name in DEVELOPMENT:
        labels[name] = set(Archive.open(archive_path(name)).label_names)
    labels["ntu120"] = {f"A{number:03}" for number in range(1, 121)}
    assert {name: set(found.actions) for name, found in texts.items()} == dict(labels)


def test_all_120_classes_of_ntu_have_texts_and_names(texts: dict[str, Descriptions]) -> None:
    found = texts["ntu120"].actions
    assert set(found) == {f"A{number:03}" for number in range(1, 121)}
    assert len({action.name for action in found.values()} - set(found)) == 120


def test_every_global_text_names_a_joint_and_no_sentence_is_shared_in_a_set(
    texts: dict[str, Descriptions],
) -> None:
    assert {name: found.remarks() for name, found in texts.items()} == {name: [] for name in texts}


def test_a_one_sided_class_names_joints_of_its_side(texts: dict[str, Descriptions]) -> None:
    for name, action in actions(texts):
        side = f"{action.written_for}_"
        if side == "both_":
            continue
        for text in action.paraphrases:
            joints = named_joints(text, action.written_for)
            assert any(joint.startswith(side) for joint in joints), f"{name}/{action.label}: {text}"
        assert any(joint.startswith(side) for joint in action.joints), f"{name}/{action.label}"


def test_importance_picks_out_joints(texts: dict[str, Descriptions]) -> None:
    layout = LAYOUTS["kinect_v1"]
    weights = np.stack([action_weights(action, layout) for _, action in actions(texts)])
    named = (weights > 0).sum(1)
    assert np.median(named) <= len(layout) / 2
    # Whole-body exercises name most of it; hardly any class names all.
    assert (named == len(layout)).mean() < 0.02


def test_the_embeddings_cover_every_text_and_no_other(
    texts: dict[str, Descriptions], embeddings: TextEmbeddings
) -> None:
    needed = needed_texts(texts.values())
    embeddings.require(needed)
    assert len(embeddings) == len(needed)
    assert embeddings.vectors.dtype == np.float16
    assert embeddings.model
    assert "\\" not in embeddings.model
    assert not embeddings.model.startswith("/")
    assert SHIPPED.stat().st_size <= LARGEST_FILE


@pytest.mark.parametrize("layout", ["body16", "kinect_v2", "openpose18", "mediapipe"])
def test_every_class_can_be_embedded_on_any_layout(
    texts: dict[str, Descriptions], embeddings: TextEmbeddings, layout: str
) -> None:
    for _, action in actions(texts):
        for version in (action, action.mirrored()):
            vectors = embeddings.of(version, LAYOUTS[layout])
            assert vectors.joints.shape == (len(LAYOUTS[layout]), embeddings.width)


def whole(texts: dict[str, Descriptions], embeddings: TextEmbeddings, path: str) -> np.ndarray:
    name, _, label = path.partition("/")
    return embeddings.of(texts[name][label], LAYOUTS["body16"]).whole


def test_waves_are_nearer_to_waves_than_to_kicks(
    texts: dict[str, Descriptions], embeddings: TextEmbeddings
) -> None:
    groups = (
        ("kard/high arm wave", "kindergator/Wave your hand", "msraction3d/high arm wave",
         "utdmhad/right hand wave"),
        ("kard/forward kick", "kindergator/Kick a ball", "msraction3d/forward kick",
         "precog16/front right kick"),
        ("utdmhad/jogging in place", "kindergator/Run in place", "msraction3d/jogging"),
    )  # fmt: skip
    vectors = [[whole(texts, embeddings, path) for path in group] for group in groups]
    for i, group in enumerate(vectors):
        others = [v for j, other in enumerate(vectors) if j != i for v in other]
        for k, one in enumerate(group):
            alike = [float(one @ other) for j, other in enumerate(group) if j != k]
            different = [float(one @ other) for other in others]
            assert np.mean(alike) > np.mean(different) + 0.1
            assert max(alike) > max(different)


@pytest.mark.real_data
def test_the_nearest_class_of_another_set_is_mostly_the_same_action(
    texts: dict[str, Descriptions], embeddings: TextEmbeddings
) -> None:
    known = canonical_actions() | {
        ("uiprmd", label): action
        for (name, label), action in canonical_actions().items()
        if name == "uiprmd_kinect"
    }
    rows = [(n, a.label) for n, a in actions(texts) if (n, a.label) in known]
    vectors = np.stack([whole(texts, embeddings, f"{n}/{label}") for n, label in rows])
    sets = np.array([name for name, _ in rows])
    action = np.array([known[row] for row in rows])
    alike = np.where(sets[:, None] == sets, -1.0, vectors @ vectors.T)
    elsewhere = np.array(
        [bool(((action == a) & (sets != s)).any()) for s, a in zip(sets, action, strict=True)]
    )
    right = action[alike.argmax(1)] == action
    assert right[elsewhere].mean() > 0.7
