import json

import numpy as np
import onnx
import pytest

from model_export.errors import SelfTestFailed
from model_export.self_test import TOLERANCE, SelfTest
from model_export.session import Session
from skeleton import LAYOUTS
from tests.model_export.spoiled import nudge_a_weight

BODY = LAYOUTS["body16"]


@pytest.fixture(scope="module")
def test_of_the_file(session: Session) -> SelfTest:
    return SelfTest.of(session, BODY, 64)


def test_a_file_answers_the_clip_that_it_carries(
    test_of_the_file: SelfTest, session: Session
) -> None:
    read = SelfTest.read(test_of_the_file.written())
    assert np.array_equal(read.recording.joints, test_of_the_file.recording.joints, equal_nan=True)
    assert read.check(session, BODY, 64) < 1e-5


def test_the_clip_is_raw_with_gaps_and_in_another_layout(test_of_the_file: SelfTest) -> None:
    given = json.loads(test_of_the_file.written())
    assert len(given["layout"]) == 25
    assert given["tolerance"] == TOLERANCE
    assert np.isnan(test_of_the_file.recording.joints).any()
    assert len(test_of_the_file.recording.joints) != 64


def test_a_damaged_file_fails_its_own_test(
    test_of_the_file: SelfTest, graph: onnx.ModelProto
) -> None:
    nudge_a_weight(graph)
    with pytest.raises(SelfTestFailed, match=r"beyond 0\.001"):
        test_of_the_file.check(Session(graph.SerializeToString()), BODY, 64)
