from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from skeleton import LAYOUTS, Archive, prepare
from skeleton.archive import UNSEEN
from tests.animator_archive import write_animator_archive
from training.canonical_actions import canonical_actions
from training.config import BadConfig, DataConfig, load_config
from training.data_folder import DataMissing, archive_path
from training.dataset import Part, SkeletonDataset, draw_epoch
from training.relatives import Relatives

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


def test_without_relatives_no_base_class_is_the_same_action_as_one_kept_out(
    config: DataConfig, tmp_path: Path
) -> None:
    changes = {
        "sets": [{"archive": "one"}, {"archive": "two"}],
        "pseudo_novel": {"one": ["kick"]},
        "relatives": False,
    }
    apart = DataConfig.model_validate(config.model_dump(by_alias=True) | changes)
    # Nothing tells its action.
    assert Relatives.of(apart, canonical_actions()) == (frozenset(), {("one", "kick")})
    groups(tmp_path, "one,kick,kick", "two,kick,kick", "two,wave,kick", "one,squat,kick")
    # Under another name, too, and in the same set.
    assert names(apart, "base") == names(apart, "beside") == ["one/wave", "two/squat"]
    assert names(apart, "novel") == ["one/kick"]
    found = {("one", "squat"), ("two", "kick"), ("two", "wave")}
    assert Relatives.of(apart, canonical_actions()) == (found, frozenset())
    together = apart.model_copy(update={"relatives": True})
    assert names(together, "base") == [
        "one/squat", "one/wave", "two/kick", "two/squat", "two/wave",
    ]  # fmt: skip


def test_a_class_of_two_archives_is_left_out_of_both_by_what_either_tells(
    config: DataConfig, tmp_path: Path
) -> None:
    apart = config.model_copy(update={"relatives": False})
    groups(tmp_path, "two,kick,kick", "one,wave,kick")
    assert names(apart, "base") == ["both/squat"]
    assert Relatives.of(apart, canonical_actions()) == ({("both", "wave")}, frozenset())


def names(config: DataConfig, part: Part) -> list[str]:
    """The classes of a part."""
    return [c.name for c in SkeletonDataset.load(config, BODY, part=part).classes]


def groups(folder: Path, *rows: str) -> None:
    """Say which classes are the same action."""
    lines = ("dataset,label_name,canonical", *rows)
    (folder / "class_groups.csv").write_text("\n".join(lines))


def test_a_class_kept_out_that_does_not_take_part_is_refused_before_the_training(
    config: DataConfig,
) -> None:
    sets = [{"archive": "one", "as": "both", "only": ["wave", "squat"]}]
    tree = config.model_dump(by_alias=True) | {"sets": sets}
    with pytest.raises(BadConfig, match="both has no class kick"):
        SkeletonDataset.load(DataConfig.model_validate(tree), BODY)


def test_a_class_kept_out_is_asked_though_few_of_its_clips_are_by_the_people_kept_out(
    config: DataConfig, tmp_path: Path
) -> None:
    kept_out = {"both": {"classes": ["kick"], "people": ["s0"]}}
    fewer = _keeping_out(config.model_copy(update={"fewest_clips": 8}), kept_out)
    with pytest.raises(BadConfig, match="fewest_clips = 8"):
        SkeletonDataset.load(fewer, BODY)
    asked = SkeletonDataset.load(fewer, BODY, part="novel")
    assert ([c.label for c in asked.classes], len(asked)) == (["kick"], 4)
    write_animator_archive(tmp_path / "one.npz", ("wave", "kick"), subjects=2, repetitions=1)
    alone = fewer.model_copy(update={"sets": config.sets[:1]})
    with pytest.raises(BadConfig, match="both has 1 clips of kick by the people kept out, and 2"):
        SkeletonDataset.load(alone, BODY, part="novel")


def test_archives_under_one_name_share_classes_and_subjects(config: DataConfig) -> None:
    data = SkeletonDataset.load(config, BODY)
    assert [c.name for c in data.classes] == ["both/squat", "both/wave"]
    assert len(set(data.subjects.tolist())) == 2
    assert data.joints.shape[1:] == (40, 16, 3)


def rewrite(path: Path, **arrays: Any) -> None:
    """Change some arrays of an archive."""
    with np.load(path) as data:
        held = {name: data[name] for name in data.files}
    np.savez_compressed(path, **held | arrays)


