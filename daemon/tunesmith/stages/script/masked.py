"""Rules about which tokens a training learns from: rows that it masks from end to end teach nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_ARGUMENTS, SCRIPT_USE, TOKENIZER, TRAIN_FILE
from tunesmith.stages.script.expressions import argument, named

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

COLLATOR = "DataCollatorForCompletionOnlyLM"
SENTENCE_PIECES = frozenset(("LlamaTokenizer", "CodeLlamaTokenizer", "T5Tokenizer"))
"""They put a space before a text, so that its first word is another token within a line of its own."""
JOINED = frozenset(("Qwen2Tokenizer",))
"""They make one token of a punctuation mark and the line break after it."""
JOINED_SIZES = frozenset((128256, 151936, 152064))
"""The vocabularies of Llama 3 and Qwen, whose tokenizers have a class without a name of its own."""
MARKS = ":;.,!?>])}#*-="


def template(recipe: Recipe, facts: Facts, name: str = "response_template") -> tuple[str, RecipePath] | None:
    """The text that a collator looks for, and where it stands."""
    use = facts[SCRIPT_USE]
    given = use.made.get(COLLATOR, {})
    text = given.get(name, given.get("0") if name == "response_template" else None)
    found: Any = argument(text, recipe, facts.get(SCRIPT_ARGUMENTS)) if text else None
    if not isinstance(found, str) or not found:
        return None
    key = named(text or "")
    section = "train" if key in recipe.train else "args"
    written = key is not None and key in (recipe.train if section == "train" else recipe.args)
    return found, (section, key) if written and key else ("data", "train")


def texts(recipe: Recipe, facts: Facts) -> list[str]:
    """A sample of the texts that are trained on, where a column holds them as they are."""
    contents, use = facts[TRAIN_FILE].contents, facts[SCRIPT_USE]
    if contents is None or "formatting_func" in use.given or {"map", "formatting_func"} & use.calls:
        return []
    field = use.given.get("dataset_text_field") or use.made.get("SFTConfig", {}).get("dataset_text_field")
    column: Any = argument(field, recipe, facts.get(SCRIPT_ARGUMENTS)) if field else None
    for written in (recipe.train, recipe.args):
        column = column or written.get("dataset_text_field")
    column = column or "text"
    return [text for row in contents.sample if isinstance(text := row.get(column), str)]


@rule(
    "TN251",
    Severity.WARNING,
    "{template} stands in none of the {rows} texts that were looked at: every token is masked",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def response_is_never_found(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The text before a response, from which on is trained, does not stand in the data.

    Why: of a row without it every token is masked. In YAML a line break is one only in double quotes: plain
    and single-quoted texts keep \\\\n as two characters.
    Library: silent. TRL warns in the log, Could not find response key …, and the loss is 0 or not a number.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "### Question: a ### Response: b"}
        # script SFTTrainer(m, data_collator=DataCollatorForCompletionOnlyLM("### Answer:", tokenizer=t))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "### Question: a ### Response: b"}
        # script SFTTrainer(m, data_collator=DataCollatorForCompletionOnlyLM("### Response:", tokenizer=t))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, sample = template(recipe, facts), texts(recipe, facts)
    if found and sample and not any(found[0] in text for text in sample):
        yield response_is_never_found.at(*found[1], on="value", template=repr(found[0]), rows=len(sample))


@rule(
    "TN252",
    Severity.WARNING,
    "{template} is other tokens in the data than alone, as {why}: it is never found, every token is masked",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def response_is_other_tokens(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The text before a response is made of other tokens within a row than by itself.

    Why: the collator looks for its tokens, not for its letters. A space at its end belongs to the word after
    it, line breaks that stand together are one token, and tokenizers of the SentencePiece kind put a space
    before a text. Give the ids of the tokens as they are within a row, or leave the white space out.
    Library: silent. TRL warns in the log, Could not find response key …, and the loss is 0 or not a number.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "Question: a Answer: b"}
        # script SFTTrainer(m, data_collator=DataCollatorForCompletionOnlyLM("Answer: ", tokenizer=t))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "Question: a Answer: b"}
        # script SFTTrainer(m, data_collator=DataCollatorForCompletionOnlyLM("Answer:", tokenizer=t))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, sample = template(recipe, facts), texts(recipe, facts)
    if found is None or not sample:
        return
    text, path = found
    around = [(before, after) for row in sample for before, after in _around(row, text)]
    why = _other_tokens(text, around, facts) if around else None
    if why:
        bare = text.strip()
        fixes = ()
        if why == TRAILING and path[0] != "data" and bare:
            value = (
                '"' + text.rstrip(" ").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
            )
            fixes = (Fix("Leave the space out", (SetValue(path, value),), preferred=True),)
        yield response_is_other_tokens.at(*path, on="value", template=repr(text), why=why, fixes=fixes)


TRAILING = "the space at its end belongs to the next word"


def _other_tokens(text: str, around: list[tuple[str, str]], facts: Facts) -> str | None:
    if text.endswith(" ") and all(after and not after.isspace() for _, after in around):
        return TRAILING
    if text.endswith("\n") and all(after == "\n" for _, after in around):
        return "line breaks that stand together are one token"
    tokenizer, model = facts.get(TOKENIZER), facts.get(MODEL)
    kind = (tokenizer.tokenizer_class or "" if tokenizer else "").removesuffix("Fast")
    size = model.config.get("vocab_size") if model else None
    joins = kind in JOINED or size in JOINED_SIZES
    if joins and text[-1] in MARKS and all(after == "\n" for _, after in around):
        return "its last mark and the line break after it are one token"
    pieces = kind in SENTENCE_PIECES and size == 32000
    starts = text[0] == "\n" or all(before == "\n" for before, _ in around)
    if pieces and starts and not text.startswith(("<", "[")):
        return "its tokenizer puts a space before a text"
    return None


def _around(row: str, text: str) -> Iterator[tuple[str, str]]:
    """The characters before and after each place of `text` in a row."""
    start = row.find(text)
    while start >= 0:
        end = start + len(text)
        yield row[start - 1 : start], row[end : end + 1]
        start = row.find(text, end)


@rule(
    "TN253",
    Severity.WARNING,
    "None of the {rows} conversations that were looked at has a turn of the assistant to learn from",
    needs=(TRAIN_FILE,),
)
def nobody_answers(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The conversations hold prompts alone.

    Why: what is learnt are the answers; without any every token is masked, or the prompts are learnt.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # file d/train.jsonl: {"messages": [{"role": "user", "content": "Who?"}]}
        model_name_or_path: m
        dataset_name: d
    Accepts:
        # launch trl sft --config train.yaml
        # file d/train.jsonl: {"messages": [{"role": "user"}, {"role": "assistant", "content": "I"}]}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl grpo --config train.yaml
        # file d/train.jsonl: {"prompt": [{"role": "user", "content": "Who?"}]}
        model_name_or_path: m
        dataset_name: d
    """
    contents, use = facts[TRAIN_FILE].contents, facts.get(SCRIPT_USE)
    if contents is None or (use is not None and (use.trainer != "SFTTrainer" or "map" in use.calls)):
        return
    turns = [row["messages"] for row in contents.sample if isinstance(row.get("messages"), list)]
    others = {"completion", "chosen", "positive_messages", "label"} & contents.columns.keys()
    if turns and not others and not any(_answers(cast("list[object]", one)) for one in turns):
        yield nobody_answers.at("data", "train", on="value", rows=len(turns))


def _answers(turns: list[object]) -> bool:
    """Whether one of the turns may be the assistant's; turns of another form may."""
    roles = [
        cast("dict[str, object]", turn).get("role") if isinstance(turn, dict) else None for turn in turns
    ]
    return any(role not in ("user", "system", "tool", "developer", "human") for role in roles)


RULES = (response_is_never_found, response_is_other_tokens, nobody_answers)
