"""Joint importance in the encoder: what it is, what it does to later blocks, what it costs."""

import time

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from model_export.encoders import cost, exported
from model_export.session import Session
from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.config import BadConfig, load_config
from training.encoder import Encoder
from training.encoder.block import Shape
from training.encoder.blocks import compact
from training.encoder.jid import JointImportance

BODY = LAYOUTS["body16"]
SMALL = ("encoder.channels=[16, 24]", "encoder.strides=[2, 2]", "encoder.segment_width=8")


def encoder(*more: str, awake: bool = True) -> Encoder:
    """A small one; `awake`, its importance is not all alike any more, as it is at the start."""
    config = load_config(None, (*SMALL, *more))
    torch.manual_seed(0)
    found = Encoder(config.encoder, config.importance).eval()
    if awake and found.jid is not None:
        nn.init.normal_(found.jid.after.weight, std=3)
    return found


def body(net: Encoder, action: str = "wave", hidden: tuple[str, ...] = ()) -> tuple[Tensor, ...]:
    prepared = prepare(animate(action, seed=3), BODY, net.frames)
    seen = torch.from_numpy(prepared.seen.copy())[None]
    seen[..., [BODY.index[joint] for joint in hidden]] = 0
    return net.in_body_frame(torch.from_numpy(prepared.joints)[None], seen)


def importance_of(net: Encoder, *given: Tensor) -> Tensor:
    importance = net.features(*given).importance
    assert importance is not None
    return importance


@torch.no_grad()
def test_importance_sums_to_1_and_leaves_out_what_was_never_seen() -> None:
    net = encoder()
    assert float(importance_of(net, *body(net)).min()) > 0
    hidden = ("left_wrist", "head", "right_ankle")
    importance = importance_of(net, *body(net, hidden=hidden))
    assert importance.shape == (1, 16)
    assert float(importance.sum()) == pytest.approx(1, abs=1e-5)
    for joint in BODY.joints:
        assert (float(importance[0, BODY.index[joint]]) == 0) == (joint in hidden)


@pytest.mark.parametrize("hidden", [("left_wrist", "head"), BODY.joints[1:], BODY.joints])
def test_gradients_stay_finite_whatever_was_seen(hidden: tuple[str, ...]) -> None:
    net = encoder()
    features = net.features(*body(net, hidden=hidden))
    assert features.importance is not None
    assert float(features.importance.detach().sum()) == pytest.approx(1, abs=1e-5)
    (features.vector.square().sum() + features.importance.square().sum()).backward()
    for name, weight in net.named_parameters():
        assert weight.grad is not None, name
        assert bool(torch.isfinite(weight.grad).all()), name


@pytest.mark.parametrize(("factor", "still"), [("full", 0.0), ("half", 0.5)])
def test_the_factor_is_1_on_average(factor: str, still: float) -> None:
    config = load_config(None, (f"guidance.importance.factor={factor}",)).importance
    assert config is not None
    jid = JointImportance(8, config)
    importance = torch.tensor([[0.75, 0.25, 0.0, 0.0]])
    weight = jid.factor(importance)
    assert weight.shape == (1, 1, 1, 4)
    assert float(weight.mean()) == pytest.approx(1)
    assert float(weight[0, 0, 0, 3]) == still


@torch.no_grad()
def test_a_block_weighs_the_joints_after_space_and_before_time() -> None:
    torch.manual_seed(0)
    block = compact.block(BODY, Shape(12, 20, 2, 8), 4).eval()
    x, importance = torch.randn(3, 12, 8, 16), torch.rand(3, 1, 1, 16)
    space = torch.relu(block.spatial(x) + block.around_spatial(x)) * importance
    wanted = torch.relu(block.temporal(space) + block.around_both(x))
    assert torch.allclose(block(x, importance), wanted, atol=1e-6)
    assert torch.allclose(block(x, torch.ones_like(importance)), block(x), atol=1e-6)
    assert not torch.allclose(block(x, importance), block(x), atol=1e-3)


