#!/usr/bin/env python3
"""Plain backpropagation with Adam in PyTorch on one thread: 784-300-100-10 relu, batch 300.

Times training steps one by one (a batch of bytes divided by 255, forward, backward, optimiser) and
prints JSON in the form of examples/time_steps.rs: `pc_pytorch.py STEPS`.
"""

import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)


def main() -> None:
    steps = int(sys.argv[1])
    images = torch.randint(0, 256, (2500, 784), dtype=torch.uint8)
    labels = torch.arange(2500) % 10
    net = torch.nn.Sequential(
        torch.nn.Linear(784, 300),
        torch.nn.ReLU(),
        torch.nn.Linear(300, 100),
        torch.nn.ReLU(),
        torch.nn.Linear(100, 10),
    )
    loss_of = torch.nn.CrossEntropyLoss()
    # The fused implementation is the fastest that PyTorch has.
    optimiser = torch.optim.Adam(net.parameters(), lr=0.002, fused=True)
    order = torch.randperm(len(images))
    at = 0
    cpu, wall = [], []
    for _ in range(steps):
        start, cpu_start = time.perf_counter(), time.thread_time()
        if at + 300 > len(images):
            order, at = torch.randperm(len(images)), 0
        chosen = order[at : at + 300]
        at += 300
        x = images[chosen].float() / 255.0
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(net(x), labels[chosen])
        loss.backward()
        optimiser.step()
        loss.item()
        cpu.append(1e3 * (time.thread_time() - cpu_start))
        wall.append(1e3 * (time.perf_counter() - start))
    keep = steps // 5
    print(json.dumps({"steps": steps - keep, "cpu_ms": cpu[keep:], "wall_ms": wall[keep:]}))


main()
