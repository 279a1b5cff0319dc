"""What came of the cases: counted by format, with the slowest and what must not happen."""

from __future__ import annotations

import os
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.cases import Case

_MOST_SHOWN = 10


@dataclass
class Report:
    """The outcomes so far. `longest` is the seconds a case may take."""

    longest: float
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: dict[str, tuple[float, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, case: Case, outcome: str, seconds: float) -> None:
        self.outcomes[case.of][outcome] += 1
        self.slowest[case.of] = max(self.slowest.get(case.of, (0.0, 0)), (seconds, case.number))
        if seconds > self.longest:
            self.failures.append(
                f"case {case.number} ({case.of}, {len(case.data)} bytes) took {seconds:.2f} s"
            )

    def fail(self, case: Case, error: BaseException) -> None:
        self.outcomes[case.of]["FAILED"] += 1
        trace = "".join(traceback.format_exception(error)[-4:])
        self.failures.append(
            f"case {case.number} ({case.of}, {len(case.data)} bytes) failed:\n{trace}"
        )

    def table(self) -> str:
        """The outcomes as a table of Markdown."""
        kinds = sorted({kind for counts in self.outcomes.values() for kind in counts})
        rows = [
            ["format", "cases", *kinds, "slowest, ms", "by case"],
            ["---"] * (len(kinds) + 4),
        ]
        for name, counts in sorted(self.outcomes.items()):
            seconds, number = self.slowest.get(name, (0.0, 0))
            rows.append(
                [name, str(counts.total()), *(str(counts[kind]) for kind in kinds),
                 f"{1000 * seconds:.1f}", str(number)]
            )  # fmt: skip
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)

    def shown_failures(self) -> str:
        more = len(self.failures) - _MOST_SHOWN
        shown = "\n".join(self.failures[:_MOST_SHOWN])
        return shown + (f"\n… and {more} more" if more > 0 else "")


def memory(pid: int | None = None) -> float:
    """MiB of memory that a process, this one unless told, holds."""
    pages = int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
