"""How is a figure printed, a median taken, a stretch of time measured?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def figure(name: str, value: float, unit: str) -> None:
    digits = 4 if abs(value) < 1 else 3 if abs(value) < 100 else 0
    print(f"{name} {value:.{digits}f} {unit}", flush=True)


def ratio(name: str, ours: float, limit: float, unit: str = "mails/s") -> None:
    """Two rates and their quotient."""
    group, _dot, own = name.partition(".")
    figure(f"{group}.{own}_per_s", ours, unit)
    figure(f"{group}.limit.{own}_per_s", limit, unit)
    figure(name, ours / limit, "ratio")


def beside(name: str, ours: float, limit: float, unit: str = "rows/s") -> None:
    """NAME_per_s, the same of its limit, and NAME_vs_limit."""
    figure(f"{name}_per_s", ours, unit)
    figure(f"limit.{name}_per_s", limit, unit)
    figure(f"{name}_vs_limit", ours / limit, "ratio")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], float], times: int = 3) -> float:
    return statistics.median(work() for _ in range(times))


@contextmanager
def quiet_collector() -> Iterator[None]:
    """The same garbage collector for both sides of a comparison: collected before, on during."""
    import gc

    gc.collect()
    yield


def peak_mb() -> float:
    """The most memory this program ever held, in MiB.

    Not `ru_maxrss`: that of a process that was started by a larger one begins with what the larger one held.
    """
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
