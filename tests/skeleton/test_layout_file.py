"""Layout files: a user's own layout, and errors that say what to change."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from skeleton import LAYOUTS, custom_layout, mapping, prepare, record, resolve_layout
from skeleton.animator import animate
from skeleton.joint_names import BODY
from skeleton.layout_file import LARGEST_FILE, BadLayoutFile, load_layouts, read_layout_file
from skeleton.layouts import MOST_JOINTS

CAMERA = """\
# what my camera's software writes
name: my_camera
axes: x,-y,-z
joints: [Hip_C, Torso, Neck, ArmUpL, ArmUpR, Prop_1]
synonyms:
  Hip_C: pelvis
  ArmUpL: LeftShoulder
  ArmUpR: right_shoulder
  Prop_1: null
parents:
  Torso: Hip_C
  Neck: Torso
  ArmUpL: Torso
  ArmUpR: Torso
  Prop_1: ArmUpR
"""


def read(tmp_path: Path, text: str | bytes, name: str = "camera.yaml"):  # type: ignore[no-untyped-def]
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_layout_file(path)


def test_a_file_names_the_joints_their_meaning_their_parents_and_the_axes(tmp_path: Path) -> None:
    layout = read(tmp_path, CAMERA)
    assert layout.name == "my_camera"
    assert layout.axes == "x,-y,-z"
    assert layout.joints == (
        "pelvis", "spine", "neck", "left_shoulder", "right_shoulder", "other:Prop_1"
    )  # fmt: skip
    assert layout.parents == (-1, 0, 1, 1, 1, 4)
    assert layout.mirror == (0, 1, 2, 4, 3, 5)


def test_without_parents_they_follow_from_the_meaning(tmp_path: Path) -> None:
    layout = read(tmp_path, CAMERA[: CAMERA.index("parents:")])
    assert layout.parents == (-1, 0, 1, 2, 2, -1)


@pytest.mark.parametrize(
    ("parents", "expected"),
    [("[-1, 0, 1]", (-1, 0, 1)), ("{head: pelvis, neck: null}", (-1, -1, 0)), ("", (-1, 0, 1))],
)
def test_parents_may_be_indices_further_roots_or_left_open(
    tmp_path: Path, parents: str, expected: tuple[int, ...]
) -> None:
    text = f"name: a\njoints: [pelvis, neck, head]\naxes:\nparents: {parents}\n"
    assert read(tmp_path, text).parents == expected


def test_json_says_the_same_with_tabs_too(tmp_path: Path) -> None:
    text = json.dumps(yaml.safe_load(CAMERA), indent="\t")
    assert "\t" in text
    assert read(tmp_path, text, "camera.json") == read(tmp_path, CAMERA)
    minimal = json.dumps(yaml.safe_load(CAMERA), separators=(",", ":"))
    assert read(tmp_path, minimal, "camera.json") == read(tmp_path, CAMERA)


def test_a_name_that_is_understood_can_mean_something_else(tmp_path: Path) -> None:
    """Beside the arm, `LeftShoulder` would be taken for the collar bone; not what the file says."""
    text = "name: a\njoints: [LeftShoulder, LeftArm]\n"
    assert read(tmp_path, text).joints == ("left_collar", "left_shoulder")
    said = "synonyms: {LeftShoulder: left_shoulder, LeftArm: left_elbow}"
    assert read(tmp_path, text + said).joints == ("left_shoulder", "left_elbow")


def test_a_joint_without_a_meaning_is_kept_and_changes_nothing(tmp_path: Path) -> None:
    plain = animate("wave", layout="body16", seed=3)
    names = [*plain.layout.joints, "Prop_1"]
    text = json.dumps({"name": "a", "joints": names, "synonyms": {"Prop_1": None}})
    layout = read(tmp_path, text)
    prop = np.full((len(plain.joints), 1, 1, 3), 0.5, dtype=np.float32)
    clip = record(np.concatenate([plain.joints, prop], axis=2), layout, fps=30).clip()
    assert (clip.joints[:, :, -1] == 0.5).all()
    body16 = LAYOUTS["body16"]
    mapped, expected = prepare(clip, body16, 32), prepare(plain, body16, 32)
    np.testing.assert_array_equal(mapped.joints, expected.joints)
    assert mapped.quality == expected.quality
    # Its name alone says it, so that it survives wherever joint names are written down.
    assert resolve_layout(",".join(layout.joints)).joints == layout.joints
    assert mapping(layout, layout).apply(clip.joints) is clip.joints


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, object], tuple[str, ...]]:
    """A layout file's content, and the joints it means."""
    joints = draw(st.lists(st.sampled_from(list(BODY)), min_size=1, unique=True))
    own = st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters=","), min_size=1, max_size=9
    )
    names = draw(st.lists(own, min_size=len(joints), max_size=len(joints) + 2, unique=True))
    props = names[len(joints) :]
    meant = (*joints, *(f"other:{prop}" for prop in props))
    synonyms: dict[str, str | None] = dict(zip(names, joints, strict=False))
    synonyms |= dict.fromkeys(props)
    order = draw(st.permutations(range(len(names))))
    document = {"name": "mine", "joints": [names[i] for i in order], "synonyms": synonyms}
    return document, tuple(meant[i] for i in order)


