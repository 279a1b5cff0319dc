"""`python -m model_export CHECKPOINT -o MODEL.onnx`: the file that the service serves."""

import argparse
import sys
from pathlib import Path

from model_export.calibration import DEFAULT_FALSE_ACCEPT
from model_export.errors import ExportRefused
from model_export.export import Export, export
from training.checkpoint import BadCheckpoint


def main(arguments: list[str] | None = None) -> int:
    """Export, and report in a few lines; a refusal is one line and status 2."""
    parser = argparse.ArgumentParser(prog="python -m model_export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a training run's last.pt")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the .onnx to write")
    given = parser.parse_args(arguments)
    try:
        found = export(given.checkpoint, given.output)
    except (ExportRefused, BadCheckpoint, OSError) as error:
        print(f"error: {error}; {given.output} was not written", file=sys.stderr)
        return 2
    print(report(given.output, found))
    return 0


def report(output: Path, found: Export) -> str:
    """Return what a person wants to know of a file that was written."""
    calibration = found.calibration
    parity = ", ".join(f"{kind} {value:.1e}" for kind, value in found.parity.differences.items())
    passing = ", ".join(f"{share:.0%}: {at:g}" for share, at in calibration.thresholds.items())
    lines = [
        f"{output}: {found.size / 1e6:.2f} MB, {found.nodes} nodes, space {found.space}",
        f"parity     {parity} (largest differences, {found.parity.clips} clips)",
        f"self-test  {found.self_test:.1e}",
        f"session    {found.milliseconds:.2f} ms a clip on one thread",
        f"scores     probability = 1 / (1 + exp(-({calibration.slope:g} · score "
        f"{calibration.intercept:+g}))), margin {calibration.margin:g}",
        f"thresholds {passing} (share of unknown clips accepted); "
        f"{calibration.threshold:g} decides",
        "calibrated on classes kept out of training:",
    ]
    for name, figures in calibration.set_figures.items():
        share = f"{DEFAULT_FALSE_ACCEPT:g}"
        novel = figures["enrolled"] - figures["fillers"]
        lines.append(
            f"  {name}: {novel:.0f} of {figures['classes']} enrolled "
            f"among {figures['enrolled']:.0f}, "
            f"{figures['queries']} queries, {figures['accuracy']:.0%} right, "
            f"AUROC {figures['auroc']:.2f}, "
            f"calibration error {figures['expected_calibration_error']:.2f}; at the threshold "
            f"{figures['false_accepts'][share]:.1%} of the unknown accepted, "
            f"{figures['right_when_accepting'][share]:.0%} of the known right"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
