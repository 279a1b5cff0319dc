import math

import pytest
import torch
from torch import Tensor

from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.config import load_config
from training.encoder import Embedder, Encoder, SkeletonBranch, Spectrum
from training.encoder.adjacency import adjacency
from training.encoder.body_frame import BodyFrame

BODY = LAYOUTS["body16"]
SMALL = load_config(
    None, ("encoder.channels=[16, 24]", "encoder.strides=[2, 2]", "encoder.segment_width=8")
).encoder
#: Every view that there is.
SPECTRUM = load_config(
    None,
    (
        "spectrum.width=20",
        "spectrum.frequencies=9",
        "spectrum.quantiles={position: [0.1, 0.5, 0.9], velocity: [0.1, 0.9], "
        "distance: [0.1, 0.5], between: [pelvis, left_wrist, right_wrist, head]}",
    ),
).spectrum


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder(SMALL).eval()


@pytest.fixture(scope="module")
def branch(encoder: Encoder) -> SkeletonBranch:
    spectrum = Spectrum(SPECTRUM, SMALL).eval()
    described = [
        spectrum.described(*encoder.in_body_frame(*clip(action, seed)))
        for action in ("squat", "wave", "kick", "walk")
        for seed in range(8)
    ]
    labels = torch.arange(4).repeat_interleave(8)
    views = [torch.cat(view) for view in zip(*described, strict=True)]
    spectrum.fit(views, [torch.ones_like(view) for view in views], labels, 0.2)
    embedder = Embedder(encoder, spectrum, weight=0.8)
    torch.manual_seed(1)
    cohort = torch.nn.functional.normalize(torch.randn(9, encoder.width + spectrum.width), dim=1)
    return SkeletonBranch(embedder, cohort, nearest=5).eval()


def clip(action: str = "squat", seed: int = 0, yaw: float = 0.0) -> tuple[Tensor, Tensor]:
    prepared = prepare(animate(action, seed=seed, yaw=yaw), BODY, SMALL.input_frames)
    return torch.from_numpy(prepared.joints)[None], torch.from_numpy(prepared.seen)[None]


def turned(joints: Tensor, degrees: float) -> Tensor:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return joints @ torch.tensor([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("subsets", [1, 2, 3, 4, 8])
def test_every_bone_is_in_the_adjacency_in_both_directions(layout: str, subsets: int) -> None:
    union = adjacency(LAYOUTS[layout], subsets).sum(0)
    for child, parent in LAYOUTS[layout].bones:
        assert union[child, parent] > 0
        assert union[parent, child] > 0


@torch.no_grad()
def test_place_size_and_heading_do_not_matter(encoder: Encoder) -> None:
    joints, seen = clip()
    expected = encoder(joints, seen)
    moved = turned(joints * 1.4, 73) + torch.tensor([1.5, -0.3, 4.0])
    assert torch.allclose(encoder(moved, seen), expected, atol=2e-4)


@torch.no_grad()
def test_what_is_not_seen_has_no_influence_nan_included(encoder: Encoder) -> None:
    joints, seen = clip()
    seen[:, :, :, BODY.index["left_wrist"]] = 0
    seen[:, 5:9, :, BODY.index["pelvis"]] = 0
    expected = encoder(joints, seen)
    for value in (math.nan, 1e6, -1e6):
        spoilt = torch.where(seen[..., None] > 0, joints, torch.tensor(value))
        assert torch.equal(encoder(spoilt, seen), expected)


@torch.no_grad()
@pytest.mark.parametrize("hidden", [BODY.joints, ("pelvis", "left_hip", "right_hip"),
                                    ("left_shoulder", "left_hip"), BODY.joints[1:]])  # fmt: skip
def test_no_mask_gives_nan(branch: SkeletonBranch, hidden: tuple[str, ...]) -> None:
    joints, seen = clip()
    seen[..., [BODY.index[j] for j in hidden]] = 0
    for output in branch(joints, seen):
        assert bool(torch.isfinite(output).all())


@torch.no_grad()
def test_all_joints_in_one_place_give_finite_features(encoder: Encoder) -> None:
    joints, seen = clip()
    assert bool(torch.isfinite(encoder(torch.ones_like(joints), seen)).all())


@torch.no_grad()
def test_the_frame_faces_one_way_and_keeps_the_path() -> None:
    joints, seen = clip("walk")
    local, path, _ = BodyFrame(BODY)(joints[:, :, 0], seen[:, :, 0])
    across = (local[:, :, BODY.index["left_hip"]] - local[:, :, BODY.index["right_hip"]]).mean(1)
    assert float(across[0, 0]) > 0.1
    assert abs(float(across[0, 2])) < 0.02
    assert torch.allclose(path.mean(1), torch.zeros(1, 1, 3), atol=1e-5)


@torch.no_grad()
def test_the_blocks_are_accessible_and_their_features_keep_the_joints(encoder: Encoder) -> None:
    shapes: list[tuple[int, ...]] = []
    handles = [b.register_forward_hook(lambda _m, _i, o: shapes.append(tuple(o.shape)))
               for b in encoder.blocks]  # fmt: skip
    encoder(*clip())
    for handle in handles:
        handle.remove()
    assert shapes == [(1, 16, 16, 16), (1, 24, 8, 16)]  # (N, C, T, V)


@torch.no_grad()
def test_embeddings_have_length_one(branch: SkeletonBranch) -> None:
    embedding = branch(*clip()).embedding
    assert torch.allclose(embedding.norm(dim=1), torch.ones(1), atol=1e-5)


@torch.no_grad()
def test_the_cosine_weighs_encoder_and_spectrum_as_stated(branch: SkeletonBranch) -> None:
    embedder, encoder = branch.embedder, branch.encoder
    a, b = clip("squat"), clip("wave")
    whole = embedder(*a) @ embedder(*b).T
    spectra = [embedder.spectrum(*encoder.in_body_frame(*c)) for c in (a, b)]
    features = [torch.nn.functional.normalize(encoder(*c)) for c in (a, b)]
    parts = features[0] @ features[1].T + 0.8 * spectra[0] @ spectra[1].T
    assert torch.allclose(whole, parts / 1.8, atol=1e-5)


@torch.no_grad()
def test_the_spectrum_does_not_care_when_a_movement_starts(branch: SkeletonBranch) -> None:
    joints, seen = clip("squat")
    embedder, encoder = branch.embedder, branch.encoder
    body = encoder.in_body_frame(joints, seen)
    shifted = [torch.roll(part, 7, dims=1) for part in body]
    pair = [embedder.spectrum(*moments) for moments in (body, shifted)]
    parts = [w.basis.shape[1] for w in embedder.spectrum.whitenings]
    parts.append(embedder.spectrum.width - sum(parts))
    whole, windows, crossed, positions, velocities, distances, angles, turning, _ = (
        float((a * b).sum() / (a * a).sum())
        for a, b in zip(*(p.split(parts, 1) for p in pair), strict=True)
    )
    assert min(whole, crossed, positions, distances, angles) > 0.999
    assert min(velocities, turning) > 0.9  # the end now leads to the beginning, at another speed
    assert windows < 0.99  # these tell the beginning from the end
