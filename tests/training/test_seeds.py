"""Seeds: another one is another run in every respect, the same one is the same run."""

import pytest
import torch
from torch import Tensor

from tests.animator_archive import write_animator_archive
from tests.training.small_run import SMALL_RUN
from training.config import load_config
from training.train import Run

OVERRIDES = (
    *SMALL_RUN,
    "data.clips_per_class=6",
    "optimiser.epochs=2",
    "optimiser.batch=8",
)


class _Recording:
    """An augmentation that is given the same clips whatever was drawn, and keeps what it made."""

    def __init__(self, run: Run) -> None:
        self.augment, self.data = run.augment, run.data
        self.turned = run.augment.turned
        self.drawn: list[Tensor] = []
        self.made: list[Tensor] = []

    def __call__(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        self.drawn.append(joints.clone())
        count = len(joints)
        made = self.augment(self.data.joints[:count], self.data.seen[:count])
        self.made.append(made[0].clone())
        return made


class _Recorded:
    """One epoch of a run: its first weights, the clips drawn, what augmentation made."""

    def __init__(self, seed: int) -> None:
        config = load_config(None, (*OVERRIDES, "guidance=null", f"seed={seed}"))
        run = Run(config, torch.device("cpu"))
        state = run.learner.modules().state_dict()
        self.weights = {name: value.clone() for name, value in state.items()}
        recording = _Recording(run)
        run.augment = recording  # type: ignore[assignment]
        self.means = next(run.epochs())
        self.drawn, self.augmented = recording.drawn, recording.made


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, _Recorded]:
    folder = tmp_path_factory.mktemp("data")
    write_animator_archive(
        folder / "moves.npz", ("wave", "squat", "kick"), subjects=3, repetitions=4
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(folder))
        return {"first": _Recorded(0), "again": _Recorded(0), "other": _Recorded(1)}


def test_another_seed_begins_with_other_weights(runs: dict[str, _Recorded]) -> None:
    first, other = runs["first"].weights, runs["other"].weights
    learned = [name for name in first if first[name].is_floating_point() and first[name].ndim > 1]
    drawn = [name for name in learned if not torch.equal(first[name], other[name])]
    assert any(name.endswith("projection.weight") for name in drawn)
    assert len(drawn) > 5


def test_another_seed_draws_other_clips(runs: dict[str, _Recorded]) -> None:
    first, other = runs["first"].drawn, runs["other"].drawn
    assert all(not torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_another_seed_augments_the_same_clips_otherwise(runs: dict[str, _Recorded]) -> None:
    first, other = runs["first"].augmented, runs["other"].augmented
    assert all(not torch.allclose(a, b) for a, b in zip(first, other, strict=True))


def test_the_same_seed_is_the_same_run(runs: dict[str, _Recorded]) -> None:
    first, again = runs["first"], runs["again"]
    assert all(torch.equal(first.weights[name], again.weights[name]) for name in first.weights)
    for ours, theirs in ((first.drawn, again.drawn), (first.augmented, again.augmented)):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert first.means == pytest.approx(again.means, abs=1e-6)
