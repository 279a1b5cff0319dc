"""The listed splits of the paper's benchmarks."""

import re

import pytest

from training.config import DEFAULT, BadConfig, load_config
from training.split import Split, listed_classes, split_names
from training.text.descriptions import SHIPPED


def every(start: int, stop: int) -> list[str]:
    return [f"A{number:03d}" for number in range(start, stop, 6)]


def test_ntu_120_is_as_published() -> None:
    split = Split.read("ntu120")
    assert list(split.novel) == every(1, 121)
    assert list(split.development) == every(2, 121)
    assert split.exemplars is not None
    assert split.exemplars["A055"] == "S001C003P008R001A055"
    assert split.exemplars["A061"] == "S018C003P008R001A061"
    assert set(split.base[100]) == {f"A{n:03d}" for n in range(1, 121)} - set(split.novel)
    assert split.published["InfoGCN + CrossGLG"] == dict(
        zip((20, 40, 60, 80, 100), (45.3, 56.8, 62.1, 61.6, 62.6), strict=True)
    )


def test_ntu_60_is_its_half() -> None:
    whole, half = Split.read("ntu120"), Split.read("ntu60")
    assert half.novel == whole.novel[:10]
    assert half.exemplars is not None
    assert half.exemplars.items() <= (whole.exemplars or {}).items()
    assert set(half.base[50]) == {label for label in whole.base[100] if label <= "A060"}


def test_kinetics_names_all_its_classes_once() -> None:
    split = Split.read("kinetics")
    lists = (split.novel, split.development, split.base[360])
    assert len(set().union(*lists)) == sum(map(len, lists)) == 400
    assert split.exemplars is None
    assert not split.published


@pytest.mark.parametrize("name", split_names())
def test_smaller_subsets_lie_in_larger_ones_and_never_hold_a_novel_or_development_class(
    name: str,
) -> None:
    split = Split.read(name)
    smaller: set[str] = set()
    for count in sorted(split.base):
        base = set(split.base[count])
        assert len(base) == count
        assert smaller <= base
        assert not base & set(split.novel)
        assert not set(split.development) & set(split.novel)
        if count < max(split.base):
            assert not base & set(split.development)
        smaller = base


@pytest.mark.parametrize("name", [n for n in split_names() if n.startswith("ntu")])
def test_every_class_is_described_in_words(name: str) -> None:
    split = Split.read(name)
    found = "".join(path.read_text(encoding="utf-8") for path in SHIPPED.glob("ntu120_*.yaml"))
    described = set(re.findall(r"^  (A\d{3}):$", found, re.MULTILINE))
    assert {*split.novel, *split.base[max(split.base)]} <= described


def test_classes_are_named_by_the_split_or_one_by_one() -> None:
    assert listed_classes("ntu60/base_10") == Split.read("ntu60").base[10]
    assert listed_classes("ntu120/development") == Split.read("ntu120").development
    assert listed_classes(("wave", "kick")) == ("wave", "kick")


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("base_20", "neither a list of classes nor SPLIT/LIST"),
        ("ntu90/base_20", "no split 'ntu90': there are kinetics, ntu120, ntu60"),
        ("ntu120/base_30", "ntu120 has no list 'base_30': there are novel, development, base_20"),
    ],
)
def test_a_list_that_does_not_exist_is_named(only: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        listed_classes(only)


@pytest.mark.parametrize("name", split_names())
def test_every_benchmark_has_its_configuration(name: str) -> None:
    config = load_config(DEFAULT.with_name(f"{name}.yaml"))
    assert config.encoder.persons == 2
    assert config.encoder.frames == 64
    (entry,) = config.data.sets
    assert entry.only == f"{name}/base_{max(Split.read(name).base)}"
    assert config.data.pseudo_novel == {}
