"""A pipeline of stages within transformers' Trainer: the layers are split, each rank trains its own.

Trainer keeps the loop, the optimizer, the schedule and the callbacks. Ranks are stages and not copies, so
all are given the same batches, nothing is averaged over them, and what is saved is put together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from accelerate.data_loader import prepare_data_loader
from torch.distributed.pipelining import PipelineStage, Schedule1F1B, ScheduleGPipe
from torch.nn.functional import pad
from torch.utils.data import DataLoader
from transformers import Trainer, TrainingArguments

from tunesmith.stages.train.config import Pipeline
from tunesmith.stages.train.parallel.part import Part, keep_part
from tunesmith.stages.train.pipelining import unsplittable

IGNORED = torch.nn.CrossEntropyLoss().ignore_index
SCHEDULES = {"1F1B": Schedule1F1B, "GPipe": ScheduleGPipe}


def pipelined(kind: type[Trainer], pipeline: Pipeline) -> type[Trainer]:
    """`kind`, for a model whose layers are split."""
    return type(f"Pipelined{kind.__name__}", (Pipelined, kind), {"pipeline": pipeline})


class Pipelined(Trainer):
    pipeline: Pipeline
    model: Any
    optimizer: Any
    lr_scheduler: Any

    def __init__(self, *, model: Any, args: TrainingArguments, **options: Any) -> None:
        stages = self.pipeline.stages
        about = model.config
        for refusal in unsplittable(
            self.pipeline, about.model_type, about.num_hidden_layers, about.tie_word_embeddings
        ):
            raise ValueError(f"{'.'.join(refusal.path)}: {refusal.why}")
        if args.world_size != stages:
            raise RuntimeError(f"A pipeline of {stages} stages was given {args.world_size} ranks")
        self.layers = len(model.base_model.layers)
        self.here = keep_part(model, args.process_index, stages)
        super().__init__(model=model, args=args, **options)
        self._last = args.process_index == stages - 1
        self._items: Any = None
        self._block = max(len(row) for row in options["train_dataset"][:2]["input_ids"])
        part = Part(model, args.process_index == 0, self._last, self.compute_loss_context_manager)
        stage = PipelineStage(part, args.process_index, stages, args.device)
        schedule: Any = SCHEDULES[self.pipeline.schedule]
        self._schedule = schedule(stage, self.pipeline.microbatches, loss_fn=self._loss, scale_grads=False)
        self._part = part
        self.accelerator.clip_grad_norm_ = self._clip

    def get_train_dataloader(self) -> DataLoader:
        """The same batches for all ranks."""
        args = self.args
        rows: Any = self.train_dataset
        loader = DataLoader(
            rows,
            batch_size=self._train_batch_size,
            sampler=self._get_train_sampler(),
            collate_fn=self.data_collator,
            num_workers=args.dataloader_num_workers,
            pin_memory=args.dataloader_pin_memory,
            drop_last=args.dataloader_drop_last,
        )
        return prepare_data_loader(
            loader,
            args.device,
            num_processes=1,
            process_index=0,
            put_on_device=True,
            use_seedable_sampler=True,
        )

    def get_total_train_batch_size(self, args: TrainingArguments) -> int:
        return self._train_batch_size * args.gradient_accumulation_steps

    def _wrap_model(self, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Not as copies of one model, which is what the number of ranks would mean to accelerate."""
        return self._part

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """Forward and backward of all microbatches; the gradients wait for Trainer's optimizer."""
        model.train()
        ids, labels = self._whole(self._prepare_inputs(inputs))
        counted = (labels[:, 1:] != IGNORED).sum() * self.current_gradient_accumulation_steps
        self._items = counted if num_items_in_batch is None else num_items_in_batch
        losses: list[torch.Tensor] = []
        given = (ids,) if self.args.process_index == 0 else ()
        target = {"target": labels, "losses": losses} if self._last else {}
        self._schedule.step(*given, **target, return_outputs=False)
        total = torch.zeros((), device=ids.device)
        if self._last:
            total += torch.stack(losses).detach().sum()
        dist.broadcast(total, src=self.pipeline.stages - 1)
        return total

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Put together in the first rank, under the names that the whole model has."""
        mine = {name: tensor.detach().cpu() for name, tensor in self.model.state_dict().items()}
        first = self.args.process_index == 0
        parts: list[Any] | None = [None] * self.pipeline.stages if first else None
        dist.gather_object(mine, parts)
        if parts is not None:
            self._save(output_dir, state_dict={name: each for part in parts for name, each in part.items()})
        dist.barrier()

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        Path(output_dir).mkdir(parents=True, exist_ok=True)
        torch.save(self.optimizer.state_dict(), self._state_file(output_dir))
        if self.args.should_save:
            torch.save(self.lr_scheduler.state_dict(), Path(output_dir) / "scheduler.pt")
        dist.barrier()  # Then all of the checkpoint stands when the first rank describes it.

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        state = torch.load(self._state_file(checkpoint), map_location="cpu", weights_only=True)
        self.optimizer.load_state_dict(state)
        self.lr_scheduler.load_state_dict(torch.load(Path(checkpoint) / "scheduler.pt", weights_only=True))

    def _state_file(self, folder: str) -> Path:
        return Path(folder) / f"optimizer_stage_{self.args.process_index}.pt"

    def _loss(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The model's own, of one microbatch: its share of the mean over the whole batch."""
        size = self.model.config.vocab_size
        return self.model.loss_function(
            logits=logits, labels=labels, vocab_size=size, num_items_in_batch=self._items
        )

    def _whole(self, inputs: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """A batch of the one shape that the stages agreed upon, filled up with what the loss leaves out."""
        ids, labels = inputs["input_ids"], inputs["labels"]
        shape = (0, self._block - ids.shape[1], 0, self._train_batch_size - ids.shape[0])
        return pad(ids, shape, value=0), pad(labels, shape, value=IGNORED)

    def _clip(self, parameters: Any, max_norm: float, norm_type: float = 2.0) -> torch.Tensor:
        """By the norm of the gradients of all stages."""
        own = [each.grad for each in parameters if each.grad is not None]
        norms = torch.stack([torch.linalg.vector_norm(each.float(), norm_type) for each in own])
        total = (norms**norm_type).sum()
        dist.all_reduce(total)
        total = total ** (1.0 / norm_type)
        scale = torch.clamp(max_norm / (total + 1e-6), max=1.0)
        for each in own:
            each.mul_(scale.to(each.dtype))
        return total
