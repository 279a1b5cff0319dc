"""Completion: joints that nobody saw are found from the others; what was seen stays as it is."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch
from torch import Tensor

from skeleton import LAYOUTS, resolve_layout
from tests.animator_archive import write_animator_archive
from tests.training.small_run import SMALL_RUN
from training.bodies import Bodies
from training.config import CompletionConfig, Config, load_config
from training.encoder import Embedder, Encoder, Spectrum
from training.encoder.completion import Completion
from training.hiding import blurred, limbs, shown
from training.train import Run

BODY = LAYOUTS["body16"]
V, T = len(BODY), 32
SMALL = (
    *SMALL_RUN,
    "optimiser.batch=32",
    "spectrum.learned.hidden=24",
    "spectrum.learned.copies=1",
    "guidance=null",
)


def config(*more: str) -> Config:
    return load_config(None, (*SMALL, *more))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_animator_archive(
        folder / "moves.npz", ("wave", "squat", "kick", "clap"), subjects=4, repetitions=4
    )
    return folder


@pytest.fixture
def data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))


@pytest.fixture(scope="module")
def taught(folder: Path) -> Run:
    """A run over a few epochs, whose completion has learned something."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(folder))
        run = Run(config("optimiser.epochs=30", "optimiser.batch=8"), torch.device("cpu"))
        reports = list(run.epochs())
    assert reports[-1]["loss_completion"] < 0.7 * reports[0]["loss_completion"]
    return run


def untaught(trust: float = 0.75) -> Completion:
    return Completion(V, T, CompletionConfig(hidden=8, trust=trust))


def moving(bodies: int = 2) -> tuple[Tensor, Tensor]:
    """Bodies whose joints all go evenly, and that all of them were seen."""
    start = torch.randn(bodies, 1, V, 3, generator=torch.Generator().manual_seed(1))
    way = torch.linspace(0, 1, T)[None, :, None, None]
    return start + way, torch.ones(bodies, T, V, 1)


def frame(run: Run) -> tuple[Tensor, Tensor, Tensor]:
    joints, seen = run.served.batch(torch.arange(len(run.served)))
    return run.learner.encoder.in_body_frame(joints, seen)


def test_what_was_seen_stays_as_it_is(taught: Run) -> None:
    local, _, seen = frame(taught)
    completion = taught.learner.completion
    assert completion is not None
    seen = seen * shown(len(local), T, BODY, torch.Generator().manual_seed(3))
    with torch.no_grad():
        whole = completion(local * seen, seen)
    assert torch.equal(whole * seen, local * seen)


def test_who_is_not_there_stays_nought(taught: Run) -> None:
    completion = taught.learner.completion
    assert completion is not None
    nobody = torch.zeros(2, T, V, 1)
    with torch.no_grad():
        assert torch.equal(completion(torch.zeros(2, T, V, 3), nobody), torch.zeros(2, T, V, 3))
    assert torch.equal(completion.known(nobody.amax(1)), torch.zeros(2, V, 1))


def test_a_moment_that_nobody_saw_lies_between_those_before_and_after() -> None:
    local, seen = moving()
    seen[:, 10:16, 5] = 0
    with torch.no_grad():
        whole = untaught()(local * seen, seen)
    error = (whole - local).abs()
    mean = (local[:, :, 5] * seen[:, :, 5]).sum(1, keepdim=True) / (T - 6)
    resting = (mean - local[:, 10:16, 5]).abs()
    assert float(error[:, 10:16, 5].max()) < 0.6 * float(resting.max())
    assert float(error[:, [10, 15], 5].max()) < 0.05  # next to one that was seen


def test_it_learns_where_hidden_joints_of_another_person_are(taught: Run) -> None:
    local, path, seen = frame(taught)
    other = torch.from_numpy(taught.served.subjects == 0)
    learner = deepcopy(taught.learner)
    completion = learner.completion
    assert completion is not None
    optimiser = torch.optim.AdamW(completion.parameters(), 0.003)
    draws = torch.Generator().manual_seed(0)
    for _ in range(400):
        optimiser.zero_grad()
        learner.completion_loss((local[~other], path[~other], seen[~other]), draws).backward()
        optimiser.step()
    local, seen = local[other], seen[other]
    missed = usual = 0.0
    for joint in range(1, V):  # the pelvis is where the body is put
        left = seen.clone()
        left[:, :, joint] = 0
        with torch.no_grad():
            found = completion(local * left, left)[:, :, joint]
        there = local[:, :, joint]
        missed += float((found - there).square().mean())
        usual += float((there.mean((0, 1)) - there).square().mean())
    assert missed < 0.5 * usual


