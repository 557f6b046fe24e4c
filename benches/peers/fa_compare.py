#!/usr/bin/env python3
"""Episodes of hebbtop's meta-learning beside PyTorch's autograd, in interleaved runs.

    cargo build --release --example time_episodes
    benches/peers/fa_compare.py [--python PYTHON] [--pairs 5] [--episodes 20]

PyTorch comes twice: term by term as the equations stand, and with the terms summed by hand into two
outer products. Each round runs all three, so that they see the same machine; all use one thread and
images with 80 % zeros. Reported is processor time of an episode (median of each run): median and quartiles over the
rounds, and of the ratios within the rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(command):
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | threads)
    if done.returncode:
        sys.exit(done.stderr)
    result = json.loads(done.stdout)
    return {key: statistics.median(times) for key, times in result.items() if isinstance(times, list)}


def show(name, numbers, unit):
    low, mid, high = statistics.quantiles(numbers, n=4)
    print(f"{name:24} {mid:9.2f} {unit}  (quartiles {low:.2f} .. {high:.2f})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--torch-episodes", type=int, default=2)
    options = parser.parse_args()
    binary = ROOT / "target/release/examples/time_episodes"
    torch_script = ROOT / "benches/peers/fa_pytorch.py"
    ours, torch = [], {"terms": [], "factors": []}
    for _ in range(options.pairs):
        for way, results in torch.items():
            command = [options.python, str(torch_script), str(options.torch_episodes), way]
            results.append(run(command))
        ours.append(run([str(binary), str(options.episodes)]))
    show("hebbtop episode", [r["cpu_ms"] for r in ours], "ms")
    for way, results in torch.items():
        show(f"PyTorch, {way}", [r["cpu_ms"] for r in results], "ms")
        ratios = [t["cpu_ms"] / o["cpu_ms"] for t, o in zip(results, ours)]
        show(f"ratio, {way}", ratios, "times")
    show("adaptation, a step", [r["adapt_ms"] * 4 for r in ours], "us")
    show("reverse pass, a step", [r["reverse_ms"] * 4 for r in ours], "us")
    show("query batch", [r["query_ms"] for r in ours], "ms")


main()
