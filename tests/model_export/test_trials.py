import numpy as np
import pytest

from model_export.errors import CalibrationImpossible
from model_export.session import Session
from model_export.trials import GALLERIES, asked_classes, filler_data, novel_data, trials
from skeleton import Archive, resolve_layout
from tests.model_export.conftest import NOVEL
from training.checkpoint import Trained
from training.config import KeptOut, SetConfig
from training.data_folder import archive_path
from training.dataset import SkeletonDataset


def test_only_classes_that_were_kept_out_are_asked(trained: Trained) -> None:
    data = novel_data(trained.config)
    assert {known.label for known in data.classes} == set(NOVEL)
    assert not {known.name for known in data.classes} & set(trained.classes)


def test_half_of_the_classes_of_each_set_are_enrolled_in_galleries_of_several_sizes(
    session: Session, trained: Trained
) -> None:
    found = trials(session, novel_data(trained.config), filler_data(trained.config), None)
    assert [one.set_name for one in found] == ["indoors", "outdoors"]
    for one in found:
        assert (one.classes, one.subjects, one.clips) == (5, 3, 30)
        # Every base class of the set is enrolled beside them, where the gallery is large enough.
        base = sum(name.startswith(f"{one.set_name}/") for name in trained.classes)
        sizes = sorted({min(size, 3 + base) for size in GALLERIES})
        assert len(sizes) > 1
        assert one.enrolled == np.mean(sizes)
        assert one.fillers == np.mean([max(size - 3, 0) for size in sizes])
        # Each of 3 subjects gives the exemplars 5 times; the 20 clips of the others are asked.
        assert len(one.best) == 3 * 5 * 20 * len(sizes)
        assert set(one.sizes) == set(sizes)
        assert one.known[one.sizes > 2].mean() == pytest.approx(3 / 5)
        assert one.known[one.sizes == 2].mean() == pytest.approx(2 / 5)
        assert not (one.right & ~one.known).any()
        assert (one.margin >= 0).all()
        assert one.behind.shape == (len(one.best), max(sizes))
        assert (np.isfinite(one.behind).sum(axis=1) == one.sizes).all()
        assert (one.behind[:, 0] == 0).all()
        assert (np.diff(np.where(np.isinf(one.behind), 1e9, one.behind), axis=1) >= 0).all()


def test_trials_are_the_same_every_time(session: Session, trained: Trained) -> None:
    data = novel_data(trained.config)
    fillers = filler_data(trained.config)
    first, again = (trials(session, data, fillers, None) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.best, other.best)
        assert np.array_equal(one.right, other.right)


def test_where_the_model_centres_so_do_its_trials(session: Session, trained: Trained) -> None:
    data, fillers = novel_data(trained.config), filler_data(trained.config)
    plain, centred = (trials(session, data, fillers, centre) for centre in (None, 2.0))
    for one, other in zip(plain, centred, strict=True):
        # What all of a gallery has in common is gone, and with it some of how near its actions are.
        assert other.actions == one.actions
        assert np.mean([near.score for near in other.near]) < np.mean(
            [near.score for near in one.near]
        )
        assert other.best.mean() < one.best.mean()
        assert (other.known == one.known).all()


def test_a_set_that_is_kept_out_whole_has_no_fillers(session: Session, trained: Trained) -> None:
    labels = Archive.open(archive_path("indoors")).label_names
    kept_out = trained.config.data.pseudo_novel | {"indoors": KeptOut(classes=labels)}
    for sets, filled in ((kept_out, ["outdoors"]), ({"indoors": kept_out["indoors"]}, [])):
        data = trained.config.data.model_copy(update={"pseudo_novel": sets})
        config = trained.config.model_copy(update={"data": data})
        found = trials(session, novel_data(config), filler_data(config), None)
        assert [one.set_name for one in found] == sorted(sets)
        assert [one.set_name for one in found if one.fillers] == filled
        assert found[0].classes == len(labels)
        # Half of the classes are enrolled at most, and no size is asked twice.
        assert max(found[0].sizes) == -(-len(labels) // 2)
        assert len(found[0].near) == found[0].episodes * len(np.unique(found[0].sizes))


def test_two_classes_are_too_few(session: Session, trained: Trained) -> None:
    config = trained.config
    few = config.data.model_copy(update={"pseudo_novel": {"indoors": KeptOut(classes=NOVEL[:2])}})
    data = novel_data(config.model_copy(update={"data": few}))
    with pytest.raises(CalibrationImpossible, match="three classes of two subjects"):
        trials(session, data, filler_data(trained.config), None)


def test_a_set_of_too_few_classes_is_said_and_not_told_as_asked(
    session: Session, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    kept_out = trained.config.data.pseudo_novel | {"outdoors": KeptOut(classes=NOVEL[:2])}
    data = trained.config.data.model_copy(update={"pseudo_novel": kept_out})
    config = trained.config.model_copy(update={"data": data})
    novel = novel_data(config)
    found = trials(session, novel, filler_data(config), None)
    assert [one.set_name for one in found] == ["indoors"]
    assert "outdoors says nothing for the calibration" in capsys.readouterr().out
    told = asked_classes(novel, {one.set_name for one in found})
    assert set(told) == {f"indoors/{action}" for action in NOVEL}


def test_misspelt_classes_are_named(trained: Trained) -> None:
    wrong = trained.config.data.model_copy(
        update={"pseudo_novel": {"indoors": KeptOut(classes=("wawe",))}}
    )
    with pytest.raises(CalibrationImpossible, match="wawe"):
        novel_data(trained.config.model_copy(update={"data": wrong}))


def test_the_fillers_are_base_classes_as_the_people_kept_out_do_them(trained: Trained) -> None:
    """Nobody whom the model was trained on is asked or enrolled, where people are kept out."""
    kept_out = {
        name: KeptOut(classes=one.classes, people=("s1", "s2"))
        for name, one in trained.config.data.pseudo_novel.items()
    }
    data = trained.config.data.model_copy(update={"pseudo_novel": kept_out, "fewest_clips": 2})
    config = trained.config.model_copy(update={"data": data})
    base = SkeletonDataset.load(data, resolve_layout(config.encoder.layout))
    assert len(np.unique(base.subjects)) == 2  # one of three, in either set
    for read in (novel_data, filler_data):
        assert len(np.unique(read(config).subjects)) == 4


def test_a_set_of_which_only_the_classes_kept_out_take_part_has_no_fillers(
    trained: Trained,
) -> None:
    def fillers(*only: str) -> SkeletonDataset | None:
        sets = tuple(
            SetConfig(archive=name, only=NOVEL if name in only else None)
            for name in ("indoors", "outdoors")
        )
        data = trained.config.data.model_copy(update={"sets": sets})
        return filler_data(trained.config.model_copy(update={"data": data}))

    found = fillers("indoors")
    assert found is not None
    assert {known.set_name for known in found.classes} == {"outdoors"}
    assert fillers("indoors", "outdoors") is None


def test_a_set_that_lists_no_classes_keeps_none_out(trained: Trained) -> None:
    nothing = trained.config.data.model_copy(
        update={"pseudo_novel": {"indoors": KeptOut(classes=())}}
    )
    with pytest.raises(CalibrationImpossible, match="keeps no classes out"):
        novel_data(trained.config.model_copy(update={"data": nothing}))
