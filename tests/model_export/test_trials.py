from dataclasses import replace

import numpy as np
import pytest
import torch

from model_export.errors import CalibrationImpossible
from model_export.score import mean_norm
from model_export.session import Session
from model_export.trials import filler_data, novel_data, trials
from tests.model_export.conftest import NOVEL
from training.checkpoint import Trained


def test_only_classes_that_were_kept_out_are_asked(trained: Trained) -> None:
    data = novel_data(trained.config)
    assert {known.label for known in data.classes} == set(NOVEL)
    assert not {known.name for known in data.classes} & set(trained.classes)


def test_half_of_the_classes_of_each_set_are_enrolled(session: Session, trained: Trained) -> None:
    found = trials(session, novel_data(trained.config), filler_data(trained.config), trained)
    assert [one.set_name for one in found] == ["indoors", "outdoors"]
    for one in found:
        assert (one.classes, one.subjects, one.clips) == (5, 3, 30)
        # Every base class of the set is enrolled beside them.
        base = sum(name.startswith(f"{one.set_name}/") for name in trained.classes)
        assert (one.enrolled, one.fillers) == (3.0 + base, base)
        # Each of 3 subjects gives the exemplars 5 times; the 20 clips of the others are asked.
        assert len(one.best) == 3 * 5 * 20
        assert one.known.mean() == pytest.approx(3 / 5)
        assert not (one.right & ~one.known).any()
        assert (one.margin >= 0).all()


def test_trials_are_the_same_every_time(session: Session, trained: Trained) -> None:
    data = novel_data(trained.config)
    first, again = (trials(session, data, filler_data(trained.config), trained) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.best, other.best)
        assert np.array_equal(one.right, other.right)


def test_two_classes_are_too_few(session: Session, trained: Trained) -> None:
    config = trained.config
    few = config.data.model_copy(update={"pseudo_novel": {"indoors": NOVEL[:2]}})
    data = novel_data(config.model_copy(update={"data": few}))
    with pytest.raises(CalibrationImpossible, match="three classes of two subjects"):
        trials(session, data, filler_data(trained.config), trained)


def test_misspelt_classes_are_named(trained: Trained) -> None:
    wrong = trained.config.data.model_copy(update={"pseudo_novel": {"indoors": ("wawe",)}})
    with pytest.raises(CalibrationImpossible, match="wawe"):
        novel_data(trained.config.model_copy(update={"data": wrong}))


def test_a_score_is_the_similarity_less_what_the_cohort_explains() -> None:
    similarity = np.array([[0.8, 0.2]])
    score = mean_norm(similarity, np.array([0.5]), np.array([0.4, 0.6]))
    assert score == pytest.approx(np.array([[0.35, -0.35]]))


def test_the_sets_own_classes_are_not_in_its_cohort(session: Session, trained: Trained) -> None:
    """Doubling a set's own base classes changes its scores only if they are in its cohort."""
    data = novel_data(trained.config)
    own = [i for i, name in enumerate(trained.classes) if name.startswith("indoors/")]
    changed = replace(
        trained,
        classes=(*trained.classes, *(trained.classes[i] for i in own)),
        cohort=torch.cat([trained.cohort, trained.cohort[own]]),
    )
    before, after = (
        trials(session, data, filler_data(trained.config), of) for of in (trained, changed)
    )
    assert np.array_equal(before[0].best, after[0].best)
    assert not np.array_equal(before[1].best, after[1].best)
