"""The two prompts, and what is read out of answers."""

from __future__ import annotations

import json

import pytest

from training.text.action_text import DESCRIBED
from training.text.answers import read_global, read_local
from training.text.errors import BadAnswer
from training.text.prompts import global_prompt, local_prompt


@pytest.mark.parametrize("prompt", [global_prompt, local_prompt])
def test_only_the_action_and_the_joints_change(prompt) -> None:
    one, other = prompt("drink water"), prompt("kick", ("head", "left_knee"))
    joints = ", ".join(joint.replace("_", " ") for joint in DESCRIBED)
    assert joints in one
    assert one.replace("drink water", "kick").replace(joints, "head, left knee") == other


@pytest.mark.parametrize("prompt", [global_prompt, local_prompt])
def test_a_name_with_braces_quotes_or_lines_stays_one_name(prompt) -> None:
    assert r"say \"hi\" {twice} now" in prompt('say "hi" {twice}\n  now')


def test_the_second_prompt_knows_the_answer_to_the_first() -> None:
    said = local_prompt("kick", side="left", whole="The left leg swings.")
    assert "The left leg swings." in said
    assert "with the left side" in said


@pytest.mark.parametrize(
    "wrap",
    [
        "{}",
        "```json\n{}\n```",
        "Of course. {{Here}} it is: {} Anything else?",
        '<think>{{"side": "both"}}</think>\n{}',
    ],
)
def test_json_is_found_in_what_surrounds_it(wrap: str) -> None:
    answer = json.dumps({"side": "Right", "global": ["One  text.", "Another\ntext."], "more": 1})
    assert read_global(wrap.format(answer)) == ("right", ("One text.", "Another text."))


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("", "no JSON object"),
        ("{" * 100_000, "no JSON object"),
        ('{"side": "right", "global": ["cut of', "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"side": "up", "global": ["a", "b"]}', "side"),
        ('{"global": ["a", "b"]}', "side"),
        ('{"side": "both", "global": "a"}', "list of texts"),
        ('{"side": "both", "global": ["a", 1]}', "list of texts"),
        ('{"side": "both", "global": ["a", "a", " "]}', "two or more"),
    ],
)
def test_an_answer_to_the_first_prompt_that_cannot_be_used_is_explained(
    answer: str, complaint: str
) -> None:
    with pytest.raises(BadAnswer, match=complaint):
        read_global(answer)


def test_joints_are_understood_however_they_are_spelt() -> None:
    moving = {"Left Elbow": "bends", "wrist_right": "turns."}
    still = {
        "head": None, "neck": "Stays still.", "spine": "remains still", "pelvis": "-",
        "left_hip": "...", "left_knee": "It does not move!", "left_foot": "stands still throughout",
    }  # fmt: skip
    assert read_local(json.dumps({"joints": moving | still})) == {
        "left_elbow": "bends.",
        "right_wrist": "turns.",
    }


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"right wrst": "turns."}, r"'right wrst' is not a joint \(did you mean right_wrist"),
        ({"head": 3}, "must be a text"),
        ({"head": "stays still."}, "no joint moves"),
        ({}, "no joint moves"),
    ],
)
def test_an_answer_to_the_second_prompt_that_cannot_be_used_is_explained(
    answer: dict, complaint: str
) -> None:
    with pytest.raises(BadAnswer, match=complaint):
        read_local(json.dumps(answer))
