"""The example clips: what is committed is what the animator makes, in the shape of a request."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from skeleton import LAYOUTS, mapping, record, resolve_layout
from skeleton.animator.examples import FILED, example_files, write_examples
from skeleton.errors import FlatData
from skeleton.layout_file import load_layouts
from skeleton.readers import read_path

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
MADE = example_files()


def test_the_committed_examples_are_what_the_animator_writes() -> None:
    made = example_files()
    committed = {
        path.relative_to(EXAMPLES).as_posix(): path.read_bytes()
        for folder in ("enroll", "recognize", "files", "layouts")
        for path in (EXAMPLES / folder).iterdir()
    }
    assert committed.keys() == made.keys()
    different = [name for name, content in made.items() if not same(name, committed[name], content)]
    assert not different, "run: python -m skeleton.animator examples"


def same(name: str, one: bytes, other: bytes) -> bool:
    """Byte for byte, but where the machine has a say: in the last digit of an angle that was worked
    out, and in how well zlib compresses."""
    if name.endswith((".bvh", ".amc")):
        ours, theirs = one.decode().split(), other.decode().split()
        return len(ours) == len(theirs) and all(map(close, ours, theirs))
    if name.endswith(".npz"):
        ours, theirs = np.load(BytesIO(one)), np.load(BytesIO(other))
        return ours.files == theirs.files and all(
            np.array_equal(ours[key], theirs[key], equal_nan=key == "joints") for key in ours.files
        )
    return one == other


def close(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) < 2e-4
    except ValueError:
        return one == other


def test_writing_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in write_examples(tmp_path)}
    assert first == {path: path.read_bytes() for path in write_examples(tmp_path)}


def test_examples_are_small() -> None:
    for name, content in MADE.items():
        assert len(content) < (100_000 if name.startswith("files/") else 60_000)


@pytest.mark.parametrize("name", [n for n in MADE if n.endswith(".json") and "files" not in n])
def test_a_json_example_is_the_body_of_a_request(name: str) -> None:
    body = json.loads(MADE[name])
    folder, _, file = name.partition("/")
    assert body.get("action") == (file.removesuffix(".json") if folder == "enroll" else None)
    clip = body["clip"]
    nothing = [None, None, None]
    joints = np.array([[j or nothing for j in frame] for frame in clip["joints"]], dtype=np.float32)
    assert joints.shape[1:] == (25, 3)
    assert 25 < len(joints) < 100
    known = record(joints, resolve_layout(clip["layout"]), fps=clip["fps"]).clip()
    assert np.isnan(known.joints).mean() < 0.05
    array = np.load(BytesIO(MADE[name.replace(".json", ".npy")]))
    np.testing.assert_array_equal(array, joints)


FILES = [n.removeprefix("files/") for n in MADE if n.startswith("files/")]


@pytest.mark.parametrize("name", [n for n in FILES if n not in ("wave.asf", "my_camera.npy")])
def test_every_file_is_read_as_the_one_wave_that_it_is(name: str) -> None:
    recording = read_path(EXAMPLES / "files" / name, fps=30)
    made = FILED.clip("body16")
    assert len(recording.joints) == len(made.joints)
    flat = name == "wave.openpose.json"
    target = LAYOUTS["body16"]
    found = mapping(recording.layout, target).apply(recording.clip(flat=flat).joints)[:, 0]
    assert not np.isnan(found).any()
    if flat:
        with pytest.raises(FlatData):
            recording.clip()
        return
    # What no view and no place of the camera changes.
    pairs = [("right_wrist", "head"), ("right_elbow", "left_knee"), ("left_ankle", "neck")]
    for one, other in pairs:
        ours, theirs = (
            np.linalg.norm(clip[:, target.index[one]] - clip[:, target.index[other]], axis=-1)
            for clip in (made.joints[:, 0], found)
        )
        assert np.abs(ours - theirs).max() < 0.08, (one, other)


def test_the_example_of_a_layout_file_describes_the_example_beside_it() -> None:
    layout = load_layouts(EXAMPLES / "layouts")["my_camera"]
    recording = record(np.load(EXAMPLES / "files/my_camera.npy"), layout, fps=30)
    made = FILED.clip("body16")
    clip = recording.clip()
    target = LAYOUTS["body16"]
    found = mapping(layout, target)
    assert found.missing == ()
    for joint in found.mapped:
        ours, theirs = (one.joints[:, 0, one.layout.index[joint]] for one in (made, clip))
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    stick = layout.joints.index("other:Stick")
    hand = layout.index["right_hand"]
    assert (stick, hand) in layout.bones
    length = np.linalg.norm(clip.joints[:, 0, stick] - clip.joints[:, 0, hand], axis=-1)
    assert 0.2 < length.min() < length.max() < 0.6


def test_the_command_writes_them_and_draws_strips(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "skeleton.animator", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    assert (tmp_path / "enroll/wave.json").read_bytes() == example_files()["enroll/wave.json"]
    subprocess.run([*command, "--strip", "kick"], check=True, cwd=ROOT, capture_output=True)
    assert (tmp_path / "kick.svg").read_text(encoding="utf-8").startswith("<svg")
    wrong = subprocess.run(
        [*command, "--strip", "fly"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert wrong.returncode == 2
    assert "wave" in wrong.stderr
