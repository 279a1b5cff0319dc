"""The model that is shipped, on real people (needs ONESHOT_DATA) and against its card."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest

from service.encoder import Encoder as ServedEncoder
from service.settings import DEFAULT_MODEL
from skeleton import Archive, prepare
from tests.service_process import ServiceProcess
from training.config import DEFAULT, config_from, load_config
from training.data_folder import archive_path
from training.evaluation.decisions import Decisions, measure_decisions
from training.evaluation.degradations import without_joints
from training.evaluation.distances import dtw
from training.evaluation.encoders import Outputs, encoder_from_model
from training.evaluation.features import floor_features
from training.evaluation.gallery_scale import GalleryScores, Matrix
from training.evaluation.metrics import (
    Answers,
    accuracy,
    answers,
    auroc,
    paired_difference,
    right_when_accepting,
)
from training.evaluation.named_joints import (
    IMPORTANCE,
    NamedJoints,
    importance_on_named,
    wanted_joints,
)
from training.evaluation.novelty import truly_novel
from training.evaluation.over_http import Service
from training.evaluation.protocol import Episode, episodes, evenly
from training.text.descriptions import read_folder

#: Points by which it has to be ahead of time warping; measured (MODEL_CARD.md) are 11.9 and 19.7.
AHEAD = {"utdmhad": 11, "msraction3d": 15}
CLEAR_TERMS = DEFAULT_MODEL.with_name("clear_terms.onnx")
CARD = Path(__file__).parent.parent / "MODEL_CARD.md"


@dataclass(frozen=True, eq=False)
class Measured:
    """A development set, its episodes, and the similarities of time warping and of the model."""

    archive: Archive
    episodes: list[Episode]
    warping: Matrix
    ours: GalleryScores

    def both(self, figure: Callable[[Answers], float], *, half: bool) -> tuple[list, list]:
        """A figure of every episode, the model's and time warping's."""
        ours, warping = (
            [figure(answers(m, self.archive.labels, e, half=half)) for e in self.episodes]
            for m in (self.ours, self.warping)
        )
        return ours, warping


@pytest.fixture(scope="module", params=["utdmhad", "msraction3d"])
def measured(request: pytest.FixtureRequest) -> Measured:
    archive = Archive.open(archive_path(request.param))
    return Measured(
        archive,
        episodes(archive.labels, archive.subjects),
        -dtw(floor_features(archive)),
        similarity(DEFAULT_MODEL, request.param),
    )


@cache
def encoded(file: Path, name: str) -> Outputs:
    """What a model file gives for the clips of a set."""
    return encoder_from_model(file).encode(Archive.open(archive_path(name)))


def similarity(file: Path, name: str) -> GalleryScores:
    """The scores of all pairs of a set's clips."""
    return encoder_from_model(file).scores(encoded(file, name), encoded(file, name))


@pytest.mark.real_data
def test_it_beats_time_warping_on_the_same_episodes(measured: Measured) -> None:
    ours, warping = measured.both(accuracy, half=False)
    assert 100 * paired_difference(ours, warping).mean >= AHEAD[measured.archive.name]


@pytest.mark.real_data
def test_it_tells_the_unknown_better_than_time_warping(measured: Measured) -> None:
    ours, warping = measured.both(auroc, half=True)
    assert np.mean(ours) >= np.mean(warping) + 0.1
    for share in (0.01, 0.05):
        ours, warping = measured.both(lambda a, s=share: right_when_accepting(a, s), half=True)
        assert np.mean(ours) >= 2 * np.mean(warping)


