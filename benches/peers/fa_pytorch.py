#!/usr/bin/env python3
"""One episode of meta-learning in PyTorch's autograd, on one thread: F0 + F2 + F9, fixed feedback.

784-170-130-100-70-47, M = 5, K = 50, Q = 10, images with 80 % zeros as in benches/time_episodes.rs:
250 taped online steps, the query loss, backward through all of it, a step of Adam. Every term is
formed by outer products, never by a product of matrices. Prints JSON: `fa_pytorch.py EPISODES WAY`.

WAY `terms` adds F0, F2 and F9 one by one, each a matrix times its coefficient, as the equations
stand; `factors` has them summed by hand into two outer products, which makes the tape shorter.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
SIZES = [784, 170, 130, 100, 70, 47]
DEPTH = len(SIZES) - 1
BETA = 10.0
WAY = sys.argv[2]


def draw():
    pairs = list(zip(SIZES, SIZES[1:]))
    bounds = [(6.0 / (below + above)) ** 0.5 for below, above in pairs]
    return [torch.empty(above, below).uniform_(-a, a) for (below, above), a in zip(pairs, bounds)]


def images(count):
    lit = torch.rand(count, SIZES[0]) >= 0.8
    return torch.rand(count, SIZES[0]) * lit, torch.arange(count) % 5 * 9


def adapt(weights, feedback, theta, x, label):
    y = [x]
    for l, w in enumerate(weights):
        z = w @ y[-1]
        y.append(F.softplus(z, beta=BETA) if l + 1 < DEPTH else torch.softmax(z, dim=0))
    e = [None] * DEPTH + [y[-1] - F.one_hot(label, SIZES[-1])]
    for l in reversed(range(DEPTH)):
        e[l] = (feedback[l].T @ e[l + 1]) * (1 - torch.exp(-BETA * y[l]))
    change = one_by_one if WAY == "terms" else summed
    return [change(w, theta, y[l : l + 2], e[l : l + 2]) for l, w in enumerate(weights)]


def one_by_one(w, theta, y, e):
    f0 = -torch.outer(e[1], y[0])
    f2 = -torch.outer(e[1], e[0])
    f9 = torch.outer(y[1], y[0]) - torch.outer(y[1], w.T @ y[1])
    return w + theta[0] * f0 + theta[1] * f2 + theta[2] * f9


def summed(w, theta, y, e):
    along_error = -theta[0] * y[0] - theta[1] * e[0]
    along_activity = theta[2] * (y[0] - w.T @ y[1])
    return w + torch.outer(e[1], along_error) + torch.outer(y[1], along_activity)


def main():
    if WAY not in ("terms", "factors"):
        sys.exit(f"{WAY}: no such way; terms or factors")
    episodes = int(sys.argv[1])
    theta = torch.tensor([1e-3, 0.0, 0.0], requires_grad=True)
    optimiser = torch.optim.Adam([theta], lr=1e-3)
    cpu = []
    for _ in range(episodes):
        (x, labels), (xq, labelq) = images(250), images(50)
        start = time.thread_time()
        weights, feedback = draw(), draw()
        for sample, label in zip(x, labels):
            weights = adapt(weights, feedback, theta, sample, label)
        y = xq
        for l, w in enumerate(weights):
            y = y @ w.T
            if l + 1 < DEPTH:
                y = F.softplus(y, beta=BETA)
        loss = F.cross_entropy(y, labelq)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        assert torch.isfinite(theta.grad).all()
        cpu.append(1e3 * (time.thread_time() - start))
    keep = episodes // 5
    print(json.dumps({"episodes": episodes - keep, "cpu_ms": cpu[keep:]}))


main()
