"""A small transformer learns to add: "478+850=" becomes "1328". Plain PyTorch and Accelerate.

The answer is written backwards, as people work it out: the last digit first, then what is carried.
"""

import argparse

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

ALPHABET = "0123456789+="
QUESTION = len("478+850=")
LENGTH = QUESTION + len("8231")
SUMS = 40_000


def encode(a: int, b: int) -> list[int]:
    text = f"{a:03d}+{b:03d}={a + b:04d}"
    return [ALPHABET.index(letter) for letter in text[:QUESTION] + text[: QUESTION - 1 : -1]]


class Adder(nn.Module):
    def __init__(self, width: int, layers: int):
        super().__init__()
        self.letters = nn.Embedding(len(ALPHABET), width)
        self.places = nn.Parameter(torch.randn(LENGTH - 1, width) / width**0.5)
        block = nn.TransformerEncoderLayer(
            width, nhead=4, dim_feedforward=4 * width, dropout=0.0, batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(block, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, len(ALPHABET))

    def forward(self, letters: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH - 1, device=letters.device)
        return self.head(self.blocks(self.letters(letters) + self.places, mask=mask, is_causal=True))


def answers(model: nn.Module, sums: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The scores of the letters after "=", and the letters that are right there."""
    return model(sums[:, :-1])[:, QUESTION - 1 :], sums[:, QUESTION:]


@torch.no_grad()
def accuracy(model: nn.Module, batches: DataLoader, accelerator: Accelerator) -> float:
    """The share of sums whose every digit is right."""
    model.eval()
    right = []
    for (sums,) in batches:
        scores, wanted = answers(model, sums)
        right.append(accelerator.gather_for_metrics((scores.argmax(-1) == wanted).all(-1)))
    model.train()
    return torch.cat(right).float().mean().item()


def writer(accelerator: Accelerator):
    """Curves for TensorBoard and for Tunesmith, from the first process, where tensorboard is installed."""
    if not accelerator.is_main_process:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print("tensorboard is not installed: no curves are written")
        return None
    return SummaryWriter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000, help="how many batches to learn from")
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--learning_rate", type=float, default=4e-3)
    parser.add_argument("--width", type=int, default=48, help="numbers that stand for one letter")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()

    set_seed(options.seed)
    accelerator = Accelerator()
    pairs = torch.randperm(1000 * 1000)[:SUMS].tolist()
    sums = TensorDataset(torch.tensor([encode(*divmod(pair, 1000)) for pair in pairs]))
    known, unseen = random_split(sums, [0.95, 0.05])
    model = Adder(options.width, options.layers)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.learning_rate, options.steps + 1)
    train, test = DataLoader(known, options.batch_size, shuffle=True), DataLoader(unseen, 1000)
    model, optimizer, train, test = accelerator.prepare(model, optimizer, train, test)
    curves = writer(accelerator)

    step = 0
    while step < options.steps:
        for (batch,) in train:
            scores, wanted = answers(model, batch)
            loss = nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten())
            accelerator.backward(loss)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            if curves and step % 5 == 0:
                curves.add_scalar("train/loss", loss.item(), step)
                curves.add_scalar("train/learning_rate", schedule.get_last_lr()[0], step)
            if step % 100 == 0 or step == options.steps:
                score = accuracy(model, test, accelerator)
                accelerator.print(
                    f"step {step}: loss {loss.item():.3f}, {score:.1%} of unseen sums are right"
                )
                if curves:
                    curves.add_scalar("eval/accuracy", score, step)
            if step == options.steps:
                break
    if curves:
        curves.close()


if __name__ == "__main__":
    main()
