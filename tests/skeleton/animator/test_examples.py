"""The example clips: what is committed is what the animator makes, in the shape of a request."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from skeleton import record, resolve_layout
from skeleton.animator.examples import example_files, write_examples

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


def test_the_committed_examples_are_what_the_animator_writes() -> None:
    made = example_files()
    committed = {
        path.relative_to(EXAMPLES).as_posix(): path.read_bytes()
        for folder in ("enroll", "recognize")
        for path in (EXAMPLES / folder).iterdir()
    }
    assert committed.keys() == made.keys()
    different = [name for name, content in made.items() if committed[name] != content]
    assert not different, "run: python -m skeleton.animator examples"


def test_writing_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in write_examples(tmp_path)}
    assert first == {path: path.read_bytes() for path in write_examples(tmp_path)}


def test_examples_are_small() -> None:
    assert max(len(content) for content in example_files().values()) < 60_000


MADE = example_files()


@pytest.mark.parametrize("name", [n for n in MADE if n.endswith(".json")])
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
