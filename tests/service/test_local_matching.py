"""Local features: what the embedding cannot tell apart is told apart by its course in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import onnxruntime
import pytest

from service.store import open_store
from skeleton import Clip, prepare
from skeleton.animator.examples import as_json
from tests.service.alignment_by_cells import aligned_similarity
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.conftest import with_new_collection
from tests.service.small_model import ALL, FRAMES, LAYOUT, MATCHING, STEPS, WIDTH, small_model
from tests.service_process import ServiceProcess


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same model twice: with a word on how to match by local features, and without."""
    folder = tmp_path_factory.mktemp("models")
    return {
        "in time": small_model(folder / "in_time.onnx"),
        "by cosine": small_model(folder / "by_cosine.onnx", matching=None),
    }


@pytest.fixture(scope="module")
def served(
    files: dict[str, Path], stores: Callable[[str], str]
) -> Iterator[dict[str, httpx.Client]]:
    """A client of a service with each of the files, on one store."""
    with ExitStack() as stack:
        yield {
            name: checked_client(
                stack.enter_context(
                    stack.enter_context(ServiceProcess(stores("sqlite"), file)).client()
                )
            )
            for name, file in files.items()
        }


@pytest.fixture
def caller(served: dict[str, httpx.Client]) -> Caller:
    """A user with a new collection, at the service that matches in time."""
    return with_new_collection(served["in time"])


def backwards(clip: Clip) -> Clip:
    return Clip(clip.joints[::-1], clip.layout, clip.fps)


def test_a_movement_and_its_reverse_are_told_apart(
    caller: Caller, served: dict[str, httpx.Client]
) -> None:
    caller.enroll(performance("sit_down", 1), "down")
    caller.enroll(backwards(performance("sit_down", 1)), "up")
    by_cosine = caller.elsewhere(served["by cosine"])
    for seed in (2, 3):
        for clip, action in (
            (performance("sit_down", seed), "down"),
            (backwards(performance("sit_down", seed)), "up"),
        ):
            told = caller.recognize(clip)
            assert (told["decision"], told["action"]) == ("match", action)
            first, second = told["matches"]
            # The embeddings are as near to both; only the scores differ.
            assert first["similarity"] == pytest.approx(second["similarity"], abs=1e-4)
            assert told["margin"] == pytest.approx(first["score"] - second["score"])
            assert told["margin"] > 0.05
            # The same collection, by a file that says nothing of local features.
            assert by_cosine.recognize(clip)["decision"] == "ambiguous"


def test_a_score_is_the_cosine_and_the_alignment_less_what_the_cohort_has(
    caller: Caller, files: dict[str, Path]
) -> None:
    session = onnxruntime.InferenceSession(files["in time"], providers=["CPUExecutionProvider"])

    def outputs(clip: Clip) -> dict[str, np.ndarray]:
        prepared = prepare(clip, LAYOUT, FRAMES)
        given = session.run(
            list(ALL), {"joints": prepared.joints[None], "seen": prepared.seen[None]}
        )
        return dict(zip(ALL, given, strict=True))

    names = ("wave", "kick", "squat", "bow")
    for name in names:
        caller.enroll(performance(name, 4), name)
    query = performance("kick", 5)
    asked, weight = outputs(query), MATCHING["weight"]
    matches = {match["action"]: match for match in caller.recognize(query)["matches"]}
    assert set(matches) == set(names)
    for name in names:
        enrolled = outputs(performance(name, 4))
        cosine = float(asked["embedding"][0] @ enrolled["embedding"][0])
        (aligned,) = aligned_similarity(asked["local"], enrolled["local"], MATCHING["band"])[0]
        term = float(asked["cohort_mean"][0] + enrolled["cohort_mean"][0]) / 2
        assert matches[name]["similarity"] == pytest.approx(cosine, abs=1e-4)
        score = (1 - weight) * cosine + weight * float(aligned) - term
        assert matches[name]["score"] == pytest.approx(score, abs=1e-4)


def test_of_many_exemplars_the_rest_ranks_behind_with_lower_scores(caller: Caller) -> None:
    for number in range(40):
        clip = performance(("wave", "kick", "squat", "bow")[number % 4], number)
        caller.enroll_npy(clip, f"a{number}")
    matches = caller.recognize(performance("kick", 50), k=40)["matches"]
    assert len(matches) == 40
    scores = [match["score"] for match in matches]
    assert scores == sorted(scores, reverse=True)
    near, far = ({match["similarity"] for match in part} for part in (matches[:32], matches[32:]))
    assert min(near) >= max(far)


def test_every_output_of_the_model_is_stored_with_an_exemplar(
    caller: Caller, stores: Callable[[str], str]
) -> None:
    caller.enroll(performance("wave"), "wave")
    store = open_store(stores("sqlite"))
    (exemplar,) = store.snapshot(caller.collection).exemplars
    store.close()
    assert {name: array.shape for name, array in exemplar.arrays.items()} == {
        "embedding": (WIDTH,),
        "cohort_mean": (),
        "cohort_std": (),
        "joint_importance": (len(LAYOUT),),
        "local": (STEPS, WIDTH),
    }


def test_a_collection_of_a_model_without_local_features_is_refused_by_name(
    caller: Caller, visitor: Caller
) -> None:
    visitor.enroll(performance("wave"), "wave")
    response = visitor.elsewhere(caller.client).post(
        "/recognize", as_json(performance("wave")), JSON
    )
    assert response.status_code == 409
    assert response.json()["type"] == "urn:oneshot:model-mismatch"
