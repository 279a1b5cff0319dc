"""Model files that differ from the shipped one in what they say about themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx


def changed_model(
    model: Path, target: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> Path:
    """Copies a model file, its metadata and its self-test as `change(model, test)` leaves them."""
    proto = onnx.load(model)
    properties = {entry.key: entry for entry in proto.metadata_props}
    stated = json.loads(properties["oneshot.model"].value)
    test = json.loads(properties["oneshot.self_test"].value)
    change(stated, test)
    properties["oneshot.model"].value = json.dumps(stated)
    properties["oneshot.self_test"].value = json.dumps(test)
    onnx.save(proto, target)
    return target


def model_of_another_space(model: Path, target: Path) -> Path:
    """The same graph under another identity, as if its weights were others."""

    def change(stated: dict[str, Any], test: dict[str, Any]) -> None:
        stated["space"] = "another-" + stated["space"][:40]

    return changed_model(model, target, change)
