#!/usr/bin/env python3
"""Measure `hebbtop replay` on a recording of a million rows. Python standard library only.

  replay.py [--rows 1000000] [--runs 10] [--presses 150] [--program target/release/hebbtop] [--size 120x40]

A short run of --preset is recorded, and its rows are written again and again with a small change to their last
digits, so that the file is as large and as hard to read as a real one. Time to the first frame is from the start of
the process to the end of the first frame with the run's panels. A frame of scrubbing is a key sent, and the frame
read that shows its step; where it ended is checked.
"""
import argparse, glob, json, os, re, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen import END_OF_FRAME, Terminal, quartiles


def lengthen(folder, rows):
    """Gives the recording in `folder` so many rows, and a mark every tenth of them."""
    path = os.path.join(folder, "metrics.csv")
    with open(path) as file:
        header, *lines = file.read().splitlines()
    tails = [line.split(",", 1)[1] for line in lines]
    # Another digit behind numbers that have a fraction: no two rows are the same.
    fraction = re.compile(r"(\d\.\d+)(?=,|$)")
    with open(path, "w") as file:
        file.write(header + "\n")
        for step in range(1, rows + 1):
            tail = fraction.sub(rf"\g<1>{step % 97}", tails[step % len(tails)])
            file.write(f"{step},{tail}\n")
    journal = os.path.join(folder, "journal.jsonl")
    with open(journal) as file:
        kept = [line for line in file if '"end"' not in line]
    for mark in range(1, 10):
        entry = {"step": mark * rows // 10, "quantum": 0, "event": {"mark": {"words": f"mark {mark}"}}}
        kept.append(json.dumps(entry) + "\n")
    with open(journal, "w") as file:
        file.writelines(kept)
    return os.path.getsize(path), len(header.split(",")) - 1


def opened(options, folder):
    """A replay whose first frame is there, and how many milliseconds that took."""
    terminal = Terminal([options.program, "replay", folder, "--color", "256"], options.size)
    came = None
    # The word is that of a frame of the recording; the boxes of the panels are there before.
    if terminal.until(b"REPLAY", 60):
        terminal.written = terminal.written.split(b"REPLAY", 1)[1]
        came = terminal.until(END_OF_FRAME, 60)
    if came is None:
        sys.exit(f"no frame came: {terminal.written[-400:]}")
    return terminal, 1e3 * (came - terminal.began)


def scrub(terminal, key, presses):
    """Frames a second, one for each press of `key`."""
    took = []
    for _ in range(presses):
        terminal.written = b""
        began = time.monotonic()
        terminal.type(key)
        came = terminal.until(END_OF_FRAME, 5)
        if came is None:
            sys.exit("a key was not answered within 5 s")
        took.append(came - began)
    return {"frames_per_second": presses / sum(took), "slowest_ms": 1e3 * max(took),
            "median_ms": 1e3 * statistics.median(took)}


def place(terminal):
    """The step in the first line."""
    terminal.written = b""
    terminal.type("\x0c")
    terminal.drain_keeping(0.5)
    plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", terminal.written).decode(errors="replace")
    found = re.search(r"REPLAY.*?([\d,\u202f\u2009 ]+)/([\d,\u202f\u2009]+)", plain)
    return int(re.sub(r"\D", "", found.group(1))) if found else None


def drain_keeping(self, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and self.read(end - time.monotonic()):
        pass


Terminal.drain_keeping = drain_keeping


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--preset", default="balanced-ei")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--presses", type=int, default=150)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--keep", metavar="DIR", help="make the recording there and keep it")
    options = parser.parse_args()
    options.size = tuple(int(n) for n in options.size.split("x"))
    with tempfile.TemporaryDirectory() as outside:
        folder = options.keep or os.path.join(outside, "run")
        if not os.path.exists(folder):
            command = [options.program, "run", options.preset, "--steps", "500", "--headless", "--record", folder]
            subprocess.run(command, check=True, capture_output=True)
            lengthen(folder, options.rows)
        size, metrics = os.path.getsize(os.path.join(folder, "metrics.csv")), None
        with open(os.path.join(folder, "metrics.csv")) as file:
            metrics = len(file.readline().split(",")) - 1
        without, with_file, scrubbed, peak = [], [], {}, []
        for _ in range(max(1, options.runs // 3)):
            for file in glob.glob(os.path.join(folder, "history*.hbh")):
                os.remove(file)
            terminal, ms = opened(options, folder)
            without.append(ms)
            peak.append(terminal.end().ru_maxrss / 1024)
        counted = max(peak)
        for _ in range(options.runs):
            terminal, ms = opened(options, folder)
            with_file.append(ms)
            terminal.end()
        terminal, _ = opened(options, folder)
        terminal.drain(1)
        for name, key, parts in [("arrow", "\x1b[D", 200), ("far", "<", 50), ("step", ",", options.rows)]:
            terminal.type("G")
            terminal.drain(0.5)
            presses = min(options.presses, parts - 5)
            scrubbed[name] = scrub(terminal, key, presses)
            expected = options.rows - presses * (options.rows // parts)
            scrubbed[name]["ended"] = {"step": place(terminal), "expected": expected}
        usage = terminal.end()
        low, middle, high = quartiles(with_file)
        print(json.dumps({
            "rows": options.rows, "metrics": metrics, "csv_mb": size / 1e6,
            "hbh_mb": os.path.getsize(os.path.join(folder, "history.hbh")) / 1e6,
            "first_frame_ms": {"median": middle, "quartiles": [low, high], "max": max(with_file)},
            "first_frame_without_file_ms": {"median": statistics.median(without), "max": max(without)},
            "scrub": scrubbed,
            "peak_mb": {"counting": counted, "scrubbing": usage.ru_maxrss / 1024},
        }, indent=1))


if __name__ == "__main__":
    main()
