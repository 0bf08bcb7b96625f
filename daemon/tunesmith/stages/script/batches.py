"""Rules about how a script lets its trainer make batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_ARGUMENTS, SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.script.expressions import argument

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN269", Severity.ERROR, "{key} {why}", needs=(SCRIPT_USE,))
def data_cannot_be_taken_so(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Batches are to be made in a way that the data or the collator of the script does not allow.

    Why: the model is loaded, then the trainer refuses. Streamed data has no lengths to group by, and a
    collator
    that masks all but the response cannot find it in blocks that many texts are packed into.
    Library: transformers: ValueError, the `--group_by_length` option is only available for `Dataset`, not
    `IterableDataset`; trl before 0.15: ValueError, You passed a `DataCollatorForCompletionOnlyLM` to the
    SFTTrainer. This is not compatible with the `packing` argument.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script d = load_dataset("json", streaming=True); Trainer(m, train_dataset=d)
        group_by_length: true
        max_steps: 100
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.41.2, trl 0.9.6
        # script SFTTrainer(m, packing=True, data_collator=DataCollatorForCompletionOnlyLM("A:"))
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script d = load_dataset("json"); Trainer(m, train_dataset=d)
        group_by_length: true
        max_steps: 100
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.41.2, trl 0.9.6
        # script SFTTrainer(m, packing=False, data_collator=DataCollatorForCompletionOnlyLM("A:"))
        num_train_epochs: 1
    """
    use, taken = facts[SCRIPT_USE], facts.get(SCRIPT_ARGUMENTS)
    streams = use.streams is not None and argument(use.streams, recipe, taken) is True
    if streams and use.trainer and recipe.train.get("group_by_length") is True:
        why = "needs the lengths of the texts, which streamed data has not"
        yield data_cannot_be_taken_so.at("train", "group_by_length", key="group_by_length", why=why)
    text = use.given.get("packing", use.made.get("SFTConfig", {}).get("packing"))
    packs = argument(text, recipe, taken) if text else recipe.train.get("packing", recipe.args.get("packing"))
    early = before(facts.get(VERSIONS) or {}, "trl", (0, 15)) is True
    if (
        use.trainer == "SFTTrainer"
        and packs is True
        and early
        and "DataCollatorForCompletionOnlyLM" in use.made
    ):
        section = "train" if "packing" in recipe.train else "args"
        why = "and a collator that masks all but the response exclude each other"
        yield data_cannot_be_taken_so.at(section, "packing", key="packing", why=why)


RULES = (data_cannot_be_taken_so,)
