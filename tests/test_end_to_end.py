"""The whole path on movements of the animator: train with words, export, serve without them,
enroll, recognise."""

import io
import os
from pathlib import Path

import httpx
import numpy as np
import onnx
import torch

from skeleton import Clip
from skeleton.animator import animate
from tests.animator_archive import write_animator_archive
from tests.animator_texts import TEXT_WIDTH, write_animator_texts
from tests.service_process import ServiceProcess
from tests.warm_process import run_to_end

TRAINED = ("clap", "bow", "drink", "throw", "raise_arms", "walk", "lunge", "push")
KEPT_OUT = ("jumping_jack", "swipe_in", "draw_circle", "pick_up", "point", "lower_arms")
NEW = ("wave", "squat", "kick", "sit_down", "stand_up", "punch")
CONFIG = """
data:
  sets: [{{archive: moves}}]
  pseudo_novel: {{moves: [{kept_out}]}}
  stored_frames: 64
encoder: {{channels: [24, 32, 48], strides: [1, 2, 2], segment_width: 16}}
optimiser: {{epochs: 6, batch: 32}}
spectrum:
  windows: 2
  window_frequencies: 3
  crossed: [left_wrist, right_wrist, left_ankle, right_ankle]
  learned: {{hidden: 96, width: 48, copies: 1}}
guidance: {{descriptions: [{texts}], embeddings: [{vectors}]}}
"""


def test_a_model_trained_on_the_animators_actions_recognises_new_ones_from_one_example(
    tmp_path: Path,
) -> None:
    write_animator_archive(tmp_path / "moves.npz", TRAINED + KEPT_OUT, subjects=6, repetitions=4)
    texts, vectors = write_animator_texts(tmp_path)
    (tmp_path / "small.yaml").write_text(
        CONFIG.format(kept_out=", ".join(KEPT_OUT), texts=texts, vectors=vectors)
    )
    environment = os.environ | {"ONESHOT_DATA": str(tmp_path)}
    checkpoint, model = tmp_path / "run" / "last.pt", tmp_path / "moves.onnx"
    difference = ["--config", str(tmp_path / "small.yaml"), "--out", str(checkpoint.parent)]
    python(environment, "training", "train", "--device", "cpu", *difference)
    report = python(environment, "model_export", str(checkpoint), "-o", str(model))
    assert "parity" in report
    assert_no_text_is_in(model, checkpoint.with_name("guidance.pt"))

    with (
        ServiceProcess(f"sqlite:///{tmp_path}/store.db", model) as service,
        service.client() as client,
    ):
        for action in NEW:
            answer = send(client, "/enroll", animate(action, seed=1), action=action)
            assert answer["exemplars"] == 1
        right = 0
        queries = [(action, seed) for action in NEW for seed in range(10, 15)]
        for action, seed in queries:
            clip = animate(action, seed=seed, body="child", speed=1.2, yaw=30, noise=0.004)
            answer = send(client, "/recognize", clip, k=3)
            assert len(answer["matches"]) == 3
            right += answer["matches"][0]["action"] == action
        assert right >= 0.9 * len(queries)


def assert_no_text_is_in(model: Path, guidance: Path) -> None:
    """Neither vectors of text, nor a weight of the branch that reads them, which are known by
    their content."""
    graph = onnx.load(model).graph
    assert [value.name for value in graph.input] == ["joints", "seen"]
    held = [onnx.numpy_helper.to_array(entry) for entry in graph.initializer]
    assert all(TEXT_WIDTH not in array.shape for array in held)
    contents = {array.tobytes() for array in held}
    learner = torch.load(guidance, weights_only=True)["learner"]
    reads = [w for name, w in learner.items() if ".branch." in name and w.ndim > 1]
    assert any(TEXT_WIDTH in weight.shape for weight in reads)
    for weight in reads:
        assert weight.numpy().tobytes() not in contents
        assert weight.T.contiguous().numpy().tobytes() not in contents


def python(environment: dict[str, str], *arguments: str) -> str:
    done = run_to_end(*arguments, environment=environment, seconds=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def send(client: httpx.Client, call: str, clip: Clip, **query: str | int) -> dict:
    body = io.BytesIO()
    np.save(body, clip.joints)
    answer = client.post(
        call,
        params={"layout": clip.layout.name, "fps": clip.fps, **query},
        content=body.getvalue(),
        headers={"Content-Type": "application/x-npy"},
    )
    assert answer.status_code < 300, answer.text
    return answer.json()
