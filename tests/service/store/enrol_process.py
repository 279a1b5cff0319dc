"""A process of its own that enrols, and prints each exemplar's id once it is acknowledged.

python -m tests.service.store.enrol_process URL ACTION COUNT
"""

from __future__ import annotations

import sys

from service.store import open_store
from tests.service.store.samples import enroll


def main(url: str, action: str, count: int) -> None:
    store = open_store(url)
    for _ in range(count):
        exemplar, _ = enroll(store, action)
        print(exemplar.id, flush=True)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
