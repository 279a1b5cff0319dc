from pathlib import Path

import pytest

from training.canonical_actions import canonical_actions
from training.data_folder import DataMissing

GROUPS = """dataset,label,label_name,canonical,clips,subjects
kard,0,phone call,stop / come signals,3,3
kard,1,bend,bow / bend / touch toes,3,3
uiprmd_kinect,0,standing active straight leg raise,arms raise / lift,3,3
kindergator,0,Lift your leg to one side,leg raise,3,3
kindergator,1,Raise your hand,arms raise / lift,3,3
kindergator,2,Signal someone to come here,stop / come signals,3,3
cmu_part,0,stretch,other,3,3
"""


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    (tmp_path / "class_groups.csv").write_text(GROUPS)
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    return canonical_actions()


def test_a_proposed_group_that_took_a_word_for_the_action_is_corrected(
    groups: dict[tuple[str, str], str],
) -> None:
    raise_leg = ("uiprmd_kinect", "standing active straight leg raise")
    assert groups[raise_leg] == groups["kindergator", "Lift your leg to one side"]
    assert groups[raise_leg] != groups["kindergator", "Raise your hand"]
    assert groups["kard", "phone call"] != groups["kindergator", "Signal someone to come here"]


def test_a_table_without_its_columns_is_refused_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "class_groups.csv").write_text("set,class\nkard,bend\n")
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    with pytest.raises(DataMissing, match="lacks the columns dataset, label_name, canonical"):
        canonical_actions()


def test_the_other_groups_are_as_proposed_and_other_is_none(
    groups: dict[tuple[str, str], str],
) -> None:
    assert groups["kard", "bend"] == "bow / bend / touch toes"
    assert ("cmu_part", "stretch") not in groups


def test_without_the_file_there_are_none_not_even_corrected_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    assert canonical_actions() == {}
