#!/usr/bin/env python3
"""The three networks of 5000 in hebbtop beside Brian2's C++ standalone mode, in interleaved runs.

    cargo build --release
    benches/peers/balanced_compare.py --python PYTHON [--pairs 3] [--seconds 5]

PYTHON has brian2 with numpy below 2.4. Each round runs each network once in Brian2 and once here,
both with one thread and with everything recorded that the presets record. Reported is processor
time of a simulated second, the loop alone (hebbtop: everything after building), then median and
quartiles over the rounds, and the median of the ratios within the rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = ["static", "ei", "kohonen"]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable, help="a Python that has brian2")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    options = parser.parse_args()
    binary = str(ROOT / "target/release/hebbtop")
    peer = str(ROOT / "benches/peers/balanced_brian2.py")
    print(f"{'CPU s per simulated s':22} {'Brian2':>8} {'hebbtop':>8} {'q1':>7} {'q3':>7}  ratio")
    for network in options.networks:
        theirs, ours, build = [], [], []
        for _ in range(options.pairs):
            theirs.append(run([options.python, peer, network, str(options.seconds)])["cpu_per_s"])
            steps = str(1000 * options.seconds)
            result = run([binary, "run", f"bench-balanced-{network}", "--steps", steps, "--json"])
            ours.append(result["cpu_s"] / result["sim_time_s"])
            build.append(result["setup_s"])
        low, mid, high = statistics.quantiles(ours, n=4) if len(ours) > 1 else ours * 3
        ratio = statistics.median(a / b for a, b in zip(theirs, ours))
        print(
            f"{network:22} {statistics.median(theirs):8.3f} {mid:8.3f} {low:7.3f} {high:7.3f}  {ratio:5.2f}"
            f"   built in {statistics.median(build):.2f} s"
        )


main()
