"""The README's picture shows a real answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from skeleton.animator.examples import ENROLLED, RECOGNIZED
from skeleton.drawing.colours import Palette, scale_of
from skeleton.drawing.picture import main, picture
from skeleton.readers import read_path
from skeleton.writers import write_npz
from tests.skeleton.drawing.svg_elements import SVG, of_class, parsed

LOOK = Palette()
ANSWER: dict[str, Any] = {
    "decision": "match",
    "action": "wave",
    "probability": 0.93,
    "matches": [
        {"action": "wave", "probability": 0.93},
        {"action": "throw", "probability": 0.21},
        {"action": "sit_down", "probability": 0.0},
    ],
}


def test_the_picture_shows_the_answers_own_numbers() -> None:
    root = parsed(picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), ANSWER))
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert [w for w in ("0.93", "0.21", "0.00", "throw", "sit down", "match") if w in words] == [
        "0.93", "0.21", "0.00", "throw", "sit down", "match"
    ]  # fmt: skip
    widths = [float(bar.get("width", "0")) for bar in of_class(root, "bar")]
    assert widths[0] / widths[1] == pytest.approx(0.93 / 0.21, rel=0.01)
    assert "0.93" in root.get("aria-label", "")


def test_the_picture_of_an_unknown_action_says_unknown() -> None:
    unknown = ANSWER | {"decision": "unknown", "action": None}
    words = [
        element.text
        for element in parsed(picture(ENROLLED[0].clip(), RECOGNIZED[-1].clip(), unknown)).iter()
    ]
    assert "unknown" in words


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (["throw", "sit_down"], "also enrolled: throw, sit down"),
        (
            ["jumping_jack", "stand_up", "sit_down", "throw", "squat"],
            "also enrolled: jumping jack, stand up, sit down and 2 more",
        ),
        (["a" * 60, "b"], "also enrolled: 2 more"),
    ],
)
def test_what_one_line_does_not_hold_of_the_enrolled_is_counted(
    others: list[str], words: str
) -> None:
    matches = [{"action": action, "probability": 0.5} for action in ("wave", *others)]
    answer = ANSWER | {"matches": matches}
    drawn = picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), answer)
    assert words in [element.text for element in parsed(drawn).iter(f"{SVG}text")]


def test_the_query_is_coloured_by_the_answers_joint_importance() -> None:
    shares = {"right_wrist": 0.4, "right_elbow": 0.3, "head": 0.1, "left_knee": 0.0}
    told = ANSWER | {"joint_importance": shares}
    enrolled, query = ENROLLED[0].clip(), RECOGNIZED[0].clip()
    root, plain = parsed(picture(enrolled, query, told)), parsed(picture(enrolled, query, ANSWER))
    shades = [shade.get("fill") for shade in of_class(root, "shade")]
    assert shades == list(scale_of(LOOK))
    assert not of_class(plain, "shade")
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert "0.40" in words
    once, again = (of_class(root, "pose")[:4], of_class(root, "pose")[4:])
    strokes = {
        name: {line.get("stroke") for pose in poses for line in pose.iter(f"{SVG}line")}
        for name, poses in (("once", once), ("again", again))
    }
    assert {LOOK.left, LOOK.right} <= strokes["once"]
    assert not {LOOK.left, LOOK.right} & strokes["again"]
    # Its hand has its wrist's share, though the model has no hand.
    assert shades[-1] in strokes["again"]
    assert shades[0] in strokes["again"]


def test_the_picture_without_an_answer_has_no_bars() -> None:
    assert not of_class(parsed(picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), None)), "bar")


def test_the_picture_is_drawn_from_the_files_of_an_exchange(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(ANSWER), encoding="utf-8")
    examples = Path(__file__).parents[3] / "examples"
    enrolled, query = examples / "enroll/wave.json", examples / "recognize/wave.json"
    main([str(enrolled), str(query), str(answer), "-o", str(tmp_path / "picture.svg")])
    drawn = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert drawn == picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), ANSWER)
    # A clip is read as everywhere: the body may be any of a clip's files.
    file = tmp_path / "wave.npz"
    file.write_bytes(write_npz(read_path(enrolled)))
    main([str(file), str(query), str(answer), "-o", str(tmp_path / "again.svg")])
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == drawn