@settings(deadline=None)
@given(files(), st.booleans())
def test_any_names_can_be_given_a_meaning(
    made: tuple[dict[str, object], tuple[str, ...]], as_json: bool
) -> None:
    document, meant = made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("a.json" if as_json else "a.yaml")
        dump = json.dumps if as_json else yaml.safe_dump
        text = dump(document, ensure_ascii=False) if as_json else dump(document, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
        layout = read_layout_file(path)
    assert layout.joints == meant
    assert layout.parents == custom_layout(meant).parents


WRONG = {
    "name: [a]\njoints: [head]": r"line 1: name must be text, not a list",
    "name: 5\njoints: [head]": r"line 1: name must be text, not a whole number: put it in quotes",
    "name: a b\njoints: [head]": r"line 1: name: 'a b' must be 1 to 64 letters",
    "name: coco\njoints: [head]": r"line 1: name: coco is a layout of the project",
    "name: custom\njoints: [head]": r"line 1: name: custom is a layout of the project",
    "joints: [head]": r"name is missing",
    "name: a": r"joints is missing",
    "name: a\njoint: [head]": r"line 2: 'joint' is not known \(did you mean joints\?\)",
    "name: a\nname: b": r"line 2: 'name' is there a second time",
    "name: a\njoints: head": r"line 2: joints must be a list, not text",
    "name: a\njoints: []": r"line 2: joints: there must be 1 to \d+, not 0",
    f"name: a\njoints: [{'head, ' * (MOST_JOINTS + 1)}]": r"line 2: joints: there must be 1 to",
    "name: a\njoints: [head, No]": r"line 2: joints: joint 2 must be text, not true or false: put",
    "name: a\njoints: [head, '1,2']": r"line 2: joints: joint 2, '1,2', is no name",
    "name: a\njoints:\n- head\n- neck\n- head": r"line 5: joints: 'head' is there a second time",
    "name: a\njoints:\n- head\n- Skull": r"line 4: joints: 'head' and 'Skull' both mean head",
    "name: a\njoints:\n- head\n- LeftElbw": (
        r"line 4: joints: 'LeftElbw' is not a known joint name \(did you mean left_elbow.*\); "
        r"say what it means in synonyms"
    ),
    "name: a\njoints: [P]\nsynonyms: {P: }": r"joints: none has a known meaning",
    "name: a\njoints: [Hip_C]\nsynonyms:\n  Hip_R: pelvis": (
        r"line 4: synonyms: 'Hip_R' is not among the joints \(did you mean Hip_C\?\)"
    ),
    "name: a\njoints: [Hip_C]\nsynonyms:\n  Hip_C: pelviss": (
        r"line 4: synonyms: 'pelviss' is not a joint the project knows \(did you mean pelvis\?\)"
    ),
    "name: a\njoints: [A, B]\nsynonyms: {A: head, B: Head}": r"'A' and 'B' both mean head",
    "name: a\njoints: [head]\nsynonyms: [head]": r"line 3: synonyms must be a map, not a list",
    "name: a\njoints: [head]\nsynonyms: {head: 3}": r"synonyms: head must be text, not a whole num",
    "name: a\naxes: up\njoints: [head]": r"line 2: axes: axes 'up' must name x, y and z once each",
    "name: a\njoints: [head, neck]\nparents:\n  head: nek": (
        r"line 4: parents: 'nek' is not among the joints \(did you mean neck\?\)"
    ),
    "name: a\njoints: [head, neck]\nparents:\n  Head: neck": (
        r"line 4: parents: 'Head' is not among the joints"
    ),
    "name: a\njoints: [head, neck]\nparents:\n  neck: head\n  head: neck": (
        r"line 4: parents: 'neck' is its own ancestor"
    ),
    "name: a\njoints: [head, neck, nose]\nparents: {head: neck}": (
        r"line 3: parents: neck, nose have none; only one joint, the root, may be left out"
    ),
    "name: a\njoints: [head, neck]\nparents: [0, -1]": r"line 3: .*'head' is its own ancestor",
    "name: a\njoints: [head, neck]\nparents: [-1]": r"line 3: parents: 2 are needed, .* not 1",
    "name: a\njoints: [head, neck]\nparents: [-1, 2]": r"parent 2, 2, is neither -1 nor the index",
    "name: a\njoints: [head, neck]\nparents: [-1, 0.5]": r"must be a whole number, not a number",
    "name: a\njoints: [head, neck]\nparents: head": r"parents must be a map or a list, not text",
    "- head": r"line 1: the file must be a map, not a list",
    "": r"line 1: it holds nothing",
    "name: a\njoints: [head": r"line 2: not YAML: expected ',' or '\]'",
    "name: a\n\tjoints: [head]": r"line 2: not YAML: .*'\\t'",
    "a: &x [head]\nname: a\njoints: *x": r"line 3: aliases \(\*\) are not read here",
    "name: a\njoints: [[[[head]]]]": r"line 2: it is nested too deeply",
    "name: a\njoints: !!python/tuple [head]": r"line 2: tag:yaml.org,2002:python/tuple is not read",
    "name: 2001-01-01\njoints: [head]": r"line 1: '2001-01-01' has the YAML type timestamp",
    "1: a": r"line 1: a key must be text, not a whole number",
    b"name: a\njoints: [\xff]": r"line 2: it is not UTF-8 text",
    b"\0": r"not YAML",
    b" " * (LARGEST_FILE + 1): r"it is larger than 1048576 bytes",
    "- a\n" * 100_000: r"it goes on for too long",
    "[" * 100_000: r"it is nested too deeply",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_an_error_says_the_file_the_line_the_field_and_what_was_expected(
    tmp_path: Path, text: str | bytes
) -> None:
    with pytest.raises(BadLayoutFile, match=WRONG[text]) as found:
        read(tmp_path, text)
    assert str(found.value).startswith(f"{tmp_path / 'camera.yaml'}: ")
    assert len(str(found.value)) < 400 + len(str(tmp_path))


NOISE = (
    b"", b"\0", b"*", b"&a ", b"[", b"{", b": ", b"\n", b"!!x ", b"-", b"\xff", b"? ", b"'", b"|"
)  # fmt: skip


def test_mutilated_files_give_a_layout_or_a_layout_files_error(tmp_path: Path) -> None:
    chance = random.Random(0)
    path = tmp_path / "a.yaml"
    bad = 0
    for _ in range(600):
        text = bytearray(CAMERA.encode())
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            piece = chance.choice([*NOISE, bytes(text[at : at + 20])])
            text[at : at + chance.randint(0, 3)] = piece
        path.write_bytes(text)
        try:
            layout = read_layout_file(path)
        except BadLayoutFile:
            bad += 1
        else:
            assert len(layout.parents) == len(layout.joints) == len(set(layout.joints))
    assert 200 < bad < 600


def test_a_file_or_a_folder_of_them_joins_the_built_in_layouts(tmp_path: Path) -> None:
    (tmp_path / "camera.yaml").write_text(CAMERA, encoding="utf-8")
    (tmp_path / "suit.json").write_text('{"name": "suit", "joints": ["head"]}', encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a layout", encoding="utf-8")
    assert set(load_layouts(tmp_path)) == {*LAYOUTS, "my_camera", "suit"}
    alone = load_layouts(tmp_path / "camera.yaml")
    assert set(alone) == {*LAYOUTS, "my_camera"}
    assert resolve_layout("my_camera", alone) is alone["my_camera"]
    assert alone["coco"] is LAYOUTS["coco"]


def test_the_same_name_twice_is_refused_with_both_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text(CAMERA, encoding="utf-8")
    with pytest.raises(BadLayoutFile, match=r"b\.yml: name: my_camera is .* of .*a\.yaml already"):
        load_layouts(tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadLayoutFile, match=r"none: No such file"):
        load_layouts(tmp_path / "none")
    with pytest.raises(BadLayoutFile, match=r"the folder holds no \*\.yaml, \*\.yml, \*\.json"):
        load_layouts(tmp_path)