def test_a_person_of_merged_archives_goes_by_name(config: DataConfig) -> None:
    alone = SkeletonDataset.load(config, BODY).subjects.tolist()
    rewrite(archive_path("two"), subject_names=np.array(["s1", "s0"]))
    half = len(alone) // 2
    swapped = SkeletonDataset.load(config, BODY).subjects.tolist()
    assert swapped == alone[:half] + [1 - number for number in alone[half:]]
    rewrite(archive_path("two"), subject_names=np.array(["new", "s1"]))
    other = SkeletonDataset.load(config, BODY).subjects.tolist()
    assert other == alone[:half] + [{0: 2, 1: 1}[number] for number in alone[half:]]


def test_people_are_numbered_as_text_in_the_order_of_their_archive(
    config: DataConfig, tmp_path: Path
) -> None:
    """What is drawn by these numbers, as the calibration's episodes are, stays as it was."""
    write_animator_archive(tmp_path / "one.npz", ("wave", "kick"), subjects=11, repetitions=1)
    rewrite(tmp_path / "one.npz", subject_names=np.array([f"s{20 - i}" for i in range(11)]))
    sets = {"sets": config.sets[:1], "fewest_clips": 1}
    data = SkeletonDataset.load(config.model_copy(update=sets), BODY)
    assert data.subjects.tolist() == [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 2]


def with_unseen(path: Path, unseen: Any, *, but: int = 0) -> None:
    """Make it an archive of up to two persons, of whom the clips `unseen` show nothing in any
    frame, or only in frame `but`."""
    archive = Archive.open(path)
    stored = archive.stored
    if stored.ndim == 3:
        stored = np.stack([stored, np.full_like(stored, UNSEEN)], axis=1)
    for clip in unseen:
        frames = np.arange(*archive.offsets[clip : clip + 2])
        stored[np.delete(frames, but) if but else frames] = UNSEEN
    rewrite(path, joints=stored)


@pytest.mark.parametrize("persons", [1, 2])
def test_clips_without_a_known_joint_are_left_out_and_said(
    config: DataConfig, capsys: pytest.CaptureFixture[str], persons: int
) -> None:
    whole = SkeletonDataset.load(config, BODY, persons=persons)
    assert capsys.readouterr().out == ""
    with_unseen(archive_path("two"), (1, 2))
    data = SkeletonDataset.load(config, BODY, persons=persons)
    half = len(whole) // 2
    kept = np.delete(np.arange(len(whole)), (half + 1, half + 2))
    assert data.labels.tolist() == whole.labels[kept].tolist()
    assert data.subjects.tolist() == whole.subjects[kept].tolist()
    assert torch.equal(data.joints, whole.joints[kept])
    said = "left out, without any known joint: 2 clips, first two/clip1\n"
    assert capsys.readouterr().out == said


def test_a_class_of_which_too_few_clips_are_left_is_left_out(config: DataConfig) -> None:
    data = Archive.open(archive_path("one"))
    waves = np.flatnonzero(data.labels == data.label_names.index("wave"))
    for name in ("one", "two"):
        with_unseen(archive_path(name), waves)
    assert [c.label for c in SkeletonDataset.load(config, BODY).classes] == ["squat"]
    for name in ("one", "two"):
        with_unseen(archive_path(name), range(len(data)))
    with pytest.raises(BadConfig, match=r"no class has data\.fewest_clips"):
        SkeletonDataset.load(config, BODY)


@pytest.mark.parametrize("persons", [1, 2])
def test_the_same_clips_are_left_out_at_every_length(config: DataConfig, persons: int) -> None:
    """A training holds its clips at two lengths, one beside the other."""
    with_unseen(archive_path("two"), (1,), but=1)
    longest = int(np.diff(Archive.open(archive_path("two")).offsets).max())
    held = [
        SkeletonDataset.load(config, BODY, frames=frames, persons=persons)
        for frames in (8, longest * 2)
    ]
    assert len(held[0]) == len(held[1])
    (short, long) = (data.seen.flatten(1).any(1) for data in held)
    assert long.all()
    assert (~short).sum() == 1
    assert held[0].joints.isfinite().all()


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
    with pytest.raises(BadConfig, match=r"boht has no class: no set of data\.sets is called so"):
        SkeletonDataset.load(_keeping_out(config, {"boht": ["kick"]}), BODY)


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
