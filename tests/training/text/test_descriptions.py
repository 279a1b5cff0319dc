"""Description files: what can be read, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.text.descriptions import Descriptions, read_folder
from training.text.errors import BadDescription

GOOD = """\
dataset: mine
source: by hand
classes:
  wave:
    side: right
    global:
      - "Waving with the right hand."
      - "The right forearm swings from side to side."
    joints:
      right_wrist: "swings above the shoulder."
      RightElbow: "bends."
  "no":
    name: saying no
    side: both
    certain: false
    global: ["The head turns left and right.", "Shaking the head."]
    joints: {head: "turns to both sides."}
"""


def file(tmp_path: Path, text: str, name: str = "mine.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_as_it_says(tmp_path: Path) -> None:
    found = Descriptions.read(file(tmp_path, GOOD), ["wave", "no"])
    wave, no = found["wave"], found["no"]
    assert (wave.side, wave.name, wave.certain) == ("right", "wave", True)
    assert wave.paraphrases[0] == "Waving with the right hand."
    assert wave.joints == {"right_wrist": "swings above the shoulder.", "right_elbow": "bends."}
    assert (no.name, no.side, no.certain) == ("saying no", "both", False)
    assert found.remarks() == []


def test_names_of_classes_are_exact_blanks_included(tmp_path: Path) -> None:
    class_of = "{{side: {}, global: [One., Two.], joints: {{right_wrist: moves.}}}}"
    text = "dataset: mine\nsource: by hand\nclasses:\n"
    text += f'  "wave": {class_of.format("right")}\n  "wave ": {class_of.format("left")}\n'
    found = Descriptions.read(file(tmp_path, text))
    assert (found["wave"].side, found["wave "].side) == ("right", "left")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = Descriptions.read(file(tmp_path, GOOD))
    copy = Descriptions(found.dataset, found.source, found.actions, tmp_path / "copy.yaml")
    copy.write()
    assert Descriptions.read(copy.path).actions == found.actions
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.yaml", "mine.yaml"]


@pytest.mark.parametrize(
    ("change", "to", "complaint"),
    [
        ("RightElbow:", "right_elbw:", "classes: wave: joints: right_elbw: is not a joint"),
        ("RightElbow:", "right_elbw:", "did you mean right_elbow"),
        ("RightElbow:", "Wrist Right:", "'Wrist Right' is the joint right_wrist a second time"),
        ("RightElbow:", "right_wrist:", "line 11: classes: wave: joints: 'right_wrist' is there"),
        ('  "no":', "  wave:", "classes: 'wave' is there a second time"),
        ('  "no":', "  no:", "'no' is not text: put it in quotes"),
        ("side: right", "side: rihgt", "classes: wave: side: must be one of left, right, both,"),
        ("    side: right\n", "", "classes: wave: side: is missing"),
        ("side: right", "sides: right", "classes: wave: sides: is not known here"),
        ('"bends."', "12", "classes: wave: joints: RightElbow: must be text, not 12"),
        ('"bends."', '" "', "classes: wave: joints: RightElbow: is empty"),
        ('"Waving with the right hand."', '""', "classes: wave: global: 1: is empty"),
        ('"Waving with the right hand."', "yes", "classes: wave: global: 1: must be text"),
        ('      - "Waving with the right hand."\n', "", "needs two or more paraphrases"),
        (', "Shaking the head."', "", "classes: no: global: needs two or more paraphrases"),
        ("certain: false", "certain: maybe", "classes: no: certain: must be true or false"),
        ('{head: "turns to both sides."}', "[head]", "classes: no: joints: must be a map"),
        ("source: by hand\n", "", "source: is missing"),
        ('sides."}', 'sides."', "line 18: expected"),
        ("classes:", "classes: &all", "aliases"),
    ],
)
def test_a_mistake_is_named_with_file_class_and_field(
    tmp_path: Path, change: str, to: str, complaint: str
) -> None:
    text = GOOD.replace(change, to, 1)
    if "&all" in to:
        text += "  more: *all\n"
    with pytest.raises(BadDescription) as raised:
        Descriptions.read(file(tmp_path, text))
    assert complaint in str(raised.value)
    assert str(tmp_path / "mine.yaml") in str(raised.value)


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("side: right", "side: rihgt").replace('"bends."', "1")
    text = text.replace("right_wrist:", "right_wrst:")
    with pytest.raises(BadDescription) as raised:
        Descriptions.read(file(tmp_path, text))
    assert len(str(raised.value).splitlines()) == 3


def test_a_joint_that_is_said_to_stay_still_does_not_move(tmp_path: Path) -> None:
    found = Descriptions.read(file(tmp_path, GOOD.replace('"bends."', '"Stays completely still."')))
    assert list(found["wave"].joints) == ["right_wrist"]


def test_a_missing_class_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    with pytest.raises(BadDescription, match=r"'waves' \(did you mean wave\?\), 'bow'"):
        Descriptions.read(path, ["waves", "bow"])
    with pytest.raises(BadDescription, match="'bow'"):
        Descriptions.read(path)["bow"]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text", "\ud800"])
def test_what_is_no_description_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BadDescription, match=r"mine\.yaml"):
        Descriptions.read(path)


def test_texts_that_teach_little_are_remarked_on(tmp_path: Path) -> None:
    text = GOOD.replace("Shaking the head.", "A refusal.").replace("bends.", "turns to both sides.")
    remarks = Descriptions.read(file(tmp_path, text)).remarks()
    assert "no: global: 2: names no part of the body" in remarks
    assert any(line.startswith("wave, no: share a sentence") for line in remarks)


def test_a_set_may_be_in_several_files_and_a_class_in_one_of_them(tmp_path: Path) -> None:
    file(tmp_path, GOOD, "a.yaml")
    other = GOOD.replace("wave:", "bow:").replace('"no"', '"yes"')
    file(tmp_path, other, "b.yaml")
    assert set(read_folder(tmp_path)["mine"].actions) == {"wave", "no", "bow", "yes"}
    file(tmp_path, GOOD, "c.yaml")
    with pytest.raises(BadDescription, match=r"c\.yaml: (wave|no): has texts"):
        read_folder(tmp_path)


def test_the_example_of_the_documentation_is_a_good_file(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "describe.md"
    example = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    found = Descriptions.read(file(tmp_path, example), ["hand over"])
    assert found.remarks() == []