def test_clips_that_lack_different_joints_are_nearer_to_each_other(taught: Run) -> None:
    spectrum = taught.trained().branch().embedder.spectrum
    local, path, seen = frame(taught)
    draws = torch.Generator().manual_seed(5)
    lacking = [
        seen * (torch.rand(len(local), 1, V, 1, generator=draws) > 0.2).float() for _ in range(2)
    ]
    cosines = []
    for completion in (spectrum.completion, None):
        spectrum.completion = completion
        with torch.no_grad():
            one, other = (spectrum(local * left, path, left) for left in lacking)
        cosines.append(float((one * other).sum(1).mean()))
    assert cosines[0] > cosines[1] + 0.05


@pytest.mark.parametrize("trust", [0.0, 0.5, 1.0])
def test_what_was_never_seen_counts_as_much_as_it_is_trusted(trust: float) -> None:
    ever = torch.ones(1, V, 1)
    ever[:, 3] = 0
    known = untaught(trust).known(ever)
    assert float(known[0, 3]) == trust
    assert torch.equal(known[:, :3], ever[:, :3])


def test_a_clip_that_lacks_nothing_says_the_same_with_it_and_without(taught: Run) -> None:
    spectrum = taught.trained().branch().embedder.spectrum
    body = frame(taught)
    assert body[2].all()
    with torch.no_grad():
        completed = spectrum(*body)
        spectrum.completion = None
        assert torch.allclose(spectrum(*body), completed, atol=1e-5)


def test_each_learns_by_its_own_loss_alone(taught: Run) -> None:
    learner, (local, path, seen) = taught.learner, frame(taught)
    left = seen * shown(len(local), T, BODY, torch.Generator().manual_seed(3))
    body = (local * left, path, left)
    completion, judge = learner.completion, learner.spectrum_classifier
    assert completion is not None
    assert judge is not None
    parts = (list(completion.parameters()), [*learner.spectrum.net.parameters()])  # type: ignore[union-attr]
    labels = torch.from_numpy(taught.served.labels)
    bodies = Bodies.of(taught.served.joints, taught.served.seen)
    learner.modules().zero_grad()
    learner.spectrum_loss(body, labels, bodies)[0].backward()
    assert all(weight.grad is None for weight in parts[0])
    assert any(weight.grad is not None for weight in parts[1])
    learner.modules().zero_grad()
    learner.completion_loss(body, torch.Generator()).backward()
    assert any(weight.grad is not None for weight in parts[0])
    assert all(weight.grad is None for weight in parts[1])
    assert all(weight.grad is None for weight in learner.encoder.parameters())


@pytest.mark.usefixtures("data")
def test_it_is_taught_where_no_view_is_learned() -> None:
    run = Run(config("spectrum.learned.share=0", "optimiser.epochs=1"), torch.device("cpu"))
    assert set(next(run.epochs())) >= {"loss", "loss_completion"}
    embedder = run.trained().branch().embedder
    assert embedder.spectrum.completion is not None


@pytest.mark.parametrize("layout", ["coco", "kinect_v2"])
def test_it_completes_bodies_of_other_layouts(layout: str) -> None:
    more = (f"encoder.layout={layout}", "encoder.moving_part=null", "encoder.frames=64")
    if layout == "coco":  # without a pelvis, to which distances are told
        crossed = "spectrum.crossed=[left_wrist,right_wrist,nose]"
        turning = "spectrum.turning=[left_wrist,right_wrist]"
        more = (*more, "spectrum.quantiles=null", crossed, turning)
    settings = config(*more)
    joints = len(LAYOUTS[layout])
    torch.manual_seed(0)
    spectrum = Spectrum(settings.spectrum, settings.encoder).eval()
    assert spectrum.completion is not None
    local, path = torch.randn(2, 64, joints, 3), torch.zeros(2, 64, 1, 3)
    seen = shown(2, 64, LAYOUTS[layout], torch.Generator().manual_seed(0))
    seen[:, :, -1] = 0
    assert all(((known > 0) & (known < 1)).any() for known in spectrum.known(seen)[:1])
    for values, known in zip(
        spectrum.described(local * seen, path, seen), spectrum.known(seen), strict=True
    ):
        assert values.isfinite().all()
        assert values.shape == known.shape


