#!/usr/bin/env python3
"""Measure what recording costs. Python standard library only.

  record.py cost   [--pairs 10] [--steps N]   with --record against without, interleaved pairs
  record.py stall  [--count 20]               how long a checkpoint holds the run up, by `:checkpoint`

Common: --program target/release/hebbtop  --preset bench-pc-mlp
All metrics are recorded. The speed is the program's own count of steps over its wall time, which ends when
everything is on the disk. The machine may be noisy: ratios are medians of interleaved pairs with their quartiles.
"""
import argparse, json, os, re, statistics, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen import Terminal, quartiles


def steps_per_second(options, folder):
    command = [options.program, "run", options.preset, "--steps", str(options.steps), "--json"]
    if folder:
        command += ["--record", folder]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return report["steps"] / report["wall_s"], report["digest"]


def cost(options):
    ratios = []
    for pair in range(options.pairs):
        rate, digests = {}, set()
        for recorded in (True, False) if pair % 2 else (False, True):
            with tempfile.TemporaryDirectory() as folder:
                where = os.path.join(folder, "run") if recorded else None
                rate[recorded], digest = steps_per_second(options, where)
                digests.add(digest)
        if len(digests) != 1:
            sys.exit(f"recording changes the run: {digests}")
        ratios.append(rate[True] / rate[False])
        print(f"pair {pair + 1}: recorded {rate[True]:.1f}/s plain {rate[False]:.1f}/s "
              f"ratio {ratios[-1]:.4f}", file=sys.stderr)
    low, middle, high = quartiles(ratios)
    return {"recorded_over_plain": {"median": middle, "quartiles": [low, high], "pairs": len(ratios)}}


def stall(options):
    took = []
    with tempfile.TemporaryDirectory() as folder:
        where = os.path.join(folder, "run")
        command = [options.program, "run", options.preset, "--steps", "1000000000", "--record", where]
        terminal = Terminal(command, (120, 40))
        terminal.until_open()
        terminal.drain(2)
        for _ in range(options.count):
            terminal.type(":checkpoint\r")
            terminal.drain(1)
            # Everything is written again, not only the cells that changed.
            terminal.type("\x0c")
            terminal.until(b" ms", 10)
            plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", terminal.written)
            terminal.drain(1)
            found = re.findall(rb"held up for ([\d.e-]+) ms", plain)
            took += [float(ms) for ms in found[-1:]]
        size = os.path.getsize(os.path.join(where, "checkpoint.hbt"))
        terminal.end()
    return {"stall_ms": {"median": statistics.median(took), "max": max(took), "count": len(took)},
            "checkpoint_bytes": size}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["cost", "stall"])
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--preset", default="bench-pc-mlp")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    measure = {"cost": cost, "stall": stall}[options.what]
    print(json.dumps(measure(options)))


if __name__ == "__main__":
    main()
