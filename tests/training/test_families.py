"""What every family of encoders promises (docs/encoders.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import torch
from torch import Tensor, nn

from model_export.encoders import PAPER_SIZED, cost, paper_sized
from model_export.graph import graph_of
from model_export.graph_rules import check_graph
from model_export.parity import check_parity
from model_export.session import Session
from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.config import BadConfig, EncoderConfig, Family, load_config
from training.encoder import Embedder, Encoder, SkeletonBranch, Spectrum
from training.encoder.adult import adult_bones
from training.encoder.blocks import FAMILIES
from training.encoder.body_frame import BodyFrame
from training.encoder.hierarchy import hierarchy
from training.encoder.skeleton_branch import ImportanceOutput

ALL = tuple(FAMILIES)
SMALL = ("encoder.frames=16", "encoder.moving_part=null",
         "encoder.channels=[16, 24]", "encoder.strides=[2, 1]",
         "encoder.subsets=3", "encoder.segment_width=8", "encoder.dropout=0")  # fmt: skip
#: Joints that every built-in layout has.
EVERYWHERE = (
    "spectrum.crossed=[left_elbow, right_knee]", "spectrum.quantiles=null", "spectrum.turning=null",
)  # fmt: skip
#: PAPER.md, "Encoders": parameters in millions and GMAC at 64 frames, 25 joints.
PAPER = {
    "stgcn_pp": (1.4, 0.94), "dg_stgcn": (1.7, 0.80), "ctr_gcn": (1.45, 0.98),
    "infogcn": (1.55, 0.89), "hd_gcn": (1.7, 0.91),
}  # fmt: skip


def small(family: str, layout: str, *more: str) -> EncoderConfig:
    overrides = (f"encoder.family={family}", f"encoder.layout={layout}", *SMALL, *EVERYWHERE)
    return load_config(None, (*overrides, *more)).encoder


def shaken(encoder: Encoder) -> Encoder:
    """As training leaves it: what starts at nought is nought no more."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return encoder.eval()


def clips(layout: str, actions: tuple[str, ...] = ("wave", "squat")) -> tuple[Tensor, Tensor]:
    prepared = [prepare(animate(a, seed=3), LAYOUTS[layout], 16) for a in actions]
    return (
        torch.stack([torch.from_numpy(p.joints) for p in prepared]),
        torch.stack([torch.from_numpy(p.seen) for p in prepared]),
    )


def blocks_with_inputs(encoder: Encoder, layout: str) -> Iterator[tuple[nn.Module, Tensor]]:
    """Every block with what it is given."""
    given: list[Tensor] = []
    handles = [
        block.register_forward_pre_hook(lambda _m, args: given.append(args[0]))
        for block in encoder.blocks
    ]
    with torch.no_grad():
        encoder(*clips(layout))
    for handle in handles:
        handle.remove()
    return zip(encoder.blocks, given, strict=True)


def test_the_registry_has_the_families_that_the_configuration_knows() -> None:
    assert get_args(Family) == ALL


def test_an_unknown_family_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(BadConfig) as refusal:
        load_config(None, ("encoder.family=resnet",))
    assert "encoder.family" in str(refusal.value)
    assert all(f"'{family}'" in str(refusal.value) for family in ALL)


def test_a_configuration_from_before_there_were_families_is_the_default() -> None:
    tree = load_config().encoder.model_dump()
    del tree["family"]
    assert EncoderConfig.model_validate(tree) == load_config().encoder


