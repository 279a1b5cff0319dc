"""`python -m skeleton.animator FOLDER` writes the example clips; `--strip ACTION` draws one."""

import argparse
from pathlib import Path

from skeleton.animator.actions import UnknownAction
from skeleton.animator.examples import write_examples
from skeleton.animator.performance import animate
from skeleton.drawing import draw_strip


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m skeleton.animator", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write, e.g. examples")
    parser.add_argument("--strip", metavar="ACTION", help="write ACTION.svg, a drawing, instead")
    parser.add_argument("--seed", type=int, default=0, help="which performance is drawn")
    chosen = parser.parse_args(arguments)
    if chosen.strip is None:
        for path in write_examples(chosen.folder):
            print(f"{path} {path.stat().st_size // 1000} kB")
        return 0
    try:
        clip = animate(chosen.strip, seed=chosen.seed)
    except UnknownAction as unknown:
        parser.error(str(unknown))
    chosen.folder.mkdir(parents=True, exist_ok=True)
    path = chosen.folder / f"{chosen.strip}.svg"
    path.write_text(draw_strip(clip, title=chosen.strip.replace("_", " ")), encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
