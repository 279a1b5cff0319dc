from pathlib import Path

import pytest

from model_export.encoders import FILE, Row, file_row, main, paper_sized, row, table
from model_export.graph_rules import LARGEST_FILE
from model_export.interleaved import milliseconds
from model_export.session import Session

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_sets_every_round_against_st_gcn_pps_time_in_it(session: Session) -> None:
    rows = [
        Row("stgcn_pp", session, 64, 25, 1_446_000, 935_000_000),
        Row("the default file", session, 64, 16),
    ]
    taken = {"stgcn_pp": [10.0, 20.0, 40.0], "the default file": [1.0, 2.0, 12.0]}
    lines = table(rows, taken).splitlines()
    assert lines[2] == (
        "| stgcn_pp | 64, 25 | 1.45 M | 0.94 | 20.00 [10.00, 40.00] | 1.00 [1.00, 1.00] |"
    )
    assert (
        lines[3] == "| the default file | 64, 16 |  |  | 2.00 [1.00, 12.00] | 0.10 [0.10, 0.30] |"
    )


def test_every_round_times_every_file(session: Session) -> None:
    taken = milliseconds({"one": (session, 64, 16), "same": (session, 64, 16)}, rounds=3)
    assert [len(values) for values in taken.values()] == [3, 3]
    assert all(value > 0 for values in taken.values() for value in values)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"no model", "onnxruntime cannot load")]
)
def test_a_file_that_is_no_model_ends_with_one_line(
    content: bytes | None, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    assert main(["--file", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert why in line


def test_no_rounds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "0"]) == 2
    assert "--rounds must be 1 or more" in capsys.readouterr().err


def test_a_model_file_without_metadata_is_no_model_file(
    exported: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bare.onnx").write_bytes(exported)
    assert main(["--file", str(tmp_path / "bare.onnx")]) == 2
    assert "is not a model file of this project" in capsys.readouterr().err


def test_the_default_file_takes_at_most_six_tenths_of_st_gcn_pps_time() -> None:
    """The bar of the default model; `python -m model_export.encoders` measures all families."""
    rows = [
        row("stgcn_pp", paper_sized("stgcn_pp"), spectrum=False),
        file_row("default", ROOT / FILE),
    ]
    taken = milliseconds({r.name: (r.session, r.frames, r.joints) for r in rows}, rounds=7)
    ratios = sorted(a / b for a, b in zip(taken["default"], taken["stgcn_pp"], strict=True))
    assert ratios[len(ratios) // 2] <= 0.6
    assert (ROOT / FILE).stat().st_size <= LARGEST_FILE
