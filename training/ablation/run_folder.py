"""The folder of one run: its configuration, checkpoint, training time and measurement (ours)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from skeleton.whole_file import is_unfinished, write_whole
from training import checkpoint
from training.ablation.measurement import Measurement, read_measurement
from training.ablation.plan import Entry, differences
from training.config import BadConfig, Config, for_folder, load_config
from training.lock import LOCK


class ForeignFolder(ValueError):
    """A folder that holds something else than this plan would put there."""


@dataclass(frozen=True)
class TrainingTime:
    """What the training took, all its starts together: seconds, and seconds of processor time."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    starts: int = 0


def is_foreign(path: Path) -> bool:
    """Whether a file is more than what a command leaves that is killed as it begins."""
    return path.name != LOCK and not is_unfinished(path)


class RunFolder:
    """Where one run lives. Everything in it is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.yaml"
        self.last = path / "last.pt"
        self.log = path / "log.txt"
        self.measured = path / "measured.json"
        self._time = path / "time.json"

    def claim(self, entry: Entry) -> None:
        """Put the run's complete configuration here. See `check`."""
        self.check(entry)
        if not self.config.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            tree = entry.config.model_dump(mode="json", by_alias=True)
            tree = for_folder(tree, self.path)
            write_whole(self.config, yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))

    def check(self, entry: Entry) -> None:
        """Raise `ForeignFolder` where something else is here than this run, finished or not."""
        if self.config.exists():
            self._compare(entry, self._read_config(), "was begun")
        elif self.path.exists() and any(map(is_foreign, self.path.iterdir())):
            raise ForeignFolder(
                f"{self.path} holds files that this command did not make; use another --out"
            )
        if self.last.exists():
            trained, _ = checkpoint.load(self.last)
            self._compare(entry, trained.config, "was trained")

    def _read_config(self) -> Config:
        try:
            return load_config(self.config)
        except BadConfig as error:
            raise ForeignFolder(
                f"{self.config} is not a configuration of this version: {error}; use another --out"
            ) from error

    def _compare(self, entry: Entry, held: Config, how: str) -> None:
        other = differences(held, entry.config)
        if other:
            told = "; ".join(f"{path}={theirs} (planned: {ours})" for path, theirs, ours in other)
            raise ForeignFolder(
                f"{self.path} {how} with another configuration: {told}. "
                "Use another --out, or remove the folder"
            )

    def trained(self) -> bool:
        """Whether the training is finished."""
        if not self.last.exists():
            return False
        _, resume = checkpoint.load(self.last)
        return resume is None

    def measurement(self, digests: Mapping[str, str]) -> Measurement | None:
        """Return the measurement if the run has one of its checkpoint on exactly these episodes."""
        try:
            found = read_measurement(self.measured)
            held = hashlib.sha256(self.last.read_bytes()).hexdigest()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        of = {name: one.digest for name, one in found.sets.items()}
        return found if of == dict(digests) and found.checkpoint == held else None

    def time(self) -> TrainingTime:
        """Return what the training took so far."""
        try:
            return TrainingTime(**json.loads(self._time.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return TrainingTime()

    def write_time(self, time: TrainingTime) -> None:
        """Keep what the training took so far."""
        write_whole(self._time, json.dumps(asdict(time)) + "\n")
