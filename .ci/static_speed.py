"""Compares two binaries: median CPU time of the speed preset, runs taken in turn."""

import json
import statistics
import subprocess
import sys

PAIRS = 7
SLOWER_BY_AT_MOST = 1.10


def cpu_seconds(program):
    command = [program, "run", "bench-pc-mlp:exact", "--steps", "150", "--json"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)["cpu_s"]


def main():
    programs = sys.argv[1:3]
    times = {program: [] for program in programs}
    for _ in range(PAIRS):
        for program in programs:
            times[program].append(cpu_seconds(program))
    ordinary, static = (statistics.median(times[program]) for program in programs)
    ratio = static / ordinary
    print(f"ordinary {ordinary:.3f} s, static {static:.3f} s, ratio {ratio:.3f}")
    if ratio > SLOWER_BY_AT_MOST:
        sys.exit(f"the static build is slower by more than {SLOWER_BY_AT_MOST - 1:.0%}")


if __name__ == "__main__":
    main()
