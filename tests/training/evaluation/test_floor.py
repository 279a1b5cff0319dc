"""The floor on real data agrees with the one that was published for it; needs ONESHOT_DATA."""

import pytest

from skeleton import Archive
from training.data_folder import archive_path
from training.evaluation.methods import DTW, EUCLID, SQUARED, floor
from training.evaluation.metrics import accuracy, answers, spread
from training.evaluation.protocol import episodes


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "euclid", "warping", "squared"),
    [("utdmhad", 63.2, 74.6, 76.0), ("msraction3d", 37.6, 51.2, 56.0)],
)
def test_the_floor_is_as_high_as_the_published_one(
    name: str, euclid: float, warping: float, squared: float
) -> None:
    archive = Archive.open(archive_path(name))
    drawn = episodes(archive.labels, archive.subjects)
    means = {
        method.name: 100
        * spread(
            [accuracy(answers(method.similarity, archive.labels, e, half=False)) for e in drawn]
        ).mean
        for method in floor(archive)
    }
    assert means[EUCLID] == pytest.approx(euclid, abs=1.5)
    assert means[DTW] == pytest.approx(warping, abs=2.5)
    assert means[DTW] > warping - 1
    assert means[SQUARED] > squared
