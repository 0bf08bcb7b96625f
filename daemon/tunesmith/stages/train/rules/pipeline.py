"""Rules about `pipeline:`, the layers of a model split into stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import Rule, rule
from tunesmith.facts.names import MODEL, VERSIONS
from tunesmith.facts.packages import at_least
from tunesmith.stages.train.pipelining import Refusal, refusals, unsplittable

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

OLDEST_TORCH = (2, 6)
OLDEST_TRANSFORMERS = (4, 57)


@rule("TN431", Severity.ERROR, "{why}")
def pipeline_impossible(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A pipeline is asked for together with something that it cannot do.

    Why: its stages hold different layers of one model, which few parts of a training expect.
    Library: tunesmith, before the model is loaded: ValueError with the same sentence.
    Flags:
        task: causal-lm
        pipeline: {stages: 2}
        ---
        task: causal-lm
        pipeline: {stages: 2}
        accelerate: {num_processes: 4}
        ---
        task: text-classification
        pipeline: {stages: 2}
        accelerate: {num_processes: 2}
        ---
        task: causal-lm
        pipeline: {stages: 2}
        train: {eval_strategy: steps}
        accelerate: {num_processes: 2}
        ---
        task: causal-lm
        pipeline: {stages: 2}
        peft: {peft_type: LORA}
        accelerate: {num_processes: 2}
        ---
        task: causal-lm
        pipeline: {stages: 2, microbatches: 3}
        train: {per_device_train_batch_size: 8}
        accelerate: {num_processes: 2}
        ---
        task: causal-lm
        pipeline: {stages: 4, microbatches: 2}
        accelerate: {num_processes: 4}
        ---
        task: causal-lm
        pipeline: {stages: 2}
        train: {fp16: true}
        accelerate: {num_processes: 2}
    Accepts:
        task: causal-lm
        pipeline: {stages: 2}
        accelerate: {num_processes: 2}
        ---
        task: causal-lm
        pipeline: {stages: 2, microbatches: 2, schedule: GPipe}
        train: {per_device_train_batch_size: 4, bf16: true}
        accelerate: {num_processes: 2}
    """
    if recipe.pipeline is None or recipe.script is not None or recipe.module is not None:
        return
    beside: dict[str, object] = {
        "peft": recipe.peft,
        "deepspeed": recipe.deepspeed,
        "model.distributed_config": recipe.model.distributed_config if recipe.model else {},
        "run.early_stopping": recipe.run.early_stopping if recipe.run else None,
    }
    for one in refusals(recipe.pipeline, recipe.task, recipe.train, recipe.accelerate, beside):
        yield _at(pipeline_impossible, one)


@rule("TN432", Severity.ERROR, "{why}")
def model_without_stages(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model cannot be split into the stages of a pipeline.

    Why: a stage is a row of like layers; the first one has the embedding of tokens, the last one the head.
    Library: tunesmith, when the model is loaded: ValueError with the same sentence.
    Flags:
        task: causal-lm
        model: {config: {model_type: gpt2}, tokenizer: ./t}
        pipeline: {stages: 2}
        ---
        task: causal-lm
        model: {config: {model_type: llama, tie_word_embeddings: true}, tokenizer: ./t}
        pipeline: {stages: 2}
        ---
        task: causal-lm
        model: {config: {model_type: llama, num_hidden_layers: 1}, tokenizer: ./t}
        pipeline: {stages: 2}
        ---
        # file m/config.json: {"model_type": "bloom"}
        # file m/model.safetensors:
        task: causal-lm
        model: {name_or_path: ./m}
        pipeline: {stages: 2}
    Accepts:
        task: causal-lm
        model: {config: {model_type: llama, num_hidden_layers: 2}, tokenizer: ./t}
        pipeline: {stages: 2}
        accelerate: {num_processes: 2}
    """
    if recipe.pipeline is None or recipe.model is None:
        return
    folder = facts.get(MODEL)
    about = recipe.model.config or (folder.config if folder else {})
    kind, layers = about.get("model_type"), about.get("num_hidden_layers")
    for one in unsplittable(recipe.pipeline, kind, layers, about.get("tie_word_embeddings")):
        yield _at(model_without_stages, one)


@rule(
    "TN433",
    Severity.ERROR,
    "A pipeline needs {package} {oldest} or newer; this is {found}",
    needs=(VERSIONS,),
)
def too_old_for_a_pipeline(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training interpreter has a torch or a transformers from before pipelines could be trained with it.

    Why: its schedules take other arguments.
    Library: torch.distributed.pipelining: TypeError or ImportError when the stages are made.
    Flags:
        # installed torch 2.5.1, accelerate 1.0.0, transformers 4.57.6, datasets 3.0.0
        task: causal-lm
        pipeline: {stages: 2}
        accelerate: {num_processes: 2}
    Accepts:
        # installed torch 2.13.0, accelerate 1.15.0, transformers 5.23.0, datasets 5.2.0
        task: causal-lm
        pipeline: {stages: 2}
        accelerate: {num_processes: 2}
    """
    if recipe.pipeline is None:
        return
    for package, oldest in (("torch", OLDEST_TORCH), ("transformers", OLDEST_TRANSFORMERS)):
        found = facts[VERSIONS].get(package)
        if found is not None and not at_least(found, *oldest):
            wanted = ".".join(map(str, oldest))
            yield too_old_for_a_pipeline.at("pipeline", package=package, oldest=wanted, found=found)


def _at(rule: Rule, refusal: Refusal) -> Finding:
    # Keys that a default fills in do not stand in the file: the nearest one above them does.
    return rule.at(*refusal.path, why=refusal.why)


RULES = (pipeline_impossible, model_without_stages, too_old_for_a_pipeline)
