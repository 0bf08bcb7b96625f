"""Two ranks that step in blocks, so that several programs can take turns on one machine.

Usage: rank_blocks.py --folder FOLDER --name NAME [--port PORT]. FOLDER/go-NAME-I.json says how many steps
block I has; `null` means that it goes on until FOLDER/end-NAME-I is there. FOLDER/done-NAME-I.json is left at
its end: the milliseconds of processor time of rank 0's steps. With --port each rank lets debuggers in as
people write it by hand, on a port of its own.
"""

import argparse
import itertools
import json
import time
from pathlib import Path

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

WIDTH, ROWS, CALLS = 512, 160, 2000  # About 12 ms a step on one core of 2026.

parser = argparse.ArgumentParser()
parser.add_argument("--folder", type=Path)
parser.add_argument("--name")
parser.add_argument("--port", type=int)
args = parser.parse_args()

torch.set_num_threads(1)
distributed.init_process_group("gloo")
rank = distributed.get_rank()
if args.port:
    import debugpy  # noqa: T100 - this is what is measured

    debugpy.listen(("127.0.0.1", args.port + rank))  # noqa: T100
layers = [layer for _ in range(3) for layer in (nn.Linear(WIDTH, WIDTH), nn.ReLU())]
model = DistributedDataParallel(nn.Sequential(*layers, nn.Linear(WIDTH, 1)))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
rows = torch.randn(ROWS, WIDTH)


def score(item: int) -> int:
    return item * item % 7


def train() -> float:
    """One step, some of it in Python, in milliseconds of this process's processor time."""
    start = time.process_time()
    total = sum(score(item) for item in range(CALLS))
    optimizer.zero_grad()
    model(rows).pow(2).mean().backward()
    optimizer.step()
    total += 1  # breakpoint
    return 1000 * (time.process_time() - start)


def ended(block: int) -> bool:
    """Whether rank 0 has seen that the block shall end; all ranks hear the same."""
    word = torch.tensor([float((args.folder / f"end-{args.name}-{block}").exists())])
    distributed.broadcast(word, 0)
    return bool(word.item())


for _ in range(10):
    train()
if rank == 0:
    (args.folder / f"ready-{args.name}").touch()
for block in itertools.count():
    go = args.folder / f"go-{args.name}-{block}.json"
    while not go.exists():
        time.sleep(0.005)
    count = json.loads(go.read_text())
    steps = []
    while len(steps) < count if count is not None else not ended(block):
        steps.append(train())
    if rank == 0:
        done = args.folder / f"done-{args.name}-{block}.json"
        partial = done.with_suffix(".partial")
        partial.write_text(json.dumps(steps))
        partial.rename(done)
