"""Canonical actions: which classes of different data sets are the same human action.

Read from `class_groups.csv` beside the data sets, which rules proposed (see the data's README), and
corrected by hand where a rule took one word for the action.
"""

import csv
from collections.abc import Mapping
from types import MappingProxyType

from training.data_folder import DataMissing, data_folder

#: A canonical action that says nothing.
_NO_GROUP = "other"
#: What the rules got wrong of the sets that are trained on, by set and class.
_CORRECTED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("cmu_part", "wash / clean"): "wash / clean",  # as cmu_txt's washing of windows
        ("hdm05_11", "elbow to knee, left elbow first"): "elbow to knee",  # no bow
        ("isl30", "dance"): "sign: dance",  # a word of the hands
        ("kard", "phone call"): "phone call",  # no call to come
        ("kindergator", "Signal someone to stop"): "stop signal",  # not to come
        **{
            (f"uiprmd_{sensor}", f"standing {exercise}"): action
            for sensor in ("kinect", "vicon")
            for exercise, action in (
                ("active straight leg raise", "leg raise"),  # no arm is raised
                ("shoulder extension", "shoulder extension"),  # the arm goes back
                ("shoulder internal-external rotation", "shoulder rotation"),
            )
        },
    }
)


#: What class_groups.csv needs; it may have others.
COLUMNS = ("dataset", "label_name", "canonical")


def canonical_actions() -> dict[tuple[str, str], str]:
    """Return the canonical action by (data set, class name); classes without one are absent. Raises
    `DataMissing` for a table without `COLUMNS`."""
    path = data_folder() / "class_groups.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        rows = csv.DictReader(file)
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            raise DataMissing(f"{path} lacks the columns {', '.join(COLUMNS)}")
        proposed = {(row["dataset"], row["label_name"]): row["canonical"] for row in rows}
    found = {one: _CORRECTED.get(one, action) for one, action in proposed.items()}
    return {one: action for one, action in found.items() if action != _NO_GROUP}
