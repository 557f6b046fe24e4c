#!/usr/bin/env python3
"""Measure the screen of hebbtop in a real PTY. Python standard library only.

  screen.py throughput [--pairs 10] [--steps N]   attached against headless, flat out, interleaved pairs
  screen.py latency    [--keys 300]               key to frame while the simulation runs flat out
  screen.py slow       [--rate 10000 --keys 100] key to frame with a terminal that reads slowly
  screen.py start      [--runs 20]                process start to the first full frame
  screen.py bytes      [--secs 30]                bytes a second, running and paused
  screen.py memory     [--steps 1000000]          peak memory of an attached run

Common: --program target/release/hebbtop  --preset bench-pc-mlp  --size 120x40  --color 256  --json
The machine may be noisy: ratios are medians of interleaved pairs with their quartiles.
"""
import argparse, fcntl, json, os, pty, re, select, shlex, signal, statistics, struct, subprocess
import sys, termios, time

END_OF_FRAME = b"\x1b[?2026l"
# Of LIVE becoming DONE only these letters are written: the last one stands there already.
DONE = b"DON"


class Terminal:
    """The program in a PTY, with everything it wrote."""

    def __init__(self, command, size, env=None):
        columns, rows = size
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TMUX")}
        environment.update(TERM="xterm-256color", LANG="C.UTF-8", **(env or {}))
        environment.pop("COLORTERM", None)
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = b""
        self.total = 0

    def read(self, seconds):
        """Reads what comes within `seconds`; False when the program has gone."""
        ready, _, _ = select.select([self.fd], [], [], max(0.0, seconds))
        if not ready:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        self.total += len(data)
        self.written += data
        return bool(data)

    def until(self, wanted, limit):
        """Reads until the bytes `wanted` have come; returns when they did, or None."""
        end = time.monotonic() + limit
        while wanted not in self.written:
            if time.monotonic() > end or not self.read(min(0.5, end - time.monotonic())):
                return None
        return time.monotonic()

    def until_open(self):
        """Reads until the run's own panels are drawn: earlier keys would not reach them."""
        self.until(b"parameters", 10)
        self.written = self.written.split(b"parameters", 1)[1]
        return self.until(END_OF_FRAME, 10)

    def drain(self, seconds):
        """Reads for so long; returns the bytes that came."""
        before, end = self.total, time.monotonic() + seconds
        while time.monotonic() < end and self.read(end - time.monotonic()):
            pass
        self.written = b""
        return self.total - before

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def end(self, how=signal.SIGTERM):
        """Ends the program; returns its resource usage."""
        try:
            os.kill(self.pid, how)
        except ProcessLookupError:
            pass
        stop = time.monotonic() + 10
        while time.monotonic() < stop and self.read(0.05):
            pass
        _, _, usage = os.wait4(self.pid, 0)
        os.close(self.fd)
        return usage


def quartiles(values):
    if len(values) < 2:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def steps_per_second(options, attached):
    """Steps over wall time, both by the program's own count: the JSON of a run without a screen, the
    last lines of one with it, which is ended when the other has had about as long."""
    command = [options.program, "run", options.preset]
    if not attached:
        command += ["--steps", str(options.steps), "--headless", "--json"]
        report = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        options.secs = report["wall_s"]
        return report["steps"] / report["wall_s"]
    command += ["--steps", "1000000000", "--color", options.color]
    terminal = Terminal(command, options.size)
    terminal.until_open()
    terminal.drain(options.secs)
    terminal.end()
    said = re.findall(rb"(\d+) \w+ of 1000000000, was running; ([\d.e-]+) s", terminal.written)
    steps, seconds = said[-1]
    return int(steps) / float(seconds)


def throughput(options):
    ratios = []
    for pair in range(options.pairs):
        order = (True, False) if pair % 2 else (False, True)
        rate = {attached: steps_per_second(options, attached) for attached in order}
        ratios.append(rate[True] / rate[False])
        print(f"pair {pair + 1}: attached {rate[True]:.1f}/s headless {rate[False]:.1f}/s "
              f"ratio {ratios[-1]:.4f}", file=sys.stderr)
    low, middle, high = quartiles(ratios)
    return {"attached_over_headless": {"median": middle, "quartiles": [low, high],
                                       "pairs": len(ratios)}}


