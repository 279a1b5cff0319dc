"""The shipped model recognises an action from layout to layout (docs/layouts.md)."""

from service.settings import DEFAULT_MODEL
from skeleton import LAYOUTS
from skeleton.animator import ACTIONS
from training.evaluation.encoders import encoder_from_model
from training.evaluation.layout_pairs import measure_pairs
from training.evaluation.layout_report import BAR


def test_the_same_movement_is_recognised_in_every_pair_of_layouts() -> None:
    encoder = encoder_from_model(DEFAULT_MODEL)
    pairs = measure_pairs(encoder, tuple(LAYOUTS.values()), tuple(ACTIONS), takes=1, seed=7)
    assert len(pairs.cells) == len(LAYOUTS) ** 2
    low = [(c.enrolled, c.asked, c.same, c.confusions) for c in pairs.cells if c.same < BAR]
    assert not low
    assert all(cell.queries == len(ACTIONS) for cell in pairs.cells)
