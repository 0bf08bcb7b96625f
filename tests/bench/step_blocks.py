"""A training in blocks that take turns with another's: the same script alone and under Tunesmith.

Usage: step_blocks.py --folder FOLDER --name NAME --blocks N --steps N. A block begins when FOLDER/go-NAME-I
is there and leaves FOLDER/done-NAME-I.json: the milliseconds of its steps, and those of processor time that a
step took the whole process. Nothing runs in between.
"""

import argparse
import json
import time
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.tensorboard import SummaryWriter

WIDTH, ROWS = 512, 192  # About 12 ms a step on one core of 2026.

parser = argparse.ArgumentParser()
parser.add_argument("--folder", type=Path)
parser.add_argument("--name")
parser.add_argument("--blocks", type=int)
parser.add_argument("--steps", type=int)
args = parser.parse_args()

torch.manual_seed(0)
torch.set_num_threads(1)
accelerator = Accelerator()
layers = [layer for _ in range(3) for layer in (nn.Linear(WIDTH, WIDTH), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(WIDTH, 1))
model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=1e-4))
writer = SummaryWriter(str(args.folder / args.name))
rows = torch.randn(ROWS, WIDTH)
step = 0


def train() -> float:
    """One step, in milliseconds."""
    global step
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = model(rows).pow(2).mean()
    accelerator.backward(loss)
    optimizer.step()
    step += 1
    if step % 10 == 0:
        writer.add_scalar("train/loss", loss.item(), step)
    return 1000 * (time.perf_counter() - start)


for _ in range(20):
    train()
(args.folder / f"ready-{args.name}").touch()
for block in range(args.blocks):
    while not (args.folder / f"go-{args.name}-{block}").exists():
        time.sleep(0.005)
    train()  # What slept is warm again.
    begin = time.process_time()
    steps = [train() for _ in range(args.steps)]
    processor = 1000 * (time.process_time() - begin) / args.steps
    done = args.folder / f"done-{args.name}-{block}.json"
    partial = done.with_suffix(".partial")
    partial.write_text(json.dumps({"steps": steps, "processor": processor}))
    partial.rename(done)