def latency(options):
    """Types letters into the command palette: each must appear in a frame of its own."""
    command = [options.program, "run", options.preset, "--steps", "1000000000", "--color", options.color]
    terminal = Terminal(command, options.size)
    terminal.until_open()
    terminal.drain(1.5)
    terminal.type(":")
    terminal.drain(0.5)
    took, letters = [], "QZXJ"
    for key in range(options.keys):
        letter = letters[key % len(letters)]
        terminal.drain(0.013 + 0.007 * (key % 11))
        began = time.monotonic()
        terminal.type(letter)
        shown = terminal.until(letter.encode(), 2)
        if shown is None:
            sys.exit(f"key {key} was never shown")
        took.append((shown - began) * 1000)
        if key % 24 == 23:
            terminal.type("\x15")
            terminal.drain(0.2)
    terminal.end()
    return {"key_to_frame_ms": {"median": statistics.median(took), "p99": percentile(took, 0.99),
                                "max": max(took), "keys": len(took)}}


def slow(options):
    """The same with a terminal that reads --rate bytes a second, after --secs in which the program may notice."""
    command = [options.program, "run", options.preset, "--steps", "1000000000", "--color", options.color] + options.extra
    terminal = Terminal(command, options.size)
    piece, seen, began = max(1, int(options.rate * 0.01)), 0, time.monotonic()

    def crawl(seconds, wanted=None):
        """Reads at the rate for so long, or until the bytes `wanted` have come."""
        nonlocal seen
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # As much as the line has carried since the beginning, and no more.
            due = int((time.monotonic() - began) * options.rate) - seen
            if due >= piece and select.select([terminal.fd], [], [], 0)[0]:
                data = os.read(terminal.fd, min(due, piece))
                seen += len(data)
                terminal.written += data
                if wanted and wanted in terminal.written:
                    return time.monotonic()
            else:
                # What was not used of the line is gone.
                if due > 2 * piece:
                    seen += due - piece
                time.sleep(0.002)
        return None

    crawl(options.secs)
    terminal.type(":")
    crawl(2)
    took, letters = [], "QZXJ"
    for key in range(options.keys):
        letter = letters[key % len(letters)]
        crawl(0.3 + 0.07 * (key % 11))
        terminal.written = b""
        pressed = time.monotonic()
        terminal.type(letter)
        shown = crawl(10, letter.encode())
        took.append((shown - pressed) * 1000 if shown else float("inf"))
        if key % 24 == 23:
            terminal.type("\x15")
            crawl(1)
    terminal.end()
    return {"key_to_frame_ms": {"median": statistics.median(took), "p95": percentile(took, 0.95), "max": max(took),
                                "keys": len(took), "within 300 ms": sum(ms <= 300 for ms in took) / len(took)},
            "rate": options.rate}


def start(options):
    took = []
    for _ in range(options.runs):
        command = [options.program, "run", options.preset, "--color", options.color]
        terminal = Terminal(command, options.size)
        shown = terminal.until_open()
        took.append((shown - terminal.began) * 1000)
        terminal.end()
    return {"first_frame_ms": {"median": statistics.median(took), "max": max(took),
                               "runs": len(took)}}


def count_bytes(options):
    command = [options.program, "run", options.preset, "--steps", "1000000000",
               "--color", options.color] + options.extra
    terminal = Terminal(command, options.size)
    terminal.until_open()
    terminal.type(options.type)
    terminal.drain(2)
    running = terminal.drain(options.secs) / options.secs
    terminal.type(" ")
    terminal.drain(2)
    paused = terminal.drain(max(3, options.secs / 3))
    terminal.end()
    return {"bytes_per_second": running, "paused_bytes": paused, "seconds": options.secs}


def memory(options):
    command = [options.program, "run", options.preset, "--steps", str(options.steps),
               "--color", options.color]
    terminal = Terminal(command, options.size)
    terminal.until_open()
    terminal.type(options.type)
    terminal.drain(0.2)
    while DONE not in terminal.written and terminal.read(1.0):
        terminal.written = terminal.written[-200_000:]
    seconds = time.monotonic() - terminal.began
    usage = terminal.end()
    return {"peak_rss_mb": usage.ru_maxrss / 1024, "steps": options.steps, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["throughput", "latency", "slow", "start", "bytes", "memory"])
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--preset", default="bench-pc-mlp")
    parser.add_argument("--size", default="120x40",
                        type=lambda text: tuple(int(n) for n in text.split("x")))
    parser.add_argument("--color", default="256")
    parser.add_argument("--type", default="", help="keys typed after the first frame (p: flat out)")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--rate", type=float, default=10000, help="bytes a second that a slow terminal reads")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--secs", type=float, default=30)
    parser.add_argument("--extra", type=shlex.split, default=[], help="further arguments of the program, in one word")
    options = parser.parse_args()
    measure = {"throughput": throughput, "latency": latency, "slow": slow, "start": start,
               "bytes": count_bytes, "memory": memory}[options.what]
    print(json.dumps(measure(options)))


if __name__ == "__main__":
    main()
