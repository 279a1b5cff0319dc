"""The report: what a person wants to know of a model file that was written."""

from pathlib import Path

from model_export.calibration import DEFAULT_FALSE_ACCEPT, Calibration
from model_export.export import Export


def report(output: Path, found: Export) -> str:
    """Return an export in a few lines."""
    parity = ", ".join(f"{kind} {value:.1e}" for kind, value in found.parity.differences.items())
    return "\n".join(
        (
            f"{output}: {found.size / 1e6:.2f} MB, {found.nodes} nodes, space {found.space}",
            f"parity     {parity} (largest differences, {found.parity.clips} clips)",
            f"self-test  {found.self_test:.1e}",
            f"session    {found.milliseconds:.2f} ms a clip on one thread",
            calibration_report(found.calibration),
        )
    )


def calibration_report(calibration: Calibration) -> str:
    """Return how scores are read, and what that does to the classes kept out of training."""
    passing = ", ".join(f"{share:.0%}: {at:g}" for share, at in calibration.thresholds.items())
    odds = calibration.probability
    lines = [
        f"scores     odds against a stranger's clip exp({odds.slope:g} · score "
        f"{odds.intercept:+g}), temperature of the cosines {odds.temperature:g}, margin "
        f"{calibration.margin:g}",
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