@pytest.mark.real_data
def test_a_tenth_of_the_joints_lost_others_in_every_clip_costs_few_points(
    measured: Measured,
) -> None:
    """In exemplars and queries; the default before this one lost 8 and 7."""
    archive, once = measured.archive, episodes_once(measured.archive)
    encoder = encoder_from_model(DEFAULT_MODEL)
    torn = encoder.encode(
        without_joints(clip, 0.1, np.random.default_rng((7, number)))
        for number, clip in enumerate(archive)
    )
    whole, lost = (
        np.mean([accuracy(answers(matrix, archive.labels, e, half=False)) for e in once])
        for matrix in (measured.ours, encoder.scores(torn, torn))
    )
    assert 100 * (whole - lost) <= 6


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
def test_its_joint_importance_is_that_of_the_joints_which_words_name(name: str) -> None:
    """Of actions that it was never trained on, by people that it never met."""
    found = importance(DEFAULT_MODEL, name)
    assert found.own.mean() >= 1.5 * found.level.mean()
    assert found.own.mean() >= 1.15 * found.others.mean()
    assert (found.own > found.others).mean() >= 0.8
    assert found.leading.mean() >= 2 * found.level.mean()


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
def test_so_is_that_of_the_model_of_clear_terms(name: str) -> None:
    found = importance(CLEAR_TERMS, name)
    assert found.own.mean() >= 1.5 * found.level.mean()
    assert (found.own > found.others).mean() >= 0.8


def importance(file: Path, name: str) -> NamedJoints:
    """How much of a model's importance lies on the joints that words name, for a set."""
    archive, layout = Archive.open(archive_path(name)), encoder_from_model(file).layout
    wanted = wanted_joints(archive, layout, read_folder()[name])
    return importance_on_named(encoded(file, name)[IMPORTANCE], archive.labels, wanted)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
@pytest.mark.parametrize(
    ("file", "whole"), [(DEFAULT_MODEL, 0.25), (CLEAR_TERMS, 0.15)], ids=["default", "clear terms"]
)
def test_about_as_many_strangers_pass_as_stated_from_two_actions_to_fourteen(
    file: Path, whole: float, name: str
) -> None:
    """On sensors that the model never met, where 10 % are stated; of what is enrolled, where all
    is, a good share passes, too. The model of clear terms before this one let 40, 35 and 21 % of
    utdmhad's strangers pass with 2, 5 and 10 actions enrolled, and 2 % of all that is."""
    encoder, archive = encoder_from_model(file), Archive.open(archive_path(name))
    scores = similarity(file, name)

    def decided(actions: int) -> Decisions:
        return measure_decisions(encoder, scores, archive, actions, several=False, seed=0)

    passing = [decided(actions).strangers["0.1"] for actions in (2, 5, 10, 14)]
    assert all(0.03 <= share <= 0.3 for share in passing)
    assert 0.05 <= np.mean(passing) <= 0.18
    assert decided(len(archive.label_names)).enrolled >= whole


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
@pytest.mark.parametrize(
    ("file", "largest"),
    [(DEFAULT_MODEL, (0.14, 0.1, 0.12)), (CLEAR_TERMS, (0.09, 0.08, 0.16))],
    ids=["default", "clear terms"],
)
def test_probabilities_are_about_the_shares_that_turn_out_right(
    file: Path, largest: tuple[float, float, float], name: str
) -> None:
    """On sensors that the model never met, told how many strangers there are. Before probabilities
    knew what else is enrolled they were off by 0.32 to 0.46 where all is, and by up to 0.21 where
    half is."""
    encoder, archive = encoder_from_model(file), Archive.open(archive_path(name))
    scores = similarity(file, name)
    everything, half = len(archive.label_names), len(archive.label_names) // 2
    of_all, of_half = (
        measure_decisions(encoder, scores, archive, actions, several=False, seed=0)
        for actions in (everything, half)
    )
    errors = (of_all.none.error, of_half.none.error, of_half.half.error)
    assert all(error <= most for error, most in zip(errors, largest, strict=True)), errors


@pytest.mark.real_data
def test_over_http_it_answers_as_measured_and_beats_time_warping(
    measured: Measured, tmp_path: Path
) -> None:
    few = replace(measured, episodes=evenly(episodes_once(measured.archive), 4))
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as process:
        client = Service(process.url)
        served = client.serve(few.archive, few.episodes, halves=False)
        client.close()
    ours = [accuracy(given) for given in served.closed]
    expected, warping = few.both(accuracy, half=False)
    assert served.refused == 0
    assert ours == pytest.approx(expected, abs=0.005)
    # Four episodes scatter by some points; that they are the model's own is shown above.
    assert 100 * paired_difference(ours, warping).mean >= 3


