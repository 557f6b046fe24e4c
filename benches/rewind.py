#!/usr/bin/env python3
"""Measure how long going back and forking take on the screen. Python standard library only.

  rewind.py [PRESET ...] [--seconds 5] [--presses 40] [--forks 5] [--program target/release/hebbtop] [--size 120x40]

A run goes on at its preset's pace for --seconds and is paused. A paused screen writes nothing, so a key has had its whole effect
when the last byte before a silence has come: `,` (one unit back), `<` (ten), and `F` (a fork) in a fresh program each.
"""
import argparse, json, os, statistics, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen import Terminal, percentile

SILENCE = 0.25


def settled(terminal, key):
    """Milliseconds from a key to the last byte of its effect."""
    began = last = time.monotonic()
    terminal.type(key)
    while time.monotonic() - last < SILENCE:
        before = terminal.total
        if not terminal.read(SILENCE):
            sys.exit("the program has ended")
        if terminal.total > before:
            last = time.monotonic()
    return 1e3 * (last - began)


def paused(options, preset):
    command = [options.program, "run", preset, "--color", "256", "--steps", "100000000"]
    terminal = Terminal(command, options.size)
    terminal.until_open()
    terminal.drain(options.seconds)
    terminal.type(" ")
    terminal.drain(1)
    return terminal


def summary(times):
    return {"median_ms": round(statistics.median(times), 1), "p95_ms": round(percentile(times, 0.95), 1),
            "max_ms": round(max(times), 1), "keys": len(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("presets", nargs="*", default=["bench-pc-mlp", "balanced-ei", "bench-balanced-ei", "meta-bio"])
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--forks", type=int, default=5)
    parser.add_argument("--size", default="120x40")
    options = parser.parse_args()
    options.size = tuple(int(n) for n in options.size.split("x"))
    for preset in options.presets:
        terminal = paused(options, preset)
        one = [settled(terminal, ",") for _ in range(options.presses)]
        ten = [settled(terminal, "<") for _ in range(options.presses)]
        terminal.end()
        forks = []
        for _ in range(options.forks):
            terminal = paused(options, preset)
            forks.append(settled(terminal, "F"))
            terminal.end()
        print(json.dumps({"preset": preset, "one back": summary(one), "ten back": summary(ten), "fork": summary(forks)}))


if __name__ == "__main__":
    main()
