"""Teach a small convolutional network to read handwritten digits, with PyTorch and Accelerate.

Run it with `accelerate launch train.py`. TensorBoard event files and the model go to --output_dir.
"""

import argparse
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Reader(nn.Module):
    """From images of 8 × 8 grey pixels to scores of the ten digits."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(2 * width * 16, 10),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


def digits(seed: int) -> tuple[TensorDataset, TensorDataset]:
    """The 1,797 scanned digits that scikit-learn brings: four fifths to learn from, the rest to test on."""
    found = load_digits()
    images = torch.tensor(found.images, dtype=torch.float32).unsqueeze(1) / 16
    rows = TensorDataset(images, torch.tensor(found.target))
    return random_split(rows, [0.8, 0.2], torch.Generator().manual_seed(seed))


@torch.no_grad()
def evaluate(model: nn.Module, batches: DataLoader, accelerator: Accelerator) -> dict[str, float]:
    model.eval()
    losses, hits = [], []
    for images, labels in batches:
        scores, labels = accelerator.gather_for_metrics((model(images), labels))
        losses.append(nn.functional.cross_entropy(scores, labels, reduction="none"))
        hits.append(scores.argmax(dim=1) == labels)
    model.train()
    return {
        "eval/loss": torch.cat(losses).mean().item(),
        "eval/accuracy": torch.cat(hits).float().mean().item(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch_size", type=int, default=32, help="images a process and step")
    parser.add_argument("--learning_rate", type=float, default=2e-3)
    parser.add_argument("--width", type=int, default=32, help="channels of the first layer")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output_dir", type=Path, default=Path("output"))
    args = parser.parse_args()

    set_seed(args.seed)
    accelerator = Accelerator(log_with="tensorboard", project_dir=args.output_dir)
    train_rows, test_rows = digits(args.seed)
    model = Reader(args.width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate)
    batches = DataLoader(train_rows, batch_size=args.batch_size, shuffle=True)
    tests = DataLoader(test_rows, batch_size=256)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=args.learning_rate, total_steps=args.epochs * len(batches)
    )
    model, optimizer, batches, tests, schedule = accelerator.prepare(
        model, optimizer, batches, tests, schedule
    )
    accelerator.init_trackers("digits", config={**vars(args), "output_dir": str(args.output_dir)})

    step = 0
    for epoch in range(args.epochs):
        for images, labels in batches:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 5 == 0:
                mean = accelerator.reduce(loss.detach(), reduction="mean").item()
                accelerator.log(
                    {"train/loss": mean, "train/learning_rate": schedule.get_last_lr()[0]}, step=step
                )
        scores = evaluate(model, tests, accelerator)
        accelerator.log(scores, step=step)
        accelerator.print(
            f"epoch {epoch + 1}: accuracy {scores['eval/accuracy']:.3f}, loss {scores['eval/loss']:.3f}"
        )

    accelerator.wait_for_everyone()
    accelerator.save_model(model, args.output_dir / "model")
    accelerator.end_training()


if __name__ == "__main__":
    main()
