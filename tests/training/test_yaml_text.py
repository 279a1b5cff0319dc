"""YAML by libyaml says what PyYAML's own parser says, and refuses what that refuses."""

from pathlib import Path

import pytest
import yaml

from training.config import DEFAULT, BadConfig, load_config
from training.text.description_file import read_file
from training.text.descriptions import SHIPPED
from training.text.errors import BadDescription
from training.yaml_text import load_yaml

_SHIPPED = [*DEFAULT.parent.glob("*.yaml"), sorted(SHIPPED.glob("*.yaml"))[0]]
_WRONG = {
    "unfinished list": "a: [1, 2\nb: 3\n",
    "no beginning of anything": "a: @b\n",
    "tab for a blank": "a:\tb\n",
    "mark of no letter": "a: \udcff\n",
    "control character": "a: \x01\n",
}


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_reads_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert load_yaml(text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", _WRONG.values(), ids=_WRONG)
def test_what_is_refused_is_refused_in_the_same_words(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as expected:
        yaml.safe_load(text)
    with pytest.raises(yaml.YAMLError) as told:
        load_yaml(text)
    assert str(told.value) == str(expected.value)


def test_an_override_that_is_no_text_is_no_value() -> None:
    with pytest.raises(BadConfig, match="no value of YAML"):
        load_config(overrides=("optimiser.epochs=\udcff",))


@pytest.mark.parametrize("comment", ["", "# a * in a comment\n"])
def test_a_description_file_is_refused_alike_whatever_its_comments_hold(
    comment: str, tmp_path: Path
) -> None:
    path = tmp_path / "texts.yaml"
    path.write_text(f"{comment}dataset:\tmine\n")
    with pytest.raises(BadDescription, match="cannot start any token"):
        read_file(path)