@pytest.mark.parametrize("layout", ["body16", "kinect_v2"])
@pytest.mark.parametrize("family", ALL)
def test_a_family_learns_to_tell_clips_apart(family: str, layout: str) -> None:
    torch.manual_seed(0)
    encoder = Encoder(small(family, layout)).train()
    head = nn.Linear(encoder.width, 4)
    joints, seen = clips(layout, ("wave", "squat", "kick", "clap"))
    labels = torch.arange(4)
    optimiser = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=0.01)
    losses = []
    for _ in range(12):
        loss = nn.functional.cross_entropy(head(encoder(joints, seen)), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    without = [
        n for n, p in encoder.named_parameters() if p.grad is None or not p.grad.isfinite().all()
    ]
    assert not without


@pytest.mark.parametrize(
    ("family", "layout"), [(f, "kinect_v2") for f in ALL] + [("hd_gcn", "coco")]
)
def test_a_family_exports_by_the_rules_and_computes_the_same(family: str, layout: str) -> None:
    """Joint importance included, which is an output of its own."""
    config = small(family, layout)
    whole = load_config(None, EVERYWHERE)
    encoder = shaken(Encoder(config, whole.importance))
    embedder = Embedder(encoder, Spectrum(whole.spectrum, config), 0.0)
    branch = SkeletonBranch(embedder, torch.randn(9, encoder.width), nearest=5).eval()
    graph = graph_of(branch)
    check_graph(graph, encoder.layout, encoder.frames, encoder.persons)
    assert [value.name for value in graph.graph.output] == list(ImportanceOutput._fields)
    parity = check_parity(Session(graph.SerializeToString()), branch)
    assert max(parity.differences.values()) <= 1e-4


@pytest.mark.parametrize("layout", ["body16", "kinect_v2"])
@pytest.mark.parametrize("family", ALL)
@torch.no_grad()
def test_a_uniform_importance_changes_nothing_and_another_does(family: str, layout: str) -> None:
    encoder = shaken(Encoder(small(family, layout)))
    joints = len(LAYOUTS[layout])
    for block, x in blocks_with_inputs(encoder, layout):
        plain = block(x)
        uniform = joints * torch.full((len(x), joints), 1 / joints)
        assert torch.equal(block(x, uniform[:, None, None]), plain)
        uneven = torch.ones(1, 1, 1, joints)
        uneven[..., 0], uneven[..., 1] = 0.1, 1.9
        assert not torch.allclose(block(x, uneven), plain, atol=1e-3)


@pytest.mark.parametrize("family", ALL)
@torch.no_grad()
def test_importance_falls_between_the_exchange_and_time(family: str) -> None:
    """A joint of importance 0 is heard by the others: it is silenced after the exchange."""
    encoder = shaken(Encoder(small(family, "body16")))
    block, x = list(blocks_with_inputs(encoder, "body16"))[1]
    muted = torch.ones(1, 1, 1, 16)
    muted[..., 5] = 0
    other = x.clone()
    other[..., 5] += torch.randn_like(other[..., 5])
    changed = (block(x, muted) - block(other, muted)).abs().amax((0, 1, 2))
    assert float(changed[[i for i in range(16) if i != 5]].max()) > 1e-4
    weighed: list[Tensor] = []
    time = block.before_frames if family == "transformer" else block.temporal
    handle = time.register_forward_pre_hook(lambda _m, args: weighed.append(args[0]))
    block(x, muted)
    handle.remove()
    joints = weighed[0].abs().amax((0, 2, 3) if family == "transformer" else (0, 1, 2))
    assert float(joints[5]) == 0
    assert float(joints.max()) > 0


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("family", ALL)
def test_every_bone_is_in_the_topology_in_both_directions(family: str, layout: str) -> None:
    encoder = Encoder(small(family, layout))
    for block in encoder.blocks:
        union = block.topology().detach().amax(0)
        assert union.shape == (len(LAYOUTS[layout]), len(LAYOUTS[layout]))
        for child, parent in LAYOUTS[layout].bones:
            assert float(union[child, parent]) > 0.1
            assert float(union[parent, child]) > 0.1


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@torch.no_grad()
def test_any_built_in_layout_makes_an_encoder_that_place_and_size_do_not_matter_to(
    layout: str,
) -> None:
    encoder = shaken(Encoder(small("compact", layout)))
    joints, seen = clips(layout)
    expected = encoder(joints, seen)
    moved = encoder(1.3 * joints + torch.tensor([1.0, 0.2, 3.0]), seen)
    assert torch.allclose(moved, expected, atol=1e-3 * float(expected.abs().max()))


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@torch.no_grad()
def test_every_layout_brings_the_same_body_to_about_the_same_size(layout: str) -> None:
    size = []
    for name in (layout, "body16"):
        joints, seen = clips(name, ("squat",))
        local, _, _ = BodyFrame(LAYOUTS[name])(joints[:, :, 0], seen[:, :, 0])
        knee = local[:, :, LAYOUTS[name].index["left_knee"]]
        hip = local[:, :, LAYOUTS[name].index["left_hip"]]
        size.append(float((knee - hip).norm(dim=-1).mean()))
    assert size[0] == pytest.approx(size[1], rel=0.1)


def test_an_adult_of_the_default_layout_has_the_size_that_the_default_model_knows() -> None:
    body = LAYOUTS["body16"]
    lengths = {body.joints[child]: metres for (child, _), metres in adult_bones(body).items()}
    assert lengths.keys() == {body.joints[child] for child, _ in body.bones}
    for joint, metres in {"spine": 0.25, "neck": 0.25, "head": 0.2, "left_shoulder": 0.18,
                          "left_wrist": 0.25, "right_knee": 0.42}.items():  # fmt: skip
        assert lengths[joint] == pytest.approx(metres)


@pytest.mark.parametrize("layout", ["left_hip,right_hip,head", "left_shoulder,right_shoulder"])
def test_a_layout_without_hips_or_shoulders_is_refused(layout: str) -> None:
    with pytest.raises(BadConfig, match="the body frame needs them"):
        load_config(None, (f"encoder.layout={layout}",))


def test_a_crossed_joint_that_the_layout_lacks_is_named() -> None:
    with pytest.raises(BadConfig, match="layout openni has no left_wrist, right_wrist"):
        load_config(None, ("encoder.layout=openni",))


def test_the_hierarchy_of_ntus_body_is_the_papers() -> None:
    """HD-GCN's seven sets around the belly, in NTU's own numbers."""
    sets = [{joint + 1 for joint in level} for level in hierarchy(LAYOUTS["kinect_v2"])]
    assert sets == [{2}, {1, 21}, {3, 5, 9, 13, 17}, {4, 6, 10, 14, 18}, {7, 11, 15, 19},
                    {8, 12, 16, 20}, {22, 23, 24, 25}]  # fmt: skip


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_hierarchy_has_every_joint_once_and_its_bones_between_neighbouring_sets(
    layout: str,
) -> None:
    sets = hierarchy(LAYOUTS[layout])
    assert sorted(joint for level in sets for joint in level) == list(range(len(LAYOUTS[layout])))
    level = {joint: number for number, joints in enumerate(sets) for joint in joints}
    assert all(abs(level[a] - level[b]) == 1 for a, b in LAYOUTS[layout].bones)


@pytest.mark.parametrize("family", PAPER)
def test_a_family_in_its_papers_size_costs_what_the_papers_table_says(family: str) -> None:
    parameters, macs = cost(paper_sized(family))
    wanted_parameters, wanted_macs = PAPER[family]
    assert parameters / 1e6 == pytest.approx(wanted_parameters, rel=1 / 3)
    assert macs / 1e9 == pytest.approx(wanted_macs, rel=1 / 3)


def test_every_family_but_the_default_has_a_configuration_in_its_papers_size() -> None:
    assert set(PAPER_SIZED) == set(ALL) - {"compact"}
    for family in PAPER_SIZED:
        encoder = paper_sized(family).encoder
        assert (encoder.family, encoder.frames, encoder.layout) == (family, 64, "kinect_v2")
    configs = Path(__file__).parents[2] / "training" / "configs"
    assert {path.stem for path in configs.glob("*.yaml")} >= {*PAPER_SIZED, "default"}
