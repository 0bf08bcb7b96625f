"""A training script of a user's, which knows nothing of Tunesmith: any launcher of ranks can run it."""

import argparse
import time
from datetime import timedelta

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset

PATIENCE = timedelta(seconds=8)


class Squares(Dataset):
    def __len__(self) -> int:
        return 64

    def __getitem__(self, index: int) -> tuple[float, float]:
        return float(index), float(index * index)


def collate(rows: list[tuple[float, float]]) -> torch.Tensor:
    return torch.tensor(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1_000_000)
    args = parser.parse_args()

    torch.set_num_threads(1)
    distributed.init_process_group("gloo", timeout=PATIENCE)
    model = DistributedDataParallel(torch.nn.Linear(1, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-9)
    step = 0
    while step < args.steps:
        for rows in DataLoader(Squares(), batch_size=8, collate_fn=collate):
            step += 1
            loss = (model(rows[:, :1]) - rows[:, 1:]).square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            time.sleep(0.01)


if __name__ == "__main__":
    main()
