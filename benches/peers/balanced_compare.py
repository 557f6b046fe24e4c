#!/usr/bin/env python3
"""The three networks of 5000 in hebbtop beside Brian2's C++ standalone mode, in interleaved runs.

    cargo build --release
    benches/peers/balanced_compare.py --python PYTHON [--pairs 3] [--seconds 5]

PYTHON has brian2 with numpy below 2.4, which compiles each network once. Each round runs each
network once in Brian2 and once here, both with one thread and with everything recorded that the
presets record. Reported is processor time of a simulated second, the loop alone (hebbtop: a run less
one of a single millisecond): the medians over the rounds, then median and quartiles of the ratios
within the rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = ["static", "ei", "kohonen"]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def hebbtop(network, steps):
    binary = str(ROOT / "target/release/hebbtop")
    return run([binary, "run", f"bench-balanced-{network}", "--steps", str(steps), "--json"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable, help="a Python that has brian2")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    options = parser.parse_args()
    peer = str(ROOT / "benches/peers/balanced_brian2.py")
    folders = {}
    for network in options.networks:
        folders[network] = tempfile.mkdtemp(prefix=f"brian2-{network}-")
        run([options.python, peer, network, str(options.seconds), folders[network]])
    theirs, ours, build = ({network: [] for network in options.networks} for _ in range(3))
    for _ in range(options.pairs):
        for network, folder in folders.items():
            subprocess.run(["./main"], cwd=folder, check=True, capture_output=True)
            loop = float(Path(folder, "loop_cpu").read_text())
            theirs[network].append(loop / options.seconds)
            whole, begun = (hebbtop(network, steps) for steps in (1000 * options.seconds, 1))
            simulated = whole["sim_time_s"] - begun["sim_time_s"]
            ours[network].append((whole["cpu_s"] - begun["cpu_s"]) / simulated)
            build[network].append(whole["setup_s"])
    print(f"{'CPU s per simulated s':22} {'Brian2':>8} {'hebbtop':>8} {'ratio':>7}  quartiles")
    for network in options.networks:
        ratios = [a / b for a, b in zip(theirs[network], ours[network])]
        low, mid, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        medians = [statistics.median(of[network]) for of in (theirs, ours, build)]
        print(
            f"{network:22} {medians[0]:8.3f} {medians[1]:8.3f} {mid:7.2f}  {low:.2f}-{high:.2f}"
            f"   built in {medians[2]:.2f} s"
        )


main()
