"""A small ablation on clips of the animator, run once as a user runs it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.animator_archive import write_animator_archive
from tests.warm_process import WarmProcess

CONFIG = """
data:
  sets: [{archive: moves}, {archive: more, as: others}]
  pseudo_novel: {moves: [clap, drink], others: [bow, punch, squat]}
  stored_frames: 40
encoder: {channels: [16, 16], strides: [2, 2], segment_width: 8}
optimiser: {epochs: 7, batch: 8}
spectrum:
  width: 16
  windows: 1
  window_frequencies: 2
  crossed: [left_wrist, right_wrist]
  learned: {hidden: 32, width: 16, copies: 1}
"""
PLAN = """
baseline: plain
seeds: [0, 1]
sets: [strangers]
repeats: 2
variants:
  plain: [encoder.dropout=0.0]
  dropped: [encoder.dropout=0.5]
encoders:
  small: {}
"""
GROUPS = """dataset,label_name,canonical
moves,wave,wave
more,walk,walk
others,walk,walk
strangers,wave,wave
strangers,throw,throw
"""


@dataclass(frozen=True)
class Folder:
    """Where data, configuration and plan of the small ablation are."""

    path: Path

    def start(self, out: Path, *more: str) -> WarmProcess:
        """Start the command as a process of its own."""
        return WarmProcess(
            "training", "ablate",
            "--plan", str(self.path / "plan.yaml"), "--config", str(self.path / "small.yaml"),
            "--out", str(out), "--device", "cpu", *more,
            environment=os.environ | {"ONESHOT_DATA": str(self.path), "OMP_NUM_THREADS": "1"},
            output=out.with_suffix(".txt"),
        )  # fmt: skip

    def run(self, out: Path, *more: str, status: int = 0) -> str:
        """Run the command to its end; returns what it printed."""
        out.with_suffix(".txt").unlink(missing_ok=True)
        ended = self.start(out, *more).wait(280)
        output = out.with_suffix(".txt").read_text()
        assert ended == status, output
        return output


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path = tmp_path_factory.mktemp("ablation")
    moves, more = ("wave", "kick", "clap", "drink"), ("walk", "bow", "punch", "squat")
    write_animator_archive(path / "moves.npz", moves, subjects=3, repetitions=3, seed=1)
    write_animator_archive(path / "more.npz", more, subjects=3, repetitions=3, seed=2)
    strangers = ("wave", "throw", "point", "sit_down")
    write_animator_archive(path / "strangers.npz", strangers, subjects=3, repetitions=2, seed=3)
    (path / "class_groups.csv").write_text(GROUPS)
    without = "guidance: null\n"
    (path / "small.yaml").write_text(CONFIG + without)
    (path / "plan.yaml").write_text(PLAN)
    return Folder(path)


@dataclass(frozen=True)
class Done:
    """The whole small ablation: its folder, what it printed, its report as JSON."""

    out: Path
    printed: str
    report: dict[str, Any]


@pytest.fixture(scope="session")
def done(toy: Folder, tmp_path_factory: pytest.TempPathFactory) -> Done:
    out = tmp_path_factory.mktemp("done") / "out"
    printed = toy.run(out, "--epochs", "6", "--jobs", "2")
    return Done(out, printed, json.loads((out / "ablation.json").read_text()))
