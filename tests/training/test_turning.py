"""Turning: a circle is told from the same circle backwards, whenever it begins."""

import math

import pytest
import torch
from torch import Tensor

from skeleton import LAYOUTS
from training.config import BadConfig, load_config
from training.encoder import Spectrum
from training.encoder.turning import Turning

BODY = LAYOUTS["body16"]
FRAMES = 32
HAND = 3 * BODY.index["right_wrist"]


def circling(begin: float = 0, *, backwards: bool = False) -> Tensor:
    """`(1, 32, 48)`: the right hand goes round twice, the rest stands still."""
    angle = begin + torch.arange(FRAMES) * (4 * math.pi / FRAMES) * (-1 if backwards else 1)
    series = torch.zeros(1, FRAMES, 3 * len(BODY))
    series[0, :, HAND], series[0, :, HAND + 1] = 0.3 * angle.cos(), 0.3 * angle.sin()
    return series


def turned(series: Tensor) -> Tensor:
    """`(3, 3)`: the hand's positions with its velocities."""
    return Turning(BODY, ["right_wrist"])(series).reshape(3, 3)


def test_a_circle_backwards_is_the_opposite_and_its_begin_does_not_matter() -> None:
    ahead = turned(circling())
    assert float(ahead[0, 1]) > 0.5
    assert float(ahead[1, 0]) < -0.5
    across = ~torch.eye(3, dtype=torch.bool)
    assert torch.allclose(turned(circling(backwards=True))[across], -ahead[across], atol=0.05)
    for begin in (0.5, 1.5, 3.0):
        assert torch.allclose(turned(circling(begin)), ahead, atol=0.1)


def test_every_joint_is_compared_with_every_other() -> None:
    view = Turning(BODY, ["head", "right_wrist"])
    said = view(circling()).reshape(6, 6)
    assert view.size == 36
    assert torch.equal(said[:3], torch.zeros(3, 6))  # the head stands still
    assert torch.allclose(said[3:, 3:], turned(circling()), atol=1e-6)


def test_a_still_body_turns_nowhere() -> None:
    assert torch.equal(turned(torch.ones(1, FRAMES, 48)), torch.zeros(3, 3))


def test_what_rests_on_an_unseen_joint_is_not_known() -> None:
    known = torch.ones(1, 16, 3)
    known[:, BODY.index["head"]] = 0
    found = Turning(BODY, ["head", "right_wrist"]).known(known.reshape(1, 48)).reshape(6, 6)
    expected = torch.zeros(6, 6)
    expected[3:, 3:] = 1
    assert torch.equal(found, expected)


def test_a_configuration_has_the_view_where_it_asks_for_it() -> None:
    plain = load_config(None, ("spectrum.turning=null",))
    asked = load_config(None, ("spectrum.turning=[head, right_wrist]",))
    sizes = [sum(v.size for v in Spectrum(c.spectrum, c.encoder).views) for c in (plain, asked)]
    assert sizes[1] == sizes[0] + 36


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("[left_toes]", "spectrum.turning: layout body16 has no left_toes"),
        ("[]", "at least 1 item"),
    ],
)
def test_joints_that_cannot_be_are_refused(override: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        load_config(None, (f"spectrum.turning={override}",))
