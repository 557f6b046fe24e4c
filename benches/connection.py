#!/usr/bin/env python3
"""What becomes of a run whose connection is lost, and how quickly one comes back to it. Python standard library only.

  connection.py kill   [--times 100]   connections lost in every way, at random moments: does the run go on, with the same digest?
  connection.py cpu    [--pairs 10]    processor time of a run without a screen that can be attached to, against headless
  connection.py attach [--times 20]    from the command to the full frame; [--keys 300] from a key to its effect, seen

Common: --program target/release/hebbtop. Sockets and cards go to a temporary folder.
"""
import argparse, json, os, random, signal, statistics, subprocess, sys, tempfile, termios, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen import Terminal, percentile, quartiles

RUNS = {"bench-pc-mlp": 500, "bench-fa-online": 100000, "bench-meta-episode": 150, "bench-balanced-ei": 60000}
IGNORING = ["/bin/sh", "-c", 'trap "" HUP; "$@"; exit $?', "sh"]


def hebbtop(options, *words):
    return subprocess.run([options.program, *words], capture_output=True, text=True)


def headless(options, preset, steps):
    said = hebbtop(options, "run", preset, "--steps", str(steps), "--headless", "--json").stdout
    return json.loads(said)["digest"]


def names(options):
    return hebbtop(options, "ps", "--names").stdout.split()


def state(options, name):
    for line in hebbtop(options, "ps").stdout.splitlines():
        if line.split()[:1] == [name]:
            return line.split()[1]
    return None


