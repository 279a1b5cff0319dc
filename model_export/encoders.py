"""`python -m model_export.encoders`: every family's parameters, GMAC and time, as a table."""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import onnxruntime
import torch
from torch.utils.flop_counter import FlopCounterMode
from tqdm import tqdm

from model_export.errors import BadGraph
from model_export.graph import graph_of
from model_export.graph_rules import check_graph
from model_export.interleaved import Spread, milliseconds
from model_export.session import Session
from skeleton import resolve_layout
from training.config import DEFAULT, Config, load_config
from training.encoder import Embedder, Encoder, SkeletonBranch, Spectrum
from training.evaluation.machine import machine

FILE = Path("service/models/default.onnx")
#: The families with a configuration in their paper's size, and the one that ratios refer to.
PAPER_SIZED = ("stgcn_pp", "dg_stgcn", "ctr_gcn", "infogcn", "hd_gcn", "transformer")
REFERENCE = "stgcn_pp"
#: The size of the ratios: frames and joints.
_SIZE = ("encoder.frames=64", "encoder.layout=kinect_v2", "encoder.moving_part=null")


@dataclass(frozen=True)
class Row:
    """One line of the table. `parameters` and `macs` (multiply-adds of one clip) are the
    encoder's, None where only a file is known."""

    name: str
    session: Session
    frames: int
    joints: int
    parameters: int | None = None
    macs: int | None = None


def paper_sized(family: str) -> Config:
    """The configuration of a family in its paper's size, as its paper has it: without guidance."""
    return load_config(DEFAULT.with_name(f"{family}.yaml"), ("guidance=null",))


def cost(config: Config) -> tuple[int, int]:
    """Parameters of an encoder, and multiply-adds of one clip."""
    encoder = Encoder(config.encoder, config.importance).eval().requires_grad_(False)
    seen = torch.ones(1, encoder.frames, encoder.persons, len(encoder.layout))
    with FlopCounterMode(display=False) as counter:
        encoder(torch.zeros(*seen.shape, 3), seen)
    # A multiply-add counts as two there.
    return sum(p.numel() for p in encoder.parameters()), counter.get_total_flops() // 2


def exported(config: Config, spectrum: bool) -> bytes:
    """An untrained model file of a configuration, with the spectrum or with the encoder alone.

    Raises `BadGraph` where it breaks the rules.
    """
    torch.manual_seed(0)
    weight = config.spectrum.weight if spectrum else 0.0
    embedder = Embedder(
        Encoder(config.encoder, config.importance),
        Spectrum(config.spectrum, config.encoder),
        weight,
    ).eval()
    encoder = embedder.encoder
    shape = (1, encoder.frames, encoder.persons, len(encoder.layout))
    with torch.no_grad():
        width = embedder(torch.zeros(*shape, 3), torch.ones(shape)).shape[1]
    cohort = torch.nn.functional.normalize(torch.randn(4 * config.cohort.nearest, width), dim=1)
    branch = SkeletonBranch(embedder, cohort, config.cohort.nearest).eval()
    graph = graph_of(branch)
    check_graph(graph, encoder.layout, encoder.frames, encoder.persons)
    model: bytes = graph.SerializeToString()
    return model


def row(name: str, config: Config, spectrum: bool) -> Row:
    """Export a configuration and count it."""
    frames, joints = config.encoder.input_frames, len(resolve_layout(config.encoder.layout))
    return Row(name, Session(exported(config, spectrum)), frames, joints, *cost(config))


def file_row(name: str, path: Path) -> Row:
    """A model file as it is. Raises `BadGraph` for one that is none."""
    session = Session(path.read_bytes())
    try:
        told = json.loads(session.metadata["oneshot.model"])
        frames, joints = int(told["frames"]), len(told["layout"]["joints"])
    except (KeyError, ValueError, TypeError) as error:
        raise BadGraph(f"{path} is not a model file of this project: {error!r}") from error
    return Row(name, session, frames, joints)


def table(rows: list[Row], taken: dict[str, list[float]]) -> str:
    """Markdown; ratios are to ST-GCN++'s time in the same round."""
    lines = [
        "| encoder | T, V | parameters | GMAC | ms | of ST-GCN++ |",
        "|---|---|---|---|---|---|",
    ]
    for line in rows:
        ratios = [a / b for a, b in zip(taken[line.name], taken[REFERENCE], strict=True)]
        parameters = "" if line.parameters is None else f"{line.parameters / 1e6:.2f} M"
        macs = "" if line.macs is None else f"{line.macs / 1e9:.2f}"
        lines.append(
            f"| {line.name} | {line.frames}, {line.joints} | {parameters} | {macs} "
            f"| {Spread.of(taken[line.name])} | {Spread.of(ratios)} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Export all, time them interleaved, print the table."""
    parser = argparse.ArgumentParser(prog="python -m model_export.encoders", description=__doc__)
    parser.add_argument("--file", type=Path, default=FILE, help="the default model file to time")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of the timing")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        print(f"error: --rounds must be 1 or more, not {given.rounds}", file=sys.stderr)
        return 2
    try:
        rows = [file_row("the default file", given.file)]
    except (BadGraph, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for family in tqdm(PAPER_SIZED, desc="exporting"):
        rows.append(row(family, paper_sized(family), spectrum=False))
    rows.append(row("the default at that size", load_config(None, _SIZE), spectrum=True))
    rows.append(rows.pop(0))
    sessions = {line.name: (line.session, line.frames, line.joints) for line in rows}
    # Its package has several names, so that `machine` may not find it.
    facts = machine() | {"onnxruntime": onnxruntime.__version__}
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    print(table(rows, milliseconds(sessions, given.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
