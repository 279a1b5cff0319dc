"""Canonical actions: which classes of different data sets are the same human action.

Read from `class_groups.csv` beside the data sets (proposed by rules, see the data's README).
"""

import csv

from training.data_folder import data_folder

#: A canonical action that says nothing.
_NO_GROUP = "other"


def canonical_actions() -> dict[tuple[str, str], str]:
    """Return the canonical action by (data set, class name); classes without one are absent."""
    path = data_folder() / "class_groups.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {
            (row["dataset"], row["label_name"]): row["canonical"]
            for row in csv.DictReader(file)
            if row["canonical"] != _NO_GROUP
        }