@torch.no_grad()
def test_it_begins_as_the_plain_encoder() -> None:
    plain, guided = encoder("guidance=null"), encoder(awake=False)
    assert plain.jid is None
    for name, weight in plain.state_dict().items():
        assert torch.equal(guided.state_dict()[name], weight), name
    given = body(plain)
    assert torch.allclose(guided.features(*given).vector, plain.features(*given).vector, atol=1e-5)
    woken = encoder().features(*given).vector
    assert not torch.allclose(woken, plain.features(*given).vector, atol=1e-4)


@pytest.mark.parametrize(("after", "found"), [("null", 3), ("1", 1), ("5", 5)])
def test_it_stands_after_half_of_the_blocks_or_where_it_is_told(after: str, found: int) -> None:
    config = load_config(None, (f"guidance.importance.after={after}",))
    net = Encoder(config.encoder, config.importance).eval()
    assert net.jid is not None
    weighed: list[bool] = []
    for block in net.blocks:
        block.register_forward_pre_hook(lambda _, given: weighed.append(given[1] is not None))
    net.features(*body(net))
    assert weighed == [number >= found for number in range(6)]
    assert net.jid.before.in_channels == config.encoder.channels[found - 1]


@pytest.mark.parametrize("override", ["guidance.importance.after=6", "encoder.channels=[16]"])
def test_without_a_block_behind_it_the_configuration_is_refused(override: str) -> None:
    with pytest.raises(BadConfig, match=r"guidance\.importance\.after"):
        load_config(None, (override, "encoder.strides=[1]") if "[16]" in override else (override,))


class _Mixing(nn.Module):
    """A block of another family: joints mixed by one matrix."""

    def __init__(self, narrow: int, wide: int) -> None:
        super().__init__()
        self.joints = nn.Linear(16, 16)
        self.channels = nn.Conv2d(narrow, wide, (3, 1), padding=(1, 0))

    def forward(self, x: Tensor, importance: Tensor | None = None) -> Tensor:
        y: Tensor = self.joints(x)
        if importance is not None:
            y = y * importance
        out: Tensor = self.channels(y)
        return out


@torch.no_grad()
def test_any_blocks_that_take_the_importance_will_do() -> None:
    net = encoder("encoder.strides=[1, 1]")
    net.blocks = nn.ModuleList([_Mixing(10, 16), _Mixing(16, 24)])
    features = net.features(*body(net))
    assert features.importance is not None
    assert features.joints.shape == (1, 16, 24)
    assert net.jid is not None
    nn.init.zeros_(net.jid.after.weight)
    assert not torch.allclose(net.features(*body(net)).vector, features.vector, atol=1e-4)


def _least(session: Session, clip: tuple[np.ndarray, np.ndarray], runs: int) -> float:
    """Processor seconds: what a busy machine adds is not the model's."""
    taken = []
    for _ in range(runs):
        begun = time.thread_time()
        session.run(*clip)
        taken.append(time.thread_time() - begun)
    return min(taken)


def test_it_adds_at_most_3_percent_of_parameters_and_time() -> None:
    """Of the default encoder's, exported without the spectrum beside it. The median over many
    sessions, because where one's memory happens to lie is worth some percent; more of them where
    the first leave it open."""
    configs = [load_config(None, overrides) for overrides in (("guidance=null",), ())]
    plain, guided = (exported(config, spectrum=False) for config in configs)
    before, after = (cost(config)[0] for config in configs)
    rng = np.random.default_rng(0)
    joints = rng.standard_normal((1, 64, 1, 16, 3)).astype(np.float32)
    clip = joints, np.ones(joints.shape[:-1], dtype=np.float32)
    pairs: list[list[float]] = []
    more = np.inf
    while len(pairs) < 15 or (more > 0.03 and len(pairs) < 60):
        sessions = [Session(model) for model in (plain, guided)]
        turns = [[_least(session, clip, 4) for session in sessions] for _ in range(12)]
        pairs.append(np.min(turns, axis=0).tolist())
        more = float(np.median([theirs / ours for ours, theirs in pairs])) - 1
    times = 1000 * np.median(pairs, axis=0)
    print(
        f"parameters {before} → {after} (+{after / before - 1:.1%}), time {times[0]:.3f} → "
        f"{times[1]:.3f} ms, median of {len(pairs)} pairs +{more:.1%}"
    )
    assert after <= 1.03 * before
    assert more <= 0.03
