"""The bare session: what the model alone costs, without a server around it."""

import threading
import time
from dataclasses import dataclass

import numpy as np

from service.encoder import Encoder
from skeleton import Prepared


@dataclass(frozen=True)
class SessionFigures:
    """What a session did in one measurement: wall and processor milliseconds a clip, the wall
    milliseconds of half and of 99 % of the clips, clips/s."""

    threads: int
    ms: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    per_second: float


def measure_session(
    encoder: Encoder, prepared: Prepared, *, threads: int, seconds: float
) -> SessionFigures:
    """Encode one prepared clip again and again in so many threads.

    The session is the service's own, made with its options.
    """
    taken: list[list[float]] = [[] for _ in range(threads)]
    begin = threading.Barrier(threads + 1)
    ends = [0.0]

    def encode(thread: int) -> None:
        begin.wait()
        while True:  # one clip at least
            begun = time.perf_counter()
            encoder.run(prepared)
            taken[thread].append((ended := time.perf_counter()) - begun)
            if ended >= ends[0]:
                return

    pool = [threading.Thread(target=encode, args=(n,), daemon=True) for n in range(threads)]
    for thread in pool:
        thread.start()
    cpu, wall = time.process_time(), time.perf_counter()
    ends[0] = wall + seconds
    begin.wait()
    for thread in pool:
        thread.join()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    each = [1e3 * one for of_thread in taken for one in of_thread]
    p50, p99 = np.percentile(each, [50, 99])
    done = len(each)
    return SessionFigures(
        threads,
        ms=1e3 * wall * threads / done,
        p50_ms=float(p50),
        p99_ms=float(p99),
        cpu_ms=1e3 * cpu / done,
        per_second=done / wall,
    )


def measure_paced_session(
    encoder: Encoder, prepared: Prepared, *, per_second: float, seconds: float
) -> float:
    """Processor milliseconds a clip when clips come at a client's pace, one after the other.

    A processor that sleeps between two clips, or does something else, finds its caches cold: the
    same session takes more of its time than back to back.
    """
    used, clips = 0.0, 0
    begun = time.perf_counter()
    while (due := begun + clips / per_second) < begun + seconds:
        time.sleep(max(due - time.perf_counter(), 0.0))
        before = time.thread_time()
        encoder.run(prepared)
        used += time.thread_time() - before
        clips += 1
    return 1e3 * used / clips
