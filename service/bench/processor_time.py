"""Processor time of another process, exact to the scheduler's own count."""

import ctypes
import os
import time


class NoProcessorTime(RuntimeError):
    """This system does not tell one process the processor time of another."""


def processor_time(pid: int) -> float:
    """Seconds of user and system time of all threads of a process.

    `/proc` counts in ticks of 10 ms, which is ten requests. Raises `NoProcessorTime`, and
    `ProcessLookupError` when there is no such process.
    """
    clock = ctypes.c_int32()
    try:
        failed = ctypes.CDLL(None).clock_getcpuclockid(ctypes.c_int32(pid), ctypes.byref(clock))
    except (AttributeError, OSError, TypeError) as error:
        raise NoProcessorTime("the benchmark needs Linux") from error
    if failed:
        raise ProcessLookupError(failed, os.strerror(failed))
    return time.clock_gettime(clock.value)
