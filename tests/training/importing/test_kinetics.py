"""Kinetics-skeleton's JSON becomes an archive of flat clips."""

import json
from pathlib import Path

import numpy as np
import pytest

from skeleton import Archive
from skeleton.animator.files import as_kinetics
from tests.training.importing.ntu_folder import performed
from training.importing import work
from training.importing.conversion import DATA_SETS
from training.importing.work import import_folder


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinetics")
    train = folder / "kinetics_train"
    train.mkdir()
    one = as_kinetics(performed(3, 1, layout="openpose18"), label="squat", index=330)
    two = as_kinetics(performed(55, 2, layout="openpose18"), label="hugging", index=160)
    bare = {key: value for key, value in json.loads(one).items() if not key.startswith("label")}
    (train / "aaa.json").write_bytes(one)
    (train / "bbb.json").write_bytes(two)
    (train / "ccc.json").write_text(json.dumps(bare))
    (train / "ddd.json").write_text(json.dumps(bare))
    (train / "eee.json").write_text('{"data": [{"frame_index": 1, "skeleton": []}], "label": "x"}')
    (train / "fff.json").write_text('{"data": [')
    (train / "ggg.json").write_text('{"people": []}\n{"people": []}\n')
    listed = {"ccc": {"has_skeleton": True, "label": "squat", "label_index": 330}}
    (folder / "kinetics_train_label.json").write_text(json.dumps(listed))
    archive = folder / "kinetics.npz"
    import_folder(DATA_SETS["kinetics"], folder, archive, workers=1)
    return archive


def test_classes_come_from_the_clip_or_from_the_list_beside_in_the_order_of_their_index(
    imported: Path,
) -> None:
    archive = Archive.open(imported)
    assert archive.label_names == ("hugging", "squat")
    assert archive.clip_names == archive.subject_names == ("aaa", "bbb", "ccc")
    assert [archive.label_name(i) for i in range(3)] == ["squat", "hugging", "squat"]
    with np.load(imported) as arrays:
        assert arrays["label_index"].tolist() == [330, 160, 330]


def test_clips_are_flat_upright_and_about_as_large_as_people(imported: Path) -> None:
    archive = Archive.open(imported)
    clip = archive.clip(1)
    assert clip.joints.shape[1:] == (2, 18, 3)
    assert clip.layout.joints[0] == "nose"
    seen = ~np.isnan(clip.joints).any(axis=-1)
    assert (clip.joints[..., 2][seen] == 0).all()
    at = clip.layout.index
    upright = clip.joints[:, 0, at["neck"]] - clip.joints[:, 0, at["right_hip"]]
    assert 0.2 < float(np.nanmedian(upright[:, 1])) < 1.5


def test_labels_that_come_after_a_stop_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = json.loads(as_kinetics(performed(3, 1, layout="openpose18"), label="squat", index=330))
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "aaa.json").write_text(json.dumps(clip))
    del clip["label"]
    (tmp_path / "train" / "bbb.json").write_text(json.dumps(clip))
    kinetics, archive = DATA_SETS["kinetics"], tmp_path / "kinetics.npz"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_archive", stop)
        with pytest.raises(KeyboardInterrupt):
            import_folder(kinetics, tmp_path / "train", archive, workers=1)
    listed = {"bbb": {"label": "wave", "label_index": 7}}
    (tmp_path / "train_label.json").write_text(json.dumps(listed))
    assert import_folder(kinetics, tmp_path / "train", archive, workers=1)["clips"] == 2


def test_what_is_no_clip_is_told(imported: Path) -> None:
    report = json.loads(imported.with_suffix(".report.json").read_text())
    dropped = {
        reason: [Path(one["file"]).stem for one in found["files"]]
        for reason, found in report["dropped"].items()
    }
    assert dropped == {"unlabelled": ["ddd"], "empty": ["eee", "ggg"], "unreadable": ["fff"]}
