#!/usr/bin/env python3
"""Steps of hebbtop's predictive coding beside PyTorch's backpropagation, in interleaved runs.

    cargo build --release --example time_steps
    benches/peers/pc_compare.py [--python PYTHON] [--pairs 10] [--steps 100]

Each round runs every contender once, so that all see the same machine. Reported is processor time
of a step (median of each run), then median and quartiles over the rounds, and the median of the
ratios within the rounds: to PyTorch's backpropagation and to our Exact.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NET = ["network=300 + relu / 100 + relu / 10", "batch=300", "compare_every=0", "test_every=0"]
OURS = {
    "Exact": ["method=exact"],
    "closed form": ["method=fixedpred", "closed_form=on"],
    "FixedPred .1/20": ["method=fixedpred"],
    "Strict .1/20": ["method=strict"],
}


def run(command):
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | threads)
    if done.returncode:
        sys.exit(done.stderr)
    result = json.loads(done.stdout)
    return statistics.median(result["cpu_ms"]), statistics.median(result["wall_ms"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    binary = ROOT / "target/release/examples/time_steps"
    steps = str(options.steps)
    contenders = {"PyTorch backprop": [options.python, str(ROOT / "benches/peers/pc_pytorch.py"), steps]}
    contenders |= {name: [str(binary), "predictive-coding", steps, *NET, *extra] for name, extra in OURS.items()}
    times = {name: [] for name in contenders}
    for _ in range(options.pairs):
        for name, command in contenders.items():
            times[name].append(run(command))
    torch = [cpu for cpu, _ in times["PyTorch backprop"]]
    exact = [cpu for cpu, _ in times["Exact"]]
    print(f"{'ms per step':18} {'cpu':>7} {'q1':>7} {'q3':>7} {'wall':>7}  / PyTorch  / Exact")
    for name, results in times.items():
        cpu = [cpu for cpu, _ in results]
        low, mid, high = statistics.quantiles(cpu, n=4)
        wall = statistics.median(wall for _, wall in results)
        ratio = lambda base: statistics.median(a / b for a, b in zip(cpu, base))
        print(f"{name:18} {mid:7.2f} {low:7.2f} {high:7.2f} {wall:7.2f}  {ratio(torch):8.2f}  {ratio(exact):8.2f}")


main()
