#!/usr/bin/env python3
"""The three networks of 5000 in Brian2's C++ standalone mode:
`balanced_brian2.py NETWORK SECONDS [FOLDER]`.

NETWORK is static, ei (EI homeostatic) or kohonen (Kohonen on EE, EI and II homeostatic). The same
equations, sizes and weights as the presets bench-balanced-NETWORK; population rates are recorded.
Prints JSON: processor seconds of a simulated second, and the rates. A FOLDER keeps the compiled
program; `balanced_compare.py` runs it again. Needs brian2 with numpy below 2.4 and a C++ compiler.
"""

import json
import os
import sys
import tempfile

import brian2 as b
from brian2 import Hz, mV, ms, second

N, SHARE_E, SHARE_X = 5000, 0.8, 0.2
J = {"ee": 25.0, "ei": -150.0, "ie": 112.5, "ii": -250.0, "ex": 180.0, "ix": 135.0}
TAU_STDP, P = 200.0, 0.1


def neurons(plastic):
    model = """
    dv/dt = (Ie + Ii + Ix + (-72 - v)/15.0 + exp(v + 55)/15.0)/ms : 1
    dIe/dt = -Ie/(8*ms) : 1
    dIi/dt = -Ii/(4*ms) : 1
    dIx/dt = -Ix/(10*ms) : 1
    """
    reset = "v = -75"
    if plastic:
        # One trace a cell: a trace in each synapse would cost an exponential at every event.
        model += "dx/dt = -x/(200*ms) : 1\n"
        reset += "\nx += 1"
    group = b.NeuronGroup(N, model, threshold="v >= -50", reset=reset, method="euler")
    group.v = "-75 + 20*rand()"
    return group


def synapses(pre, post, current, tau, weight, rule=None):
    """Static, or with the update of `rule` = (extra constants, on_pre, on_post)."""
    jump = f"I{current}_post += w/{tau}"
    if rule is None:
        made = b.Synapses(pre, post, "w : 1 (shared)", on_pre=jump)
    else:
        constants, on_pre, on_post = rule
        made = b.Synapses(
            pre, post, "w : 1", on_pre=f"{jump}\n{on_pre}", on_post=on_post, namespace=constants
        )
    made.connect(p=P)
    made.w = weight
    return made


def homeostatic(eta, rate, root):
    gain = eta / (-200.0 / root)
    constants = {"gain": gain, "alpha": 2e-3 * rate * TAU_STDP}
    return constants, "w -= gain*(x_post - alpha)*w", "w -= gain*x_pre*w"


def main():
    network, seconds = sys.argv[1], float(sys.argv[2])
    folder = sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="brian2-")
    b.set_device("cpp_standalone", directory=folder, build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0
    b.defaultclock.dt = 0.1 * ms
    b.seed(1)
    root = N**0.5
    e = int(SHARE_E * N)
    group = neurons(network != "static")
    cells = {"e": group[:e], "i": group[e:]}
    external = b.PoissonGroup(int(SHARE_X * N), 10 * Hz)
    rules = {}
    if network == "ei":
        rules["ei"] = homeostatic(1e-3, 10.0, root)
    elif network == "kohonen":
        rules["ee"] = ({"eta": 1e-3, "gain": 1e-3 * 2.0 / root}, "w += gain*x_post", "w -= eta*w")
        rules["ei"] = homeostatic(1e-3, 10.0, root)
        rules["ii"] = homeostatic(1e-4, 20.0, root)
    made = []
    for post in "ei":
        for pre, tau in (("e", 8.0), ("i", 4.0)):
            block = post + pre
            made.append(synapses(cells[pre], cells[post], pre, tau, J[block] / root, rules.get(block)))
        made.append(synapses(external, cells[post], "x", 10.0, J[post + "x"] / root))
    rates = {name: b.PopulationRateMonitor(population) for name, population in cells.items()}
    net = b.Network(group, external, *made, *rates.values())
    clock = "double(std::clock()) / CLOCKS_PER_SEC"
    b.device.insert_code("before_network_run", f"double loop_begin = {clock};")
    b.device.insert_code("after_network_run", f'std::ofstream("loop_cpu") << {clock} - loop_begin;')
    net.run(seconds * second)
    b.device.build(directory=folder, compile=True, run=True, debug=False)
    loop = float(open(os.path.join(folder, "loop_cpu")).read())
    means = {name: float(m.rate[len(m.rate) // 2 :].mean() / Hz) for name, m in rates.items()}
    print(json.dumps({"cpu_per_s": loop / seconds, "rates_hz": means}))


main()
