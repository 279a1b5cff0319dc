"""The model that is shipped, on real people (needs ONESHOT_DATA) and against its card."""

from pathlib import Path

import numpy as np
import pytest

from service.encoder import Encoder as ServedEncoder
from service.settings import DEFAULT_MODEL
from skeleton import Archive, prepare
from tests.service_process import ServiceProcess
from training.data_folder import archive_path
from training.evaluation.encoders import encoder_from_model
from training.evaluation.methods import DTW, ENCODER, methods
from training.evaluation.metrics import accuracy, answers, auroc, paired_difference
from training.evaluation.over_http import Service
from training.evaluation.protocol import episodes, evenly

CARD = Path(__file__).parent.parent / "MODEL_CARD.md"


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
def test_it_beats_time_warping_by_three_points_on_the_same_episodes(name: str) -> None:
    archive = Archive.open(archive_path(name))
    drawn = episodes(archive.labels, archive.subjects)
    found = {m.name: m.similarity for m in methods(archive, encoder_from_model(DEFAULT_MODEL))}

    def series(method: str, half: bool) -> list:
        return [answers(found[method], archive.labels, e, half=half) for e in drawn]

    ours, theirs = ([100 * accuracy(a) for a in series(m, False)] for m in (ENCODER, DTW))
    assert paired_difference(ours, theirs).mean >= 3
    known, warped = (np.mean([auroc(a) for a in series(m, True)]) for m in (ENCODER, DTW))
    assert known >= warped + 0.1


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "msraction3d"])
def test_over_http_it_beats_time_warping_by_three_points(name: str, tmp_path: Path) -> None:
    archive = Archive.open(archive_path(name))
    drawn = evenly(episodes(archive.labels, archive.subjects, repeats=1), 4)
    warping = next(m.similarity for m in methods(archive) if m.name == DTW)
    theirs = [100 * accuracy(answers(warping, archive.labels, e, half=False)) for e in drawn]
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as process:
        client = Service(process.url)
        served = client.serve(archive, drawn)
        client.close()
    ours = [100 * accuracy(given) for given in served.closed]
    assert served.refused == 0
    assert paired_difference(ours, theirs).mean >= 3


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


def test_the_card_is_this_models_card() -> None:
    info = ServedEncoder(DEFAULT_MODEL, provider="cpu").info
    card = CARD.read_text()
    assert info.space in card
    for name in info.training["sets"]:
        assert name in card


def test_the_file_fits_the_projects_limit() -> None:
    assert DEFAULT_MODEL.stat().st_size <= 10_000_000
