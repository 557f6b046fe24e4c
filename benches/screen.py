#!/usr/bin/env python3
"""Measure the screen of hebbtop in a real PTY. Python standard library only.

  screen.py throughput [--pairs 10] [--steps N]   attached against headless, flat out, interleaved pairs
  screen.py latency    [--keys 300]               key to frame while the simulation runs flat out
  screen.py start      [--runs 20]                process start to the first full frame
  screen.py bytes      [--secs 30]                bytes a second, running and paused
  screen.py memory     [--steps 1000000]          peak memory of an attached run

Common: --program target/release/hebbtop  --preset bench-pc-mlp  --size 120x40  --color 256  --json
The machine may be noisy: ratios are medians of interleaved pairs with their quartiles.
"""
import argparse, fcntl, json, os, pty, select, signal, statistics, struct, subprocess
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
    """Steps done in a wall time of options.secs, by the program's own count of both."""
    command = [options.program, "run", options.preset, "--steps", str(options.steps), "--json"]
    if not attached:
        done = subprocess.run(command + ["--headless"], capture_output=True, text=True)
        report = json.loads(done.stdout)
        return report["steps"] / report["wall_s"]
    command = command[:-1] + ["--color", options.color]
    terminal = Terminal(command, options.size)
    done = terminal.until(DONE, 100)
    if done is None:
        sys.exit(f"the attached run never ended: {terminal.written[-2000:]!r}")
    seconds = done - terminal.began
    terminal.end()
    return options.steps / seconds


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
    terminal.until(END_OF_FRAME, 10)
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


def start(options):
    took = []
    for _ in range(options.runs):
        command = [options.program, "run", options.preset, "--color", options.color]
        terminal = Terminal(command, options.size)
        # The run's own panels: a frame that only says that it is being opened does not count.
        terminal.until(b"parameters", 10)
        terminal.written = terminal.written.split(b"parameters", 1)[1]
        shown = terminal.until(END_OF_FRAME, 10)
        took.append((shown - terminal.began) * 1000)
        terminal.end()
    return {"first_frame_ms": {"median": statistics.median(took), "max": max(took),
                               "runs": len(took)}}


def count_bytes(options):
    command = [options.program, "run", options.preset, "--steps", "1000000000",
               "--color", options.color] + options.extra
    terminal = Terminal(command, options.size)
    terminal.until(END_OF_FRAME, 10)
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
    terminal.until(END_OF_FRAME, 10)
    terminal.type(options.type)
    terminal.drain(0.2)
    while DONE not in terminal.written and terminal.read(1.0):
        terminal.written = terminal.written[-1000:]
    seconds = time.monotonic() - terminal.began
    usage = terminal.end()
    return {"peak_rss_mb": usage.ru_maxrss / 1024, "steps": options.steps, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["throughput", "latency", "start", "bytes", "memory"])
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--preset", default="bench-pc-mlp")
    parser.add_argument("--size", default="120x40",
                        type=lambda text: tuple(int(n) for n in text.split("x")))
    parser.add_argument("--color", default="256")
    parser.add_argument("--type", default="", help="keys typed after the first frame (p: flat out)")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--secs", type=float, default=30)
    parser.add_argument("extra", nargs="*", help="further arguments of the program, after --")
    options = parser.parse_args()
    measure = {"throughput": throughput, "latency": latency, "start": start,
               "bytes": count_bytes, "memory": memory}[options.what]
    print(json.dumps(measure(options)))


if __name__ == "__main__":
    main()