def processes(program):
    """Processes of the program: pid and clock ticks so far."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/exe") == os.path.realpath(program):
                stat = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
                found[int(pid)] = int(stat[11]) + int(stat[12])
        except OSError:
            pass
    return found


def program_pid(options, terminal):
    """The program itself, which may run below a shell."""
    while True:
        ours = processes(options.program)
        if terminal.pid in ours:
            return terminal.pid
        below = [pid for pid in ours if open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()[1] == str(terminal.pid)]
        if below:
            return below[0]
        time.sleep(0.01)


def lose(options, how, preset, steps, moment):
    """A run in a terminal that is lost in the way `how`; returns what was wrong with the terminal."""
    plain = [options.program, "run", preset, "--steps", str(steps), "--color", "256"]
    terminal = Terminal(IGNORING + plain if how == "no signal" else plain, (120, 40))
    before = termios.tcgetattr(terminal.fd)
    pid = program_pid(options, terminal)
    terminal.drain(moment)
    if how == "stopped":
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.1)
    if how == "slow":
        for _ in range(10):
            terminal.read(0.05)
            time.sleep(0.03)
        time.sleep(0.3)
    if how == "signal only":
        os.kill(pid, signal.SIGHUP)
        terminal.drain(1)
        after = termios.tcgetattr(terminal.fd)
        # The screen has gone, and left the terminal as it was.
        wrong = [] if after == before else ["its modes are changed"]
        os.close(terminal.fd)
        return wrong, terminal
    os.close(terminal.fd)
    if how == "stopped":
        os.kill(pid, signal.SIGCONT)
    return [], terminal


def kill(options):
    ways = ["closed", "no signal", "stopped", "slow", "signal only", "client killed"]
    digests = {preset: headless(options, preset, steps) for preset, steps in RUNS.items()}
    findings, idle = [], []
    for number in range(options.times):
        preset, steps = list(RUNS.items())[number % len(RUNS)]
        how = ways[(number // len(RUNS)) % len(ways)]
        moment = random.uniform(0.05, 2.5)
        label = f"{number + 1}: {preset}, {how}, after {moment:.2f} s"
        wrong = []
        if how == "client killed":
            hebbtop(options, "run", preset, "--steps", str(steps), "--detach")
            client = Terminal([options.program, "attach", "--color", "256"], (120, 40))
            client.drain(moment)
            client.end(signal.SIGKILL)
            terminal = None
        else:
            wrong, terminal = lose(options, how, preset, steps, moment)
        end = time.monotonic() + 60
        while state(options, preset) != "done" and time.monotonic() < end:
            time.sleep(0.1)
        # Done, and nobody there: it must not do anything.
        before = processes(options.program)
        time.sleep(0.5)
        after = processes(options.program)
        ticks = sum(after.get(pid, 0) - before[pid] for pid in before)
        idle.append(ticks)
        if ticks > 5:
            wrong.append(f"{ticks} ticks of processor time while nothing is to be done")
        said = hebbtop(options, "stop", preset)
        if digests[preset] not in said.stdout:
            wrong.append(f"expected digest {digests[preset]}: {said.stdout.strip()} {said.stderr.strip()}")
        if terminal:
            try:
                os.waitpid(terminal.pid, 0)
            except ChildProcessError:
                pass
        time.sleep(0.05)
        if processes(options.program):
            wrong.append(f"left over: {processes(options.program)}")
        print(label, "; ".join(wrong) or "ok", file=sys.stderr)
        findings += [f"{label}: {what}" for what in wrong]
    return {"connections lost": options.times, "findings": findings, "ways": ways}


def cpu(options):
    """Processor seconds for so many steps of a run that is served, and of one that is headless."""
    ratios = {}
    for preset, steps in RUNS.items():
        ratios[preset] = []
        for pair in range(options.pairs):
            taken = {}
            for served in ((True, False) if pair % 2 else (False, True)):
                how = "--serve" if served else "--headless"
                run = subprocess.Popen([options.program, "run", preset, "--steps", str(2 * steps), how],
                                       stdout=subprocess.PIPE, text=True)
                if served:
                    run.stdout.readline()
                    time.sleep(2)
                    while state(options, preset) != "done":
                        time.sleep(0.5)
                    hebbtop(options, "stop", preset)
                run.stdout.read()
                _, _, usage = os.wait4(run.pid, 0)
                run.returncode = 0
                taken[served] = usage.ru_utime + usage.ru_stime
            ratios[preset].append(taken[True] / taken[False])
            print(f"{preset} {pair + 1}: served {taken[True]:.2f} s, headless {taken[False]:.2f} s", file=sys.stderr)
    return {preset: dict(zip(("quartile", "median", "third quartile"), (round(x, 4) for x in quartiles(all))))
            for preset, all in ratios.items()}


def attach(options):
    result = {}
    for preset in RUNS:
        hebbtop(options, "run", preset, "--steps", "1000000000", "--detach")
        time.sleep(3)
        first = []
        for _ in range(options.times):
            client = Terminal([options.program, "attach", "--color", "256"], (120, 40))
            # The run's own numbers, and its panels, which come at once behind them; the next frame is 125 ms away.
            client.until(b"flat out", 10)
            last, before = time.monotonic(), -1
            while client.total > before:
                last, before = time.monotonic(), client.total
                client.read(0.06)
            first.append(1e3 * (last - client.began))
            client.end()
        client = Terminal([options.program, "attach", "--color", "256"], (120, 40))
        client.until_open()
        client.type(" ")
        client.drain(1)
        took = []
        for _ in range(options.keys):
            # A paused run writes nothing: what comes after a step is its effect, seen.
            before, began = client.total, time.monotonic()
            client.type(".")
            while client.total == before and time.monotonic() - began < 5:
                client.read(0.5)
            took.append(1e3 * (time.monotonic() - began))
            client.drain(random.uniform(0.05, 0.1))
        client.end()
        hebbtop(options, "stop", preset)
        result[preset] = {"first frame ms": [round(statistics.median(first), 1), round(max(first), 1)],
                          "key to the effect of a step on the screen ms": [round(statistics.median(took), 1), round(percentile(took, .95), 1)]}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kill", "cpu", "attach"])
    parser.add_argument("--program", default="target/release/hebbtop")
    parser.add_argument("--times", type=int)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--keys", type=int, default=300)
    options = parser.parse_args()
    options.times = options.times or {"kill": 100}.get(options.what, 20)
    options.program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(prefix="hebbtop-") as folder:
        os.environ.update(XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder)
        result = {"kill": kill, "cpu": cpu, "attach": attach}[options.what](options)
    print(json.dumps(result))
    sys.exit(bool(result.get("findings")))


if __name__ == "__main__":
    main()
