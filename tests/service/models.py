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


def mirrored_model(model: Path, target: Path) -> Path:
    """A model of another space whose embeddings are the shipped one's, negated.

    Among themselves they are as like as before; one of each space is as unlike as can be.
    """

    def change(stated: dict[str, Any], test: dict[str, Any]) -> None:
        stated["space"] = "mirrored-" + stated["space"][:40]
        test["embedding"] = [-value for value in test["embedding"]]

    proto = onnx.load(changed_model(model, target, change))
    for node in proto.graph.node:
        node.output[:] = [_plain(name) for name in node.output]
        node.input[:] = [_plain(name) for name in node.input]
    proto.graph.node.append(onnx.helper.make_node("Neg", [_plain("embedding")], ["embedding"]))
    onnx.save(proto, target)
    return target


def _plain(name: str) -> str:
    return "embedding_before_neg" if name == "embedding" else name