@pytest.mark.usefixtures("data")
def test_it_changes_neither_the_clips_nor_what_else_is_learned() -> None:
    """So that with and without it can be compared, seed by seed."""
    first = []
    for more in ((), ("spectrum.completion=null",)):
        run = Run(config("augmentation.unseen=0", *more), torch.device("cpu"))
        run.learner.modules().train()
        torch.manual_seed(1)
        first.append([run._step(torch.arange(32)) for _ in range(2)])
    for completed, plain in zip(*first, strict=True):
        assert "loss_completion" not in plain
        del completed["loss_completion"]
        assert completed == pytest.approx(plain, abs=1e-6)


def test_the_encoder_starts_the_same_with_it_and_without() -> None:
    states = []
    for more in ((), ("spectrum.completion=null",)):
        torch.manual_seed(3)
        settings = config(*more)
        spectrum = Spectrum(settings.spectrum, settings.encoder)
        states.append(Embedder(Encoder(settings.encoder), spectrum, 1.0).encoder.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


@pytest.mark.usefixtures("data")
def test_without_the_spectrum_nothing_is_completed() -> None:
    run = Run(config("spectrum.weight=0", "optimiser.epochs=1"), torch.device("cpu"))
    assert "loss_completion" not in next(run.epochs())
    assert run.learner.completion is None


def test_a_limb_is_a_joint_with_all_that_hangs_on_it_alone_or_of_both_sides() -> None:
    found = {
        frozenset(BODY.joints[j] for j in range(V) if limb[j]) for limb in limbs(BODY).tolist()
    }
    left = {"left_shoulder", "left_elbow", "left_wrist"}
    assert frozenset(left) in found
    assert frozenset(left | {j.replace("left", "right") for j in left}) in found
    assert frozenset({"head"}) in found
    assert frozenset({"left_ankle", "right_ankle"}) in found
    assert frozenset(BODY.joints) not in found


def test_limbs_hang_on_roots_too_and_without_bones_every_joint_is_one() -> None:
    coco = LAYOUTS["coco"]
    leg = torch.zeros(len(coco))
    leg[[coco.index[f"left_{part}"] for part in ("hip", "knee", "ankle")]] = 1
    assert any(torch.equal(limb, leg) for limb in limbs(coco))
    loose = limbs(resolve_layout("left_hip,right_hip,left_shoulder,right_shoulder"))
    assert {float(row.sum()) for row in loose} == {1, 2}


def test_joints_are_hidden_for_good_and_for_a_while_and_hardly_ever_all_of_them() -> None:
    left = shown(2000, T, BODY, torch.Generator().manual_seed(0))[..., 0]
    again = shown(2000, T, BODY, torch.Generator().manual_seed(0))[..., 0]
    assert torch.equal(left, again)
    never = left.amax(1) == 0
    sometimes = ~never & (left.amin(1) == 0)
    assert 0.2 < float(never.float().mean()) < 0.4
    assert 0.05 < float(sometimes.float().mean()) < 0.3
    assert float(never.all(1).float().mean()) < 0.001


def test_a_blurred_body_is_another_in_size_and_place_alone() -> None:
    local, _ = moving(3)
    other = blurred(local, torch.Generator().manual_seed(0))
    size = (other[:, :1, :1] - other[:, -1:, -1:]) / (local[:, :1, :1] - local[:, -1:, -1:])
    assert torch.allclose(size.amax(-1), size.amin(-1), rtol=1e-3)
    place = other - size[..., :1] * local
    assert torch.allclose(place, place[:, :1, :1].expand_as(place), atol=1e-3)
    assert float(place.abs().max()) > 0.005