def episodes_once(archive: Archive) -> list[Episode]:
    """One draw a subject."""
    return episodes(archive.labels, archive.subjects, repeats=1)


@pytest.mark.real_data
def test_the_service_computes_what_the_evaluation_measures() -> None:
    archive = Archive.open(archive_path("utdmhad"))
    served, measured = (
        ServedEncoder(DEFAULT_MODEL, provider="cpu"),
        encoder_from_model(DEFAULT_MODEL),
    )
    prepared = prepare(archive.clip(5), served.info.layout, served.info.frames)
    one = served.run(prepared)
    other = measured.embed(prepared.joints[None], prepared.seen[None])
    assert np.array_equal(one["embedding"], other["embedding"][0])


def test_nothing_of_the_development_sets_was_trained_on() -> None:
    training = ServedEncoder(DEFAULT_MODEL, provider="cpu").info.training
    assert not {"utdmhad", "msraction3d"} & set(training["sets"])
    assert not any(name.startswith(("utdmhad", "msraction3d")) for name in training["classes"])
    assert not set(training["classes"]) & set(training["pseudo_novel"])


@pytest.mark.real_data
def test_no_action_that_it_is_calibrated_on_was_trained_on() -> None:
    """Nor any of the same action in another set, under whatever name."""
    training = ServedEncoder(DEFAULT_MODEL, provider="cpu").info.training
    asked = [name.partition("/") for name in training["pseudo_novel"]]
    assert len(asked) == 16
    for name in {name for name, _, _ in asked}:
        labels = tuple(label for of, _, label in asked if of == name)
        assert truly_novel(name, labels, training["classes"]) == labels
        assert not any(one.startswith(f"{name}/") for one in training["classes"])


@pytest.mark.parametrize(
    ("file", "name"), [(DEFAULT_MODEL, "default.yaml"), (CLEAR_TERMS, "clear_terms.yaml")]
)
def test_it_is_of_the_shipped_configuration(file: Path, name: str) -> None:
    metadata = onnx.load(file, load_external_data=False).metadata_props
    told = next(entry.value for entry in metadata if entry.key == "oneshot.model")
    assert config_from(json.loads(told)["config"]) == load_config(DEFAULT.with_name(name))


def test_the_card_is_this_models_card() -> None:
    info = ServedEncoder(DEFAULT_MODEL, provider="cpu").info
    card = CARD.read_text()
    assert info.space in card
    assert f"{len(info.training['classes'])} base classes" in card
    for name in info.training["sets"]:
        assert name in card


def test_the_file_fits_the_projects_limit() -> None:
    assert DEFAULT_MODEL.stat().st_size <= 10_000_000


@pytest.mark.real_data
def test_the_model_of_clear_terms_beats_time_warping_too(measured: Measured) -> None:
    clear = replace(measured, ours=similarity(CLEAR_TERMS, measured.archive.name))
    ours, warping = clear.both(accuracy, half=False)
    assert 100 * paired_difference(ours, warping).mean >= 3


def test_the_model_of_clear_terms_is_of_these_sets_alone() -> None:
    info = ServedEncoder(CLEAR_TERMS, provider="cpu").info
    assert set(info.training["sets"]) == {
        "uiprmd_kinect", "uiprmd_vicon", "cmu_part", "cmu_txt", "cmu_dance",
    }  # fmt: skip
    calibrated = {name.partition("/")[0] for name in info.training["pseudo_novel"]}
    assert calibrated == {"hdm05_11", "precog16"}
    card = CARD.read_text()
    assert info.space in card
    assert f"{len(info.training['classes'])} base classes" in card
    assert CLEAR_TERMS.stat().st_size <= 10_000_000
