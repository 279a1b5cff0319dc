from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from skeleton import LAYOUTS, Archive, prepare
from tests.animator_archive import write_animator_archive
from training.config import BadConfig, DataConfig, load_config
from training.data_folder import DataMissing, archive_path
from training.dataset import SkeletonDataset, draw_epoch

BODY = LAYOUTS["body16"]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataConfig:
    for name in ("one", "two"):
        write_animator_archive(
            tmp_path / f"{name}.npz", ("wave", "squat", "kick"), subjects=2, repetitions=2
        )
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    sets = [{"archive": "one", "as": "both"}, {"archive": "two", "as": "both"}]
    changes = {"sets": sets, "pseudo_novel": {"both": ["kick"]}, "stored_frames": 40}
    return DataConfig.model_validate(load_config().data.model_dump(by_alias=True) | changes)


def _keeping_out(config: DataConfig, kept_out: dict[str, Any]) -> DataConfig:
    tree = config.model_dump(by_alias=True) | {"pseudo_novel": kept_out}
    return DataConfig.model_validate(tree)


def test_pseudo_novel_classes_are_never_trained_on(config: DataConfig) -> None:
    base = SkeletonDataset.load(config, BODY)
    novel = SkeletonDataset.load(config, BODY, part="novel")
    assert {c.label for c in base.classes} == {"wave", "squat"}
    assert {c.label for c in novel.classes} == {"kick"}
    assert len(base) + len(novel) == 2 * 3 * 2 * 2


def test_archives_under_one_name_share_classes_and_subjects(config: DataConfig) -> None:
    data = SkeletonDataset.load(config, BODY)
    assert [c.name for c in data.classes] == ["both/squat", "both/wave"]
    assert len(set(data.subjects.tolist())) == 2
    assert data.joints.shape[1:] == (40, 16, 3)


def test_long_trials_are_cut_into_parts_of_equal_length(config: DataConfig) -> None:
    whole = SkeletonDataset.load(config, BODY)
    sets = [entry.model_copy(update={"cut_seconds": 0.5}) for entry in config.sets]
    cut = SkeletonDataset.load(config.model_copy(update={"sets": tuple(sets)}), BODY)
    assert len(cut) >= 2 * len(whole)


def test_an_absent_archive_names_the_variable_to_set(
    config: DataConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataMissing, match="ONESHOT_DATA"):
        SkeletonDataset.load(config, BODY)


def test_a_misspelt_class_is_not_trained_on_in_silence(config: DataConfig) -> None:
    for wrong in ({"both": ["kcik"]}, {"boht": ["kick"]}):
        with pytest.raises(BadConfig, match="has no class"):
            SkeletonDataset.load(_keeping_out(config, wrong), BODY)


def test_people_kept_out_are_never_trained_on(config: DataConfig) -> None:
    config = _keeping_out(config, {"both": {"classes": ["kick"], "people": ["s1"]}})
    base, novel, beside = (
        SkeletonDataset.load(config, BODY, part=part) for part in ("base", "novel", "beside")
    )
    # Two archives, two repetitions; of the classes kept out the other person's are no one's.
    assert len(base) == len(beside) == 2 * 2 * 2
    assert len(novel) == 2 * 2
    everyone = [joints for data in (novel, beside) for joints in data.joints]
    assert not any(torch.equal(one, other) for one in base.joints for other in everyone)
    wrong = _keeping_out(config, {"both": {"classes": ["kick"], "people": ["s7"]}})
    with pytest.raises(BadConfig, match="both has no person s7"):
        SkeletonDataset.load(wrong, BODY)


def test_the_statistics_see_clips_exactly_as_the_service_prepares_them(config: DataConfig) -> None:
    data = SkeletonDataset.load(config, BODY, frames=32)
    archive = Archive.open(archive_path("one"))
    prepared = [prepare(clip, BODY, 32).joints[:, 0] for clip in archive]
    held = data.joints.numpy()
    for label, joints in zip(archive.labels, prepared, strict=True):
        present = bool((held == joints).all(axis=(1, 2, 3)).any())
        assert present == (archive.label_names[label] != "kick")


def test_an_epoch_draws_at_most_so_many_of_a_class_and_each_clip_once() -> None:
    labels = np.array([0] * 50 + [1] * 5, dtype=np.int64)
    drawn = draw_epoch(labels, 20, np.random.default_rng(0))
    assert Counter(labels[drawn].tolist()) == {0: 20, 1: 5}
    assert len(set(drawn.tolist())) == 25


def test_only_the_classes_that_are_asked_for_take_part(config: DataConfig) -> None:
    sets = tuple(entry.model_copy(update={"only": ("wave", "kick")}) for entry in config.sets)
    data = SkeletonDataset.load(config.model_copy(update={"sets": sets}), BODY)
    assert [c.label for c in data.classes] == ["wave"]  # a kick is kept out


def test_a_class_without_a_clip_is_not_left_out_in_silence(config: DataConfig) -> None:
    sets = tuple(entry.model_copy(update={"only": ("wave", "jump")}) for entry in config.sets)
    with pytest.raises(BadConfig, match="one has no clip of jump"):
        SkeletonDataset.load(config.model_copy(update={"sets": sets}), BODY)
