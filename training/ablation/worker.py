"""One run as a process of its own: train, or go on, then measure (ours).

Started by `training.ablation.schedule`. It ends when its standard input does: when whoever started
it is killed, no training is left behind that a second start would meet in the same folder.
"""

import argparse
import os
import sys
import threading
import time
from pathlib import Path

from skeleton import UnreadableClip
from training import train
from training.ablation.evaluation_sets import evaluation_sets
from training.ablation.measurement import measure, write_measurement
from training.ablation.run_folder import RunFolder, TrainingTime
from training.config import BadConfig, load_config
from training.data_folder import DataMissing
from training.errors import BadCheckpoint
from training.evaluation.novelty import UnknownClass
from training.evaluation.protocol import UnusableSet
from training.lock import FolderBusy

_BEAT = 2.0  # seconds between two notes of the time


class _Watch:
    """Notes the training time as it passes, so that a kill loses two seconds of it."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder, self._before = folder, folder.time()
        self._begun, self._processor = time.monotonic(), time.process_time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._note()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._note()

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            self._note()

    def _note(self) -> None:
        self._folder.write_time(
            TrainingTime(
                self._before.seconds + time.monotonic() - self._begun,
                self._before.processor_seconds + time.process_time() - self._processor,
                self._before.starts + 1,
            )
        )


def main() -> int:
    """Bring one run to its end; a mistake ends with one line, which the report repeats."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", required=True)
    parser.add_argument("--sets", nargs="+", required=True)
    parser.add_argument("--repeats", type=int, required=True)
    arguments = parser.parse_args()
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    folder = RunFolder(arguments.folder)
    try:
        if not folder.trained():
            with _Watch(folder):
                status = _train(folder, arguments.device)
            if status:
                return status
        config = load_config(folder.config)
        sets, _ = evaluation_sets(config, arguments.sets, arguments.repeats)
        write_measurement(folder.measured, measure(folder.last, sets))
    except (
        BadConfig, BadCheckpoint, DataMissing, FolderBusy, UnknownClass, UnreadableClip,
        UnusableSet,
    ) as error:  # fmt: skip
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _train(folder: RunFolder, device: str) -> int:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    options = ["--config", str(folder.config), "--out", str(folder.path), "--device", device]
    return train.run(parser.parse_args(options))


def _end_with_standard_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
