from pathlib import Path

import numpy as np
import pytest
import torch

from skeleton import LAYOUTS
from tests.animator_texts import TEXT_WIDTH
from tests.training.guidance.conftest import toy_config
from training.config import GuidanceConfig, load_config
from training.dataset import TrainingClass
from training.guidance.guidance import Told
from training.guidance.texts import ClassTexts
from training.text.action_text import STILL
from training.text.descriptions import Descriptions
from training.text.embeddings import TextEmbeddings
from training.text.errors import BadDescription, BadEmbeddings
from training.train import Run

BODY = LAYOUTS["body16"]
WAVE, KICK = (TrainingClass("moves", label, None) for label in ("wave", "kick"))


def guidance(folder: Path, *more: str) -> GuidanceConfig:
    found = toy_config(folder, *more).guidance
    assert found is not None
    return found


def test_each_class_has_its_sentences_and_k_gt_as_written_and_mirrored(folder: Path) -> None:
    texts = ClassTexts.read(guidance(folder), (KICK, WAVE), BODY)
    assert texts.sentences.shape == (2, 2, 16, TEXT_WIDTH)
    embeddings = TextEmbeddings.read(folder / "texts.npz")
    still = torch.from_numpy(embeddings.look_up([STILL])[0])
    right, left, head = (BODY.index[j] for j in ("right_wrist", "left_wrist", "head"))
    written, mirrored = texts.sentences[0, 1], texts.sentences[1, 1]
    wanted = embeddings.look_up(["swings from side to side above the shoulder."])[0]
    assert np.array_equal(written[right].numpy(), wanted)
    assert np.array_equal(mirrored[left].numpy(), wanted)
    for silent in (written[left], written[head], mirrored[right]):
        assert torch.equal(silent, still)
    assert torch.allclose(texts.importance.sum(2), torch.ones(2, 2))
    assert texts.importance[0, 1, right] > 0
    assert texts.importance[0, 1, left] == 0
    assert torch.equal(texts.importance[1, 1], texts.importance[0, 1][list(BODY.mirror)])


def test_k_gt_is_of_all_named_joints_where_the_configuration_says_so(folder: Path) -> None:
    """The kick's text names the left leg, which stands."""
    moving, every = (
        ClassTexts.read(guidance(folder, *more), (KICK,), BODY).importance[0, 0]
        for more in ((), ("guidance.importance.named=all",))
    )
    right, left = BODY.index["right_knee"], BODY.index["left_knee"]
    assert moving[right] > every[right] > 0
    assert moving[left] == 0
    assert every[left] == every[right]


def test_the_two_sensors_of_one_set_share_its_texts() -> None:
    config = load_config().guidance
    assert config is not None
    assert Descriptions.read("training/text/descriptions/uiprmd.yaml").dataset == "uiprmd"
    label = next(iter(Descriptions.read("training/text/descriptions/uiprmd.yaml").actions))
    texts = ClassTexts.read(config, (TrainingClass("uiprmd", label, None),), BODY)
    assert texts.sentences.shape[:3] == (2, 1, 16)


def test_a_mirrored_clip_takes_the_mirrored_text_and_so_does_the_other_hand(folder: Path) -> None:
    run = Run(toy_config(folder), torch.device("cpu"))
    guided = run.learner.guidance
    assert guided is not None
    base = [known.label for known in run.data.classes].index("wave")
    # The same class, were people to do it with either hand.
    either = guided.written_for.clone()
    either[base] = -1  # written for the right

    def sides(written_for: torch.Tensor) -> list[int]:
        guided.written_for = written_for
        told = Told(
            torch.zeros(4, dtype=torch.long),
            torch.full((4,), base),
            torch.tensor([False, True, False, True]),
            torch.tensor([-1.0, -1.0, 1.0, 1.0]),  # right, right, left, left
        )
        both = guided.sentences[:, base]
        return [int(torch.equal(text, both[1])) for text in guided.text(told)]

    assert sides(guided.written_for) == [0, 1, 0, 1]
    assert sides(either) == [0, 1, 1, 0]


def test_another_text_is_of_another_class(folder: Path) -> None:
    run = Run(toy_config(folder), torch.device("cpu"))
    guided = run.learner.guidance
    assert guided is not None
    base = torch.arange(len(run.data.classes)).repeat(40)
    labels = run.targets.number[0, base]
    told = Told(labels, base, base < 0, torch.zeros(len(base)))
    drawn = run.targets.number[guided.other_text(told, torch.Generator().manual_seed(0))]
    assert not bool((drawn == labels).any())
    assert set(drawn.tolist()) == set(range(run.targets.count))


def test_a_set_or_class_without_texts_is_named(folder: Path) -> None:
    with pytest.raises(BadDescription, match=r"'elsewhere', only for moves: .*guidance=null"):
        ClassTexts.read(guidance(folder), (TrainingClass("elsewhere", "wave", None),), BODY)
    with pytest.raises(BadDescription, match="'juggle'"):
        ClassTexts.read(guidance(folder), (TrainingClass("moves", "juggle", None),), BODY)
    absent = guidance(folder, f"guidance.descriptions=[{folder / 'absent.yaml'}]")
    with pytest.raises(BadDescription, match=r"absent\.yaml"):
        ClassTexts.read(absent, (WAVE,), BODY)


def test_own_texts_stand_beside_the_shipped_and_replace_them(folder: Path, tmp_path: Path) -> None:
    own = Descriptions.read(folder / "texts.yaml")
    changed = {"wave": own["wave"].mirrored()}
    Descriptions("moves", "changed", changed, tmp_path / "changed.yaml").write()
    both = f"guidance.descriptions=[shipped, {own.path}, {tmp_path / 'changed.yaml'}]"
    plain, replaced = (
        ClassTexts.read(guidance(folder, *more), (WAVE, KICK), BODY) for more in ((), (both,))
    )
    assert torch.equal(replaced.sentences[0, 0], plain.sentences[1, 0])
    assert torch.equal(replaced.sentences[0, 1], plain.sentences[0, 1])


def test_texts_that_were_not_embedded_and_embeddings_of_two_models_are_refused(
    folder: Path,
) -> None:
    shipped = guidance(folder, "guidance.embeddings=[shipped]")
    with pytest.raises(BadEmbeddings, match="older than the texts"):
        ClassTexts.read(shipped, (WAVE,), BODY)
    mixed = guidance(folder, f"guidance.embeddings=[shipped, {folder / 'texts.npz'}]")
    with pytest.raises(BadEmbeddings, match=r"different models.*at random"):
        ClassTexts.read(mixed, (WAVE,), BODY)
