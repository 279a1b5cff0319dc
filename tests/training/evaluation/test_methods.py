"""Methods that meet on the same clips."""

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive
from training.evaluation.encoders import Encoder, Outputs
from training.evaluation.gallery_scale import GalleryScores, less_cohort
from training.evaluation.methods import (
    COSINE,
    DTW,
    ENCODER,
    EUCLID,
    SQUARED,
    encoder_methods,
    floor,
    summed,
)
from training.evaluation.metrics import accuracy, answers
from training.evaluation.protocol import episodes


def _embed(joints: np.ndarray, seen: np.ndarray) -> Outputs:
    assert joints.shape[1:] == (8, 1, 16, 3)
    assert seen.shape == joints.shape[:-1]
    flat = (joints - joints[:, :, :, :1]).reshape(len(joints), -1)
    embedding = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    level = embedding[:, 0].astype(np.float32)
    return {"embedding": embedding, "cohort_mean": level, "cohort_std": level * 0 + 0.5}


ENCODE = Encoder(LAYOUTS["body16"], 8, _embed, None, {})


def test_warping_recognises_the_synthetic_movements_better_than_no_warping(
    archive: Archive,
) -> None:
    drawn = episodes(archive.labels, archive.subjects)
    found = {
        method.name: np.mean(
            [accuracy(answers(method.similarity, archive.labels, e, half=False)) for e in drawn]
        )
        for method in floor(archive)
    }
    assert found[EUCLID] > 0.6
    assert found[DTW] > max(0.85, found[EUCLID])
    assert found[SQUARED] > max(0.85, found[EUCLID])


def test_every_method_compares_all_pairs_and_finds_each_clip_nearest_to_itself(
    archive: Archive,
) -> None:
    without, ours = floor(archive), encoder_methods(archive, ENCODE)
    found = [*without, *ours, summed(ours[0], without[1])]
    assert len({method.name for method in found}) == 6
    for method in found:
        similarity = method.similarity
        if isinstance(similarity, GalleryScores):
            similarity = similarity.plain
        assert similarity.shape == (len(archive), len(archive))
        assert np.allclose(similarity, similarity.T, atol=1e-4)
        if method.name != ENCODER and not method.name.startswith("encoder +"):
            assert (np.diag(similarity) >= similarity.max(axis=1) - 1e-5).all()


def test_the_score_is_normalised_by_the_cohorts_of_query_and_exemplar(archive: Archive) -> None:
    outputs = ENCODE.encode(archive)
    cosine = outputs["embedding"] @ outputs["embedding"].T
    mean = outputs["cohort_mean"]
    by_hand = cosine[3, 7] - 0.5 * (mean[3] + mean[7])
    assert np.isclose(ENCODE.scores(outputs, outputs).plain[3, 7], by_hand, atol=1e-5)
    bare = {"embedding": outputs["embedding"]}
    assert np.array_equal(ENCODE.scores(bare, bare).plain, cosine)


def test_a_score_is_the_similarity_less_what_the_cohort_explains() -> None:
    score = less_cohort(np.array([[0.8, 0.2]]), np.array([0.5]), np.array([0.4, 0.6]))
    assert score == pytest.approx(np.array([[0.35, -0.35]]))


def test_an_encoder_without_a_cohort_is_compared_by_its_cosine(archive: Archive) -> None:
    bare = Encoder(
        ENCODE.layout, 8, lambda j, s: {"embedding": _embed(j, s)["embedding"]}, None, {}
    )
    names = [method.name for method in encoder_methods(archive, bare)]
    assert ENCODER in names
    assert COSINE not in names
