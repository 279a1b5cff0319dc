"""What tests of migrations need: stores of their own, filled, and the command at work on them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from service.encoder import Encoder
from service.recogniser import stored_clip
from service.settings import DEFAULT_MODEL
from service.store import Exemplar, Store, StoredClip
from skeleton import record
from tests.service.caller import performance
from tests.service_process import service_environment
from tests.warm_process import CapturedProcess

ACTIONS = ("wave", "kick", "bow", "squat")
_PATIENCE = 60.0


@cache
def _encoder() -> Encoder:
    return Encoder(DEFAULT_MODEL, provider="cpu")


@cache
def _kept_of(action: str) -> tuple[StoredClip, dict[str, np.ndarray]]:
    clip = performance(action)
    received = record(clip.joints, clip.layout, fps=clip.fps)
    arrays, _ = _encoder().embed(received)
    return stored_clip(received), {name: np.asarray(array) for name, array in arrays.items()}


def fill(store: Store, collection: str, count: int) -> list[str]:
    """Enrolls `count` exemplars with the shipped model, of a few actions in turn; their ids."""
    ids = []
    for number in range(count):
        action = ACTIONS[number % len(ACTIONS)]
        clip, arrays = _kept_of(action)
        exemplar = Exemplar(uuid.uuid4().hex, action, datetime.now(UTC))
        store.add(collection, exemplar, space=space(), arrays=arrays, clip=clip)
        ids.append(exemplar.id)
    return ids


def enroll_blind(store: Store, collection: str, action: str = "nothing") -> str:
    """Enrolls an exemplar in whose clip nothing is to be seen; its id."""
    clip, arrays = _kept_of("wave")
    blind = StoredClip(**{**clip.__dict__, "joints": np.full_like(clip.joints, np.nan)})
    exemplar = Exemplar(uuid.uuid4().hex, action, datetime.now(UTC))
    store.add(collection, exemplar, space=space(), arrays=arrays, clip=blind)
    return exemplar.id


def space() -> str:
    """That of the shipped model."""
    return _encoder().info.space


def start_applying(url: str, model: Path, *options: str) -> CapturedProcess:
    """`oneshot migrate apply --json` in a process of its own."""
    environment = service_environment(store=url, model=str(model), provider="cpu")
    return CapturedProcess("service", "migrate", "apply", "--json", *options,
                           environment=environment)  # fmt: skip


def kept(store: Store, collection: str) -> dict[str, int]:
    """How many exemplars have arrays of each space."""
    return {info.space: info.exemplars for info in store.spaces(collection)}


def until(true: Callable[[], bool], process: CapturedProcess | None = None) -> None:
    """Waits for something, while a process runs."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.completed()
        time.sleep(0.01)
