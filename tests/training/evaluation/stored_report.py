"""A stored report read back, as a program of anyone's would."""

import json
from pathlib import Path

from training.evaluation.report import measured_from
from training.evaluation.results import Evaluation, SetResult


def read_report(path: Path) -> Evaluation:
    """Read an `evaluation.json` back."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    return Evaluation(
        facts=tree["facts"],
        sets=tuple(
            SetResult(
                **{
                    **entry,
                    "novel": None if entry["novel"] is None else tuple(entry["novel"]),
                    "trained_on": tuple(entry["trained_on"]),
                    "methods": tuple(measured_from(method) for method in entry["methods"]),
                }
            )
            for entry in tree["sets"]
        ),
    )
