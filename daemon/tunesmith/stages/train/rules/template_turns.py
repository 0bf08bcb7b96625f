"""A rule about conversations that the tokenizer's own chat template refuses to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, TOKENIZER, TRAIN_FILE, TRAINING_ARGUMENTS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

START, RAISE = r"\{%-?\s*if\s+", r"\s*-?%\}\s*\{\{-?\s*raise_exception\("
NO_SYSTEM = re.compile(START + r"messages\[0\]\[['\"]role['\"]\]\s*==\s*['\"]system['\"]" + RAISE)
ALTERNATING = re.compile(
    START
    + r"\(message\[['\"]role['\"]\]\s*==\s*['\"]user['\"]\)\s*!=\s*\(loop\.index0\s*%\s*2\s*==\s*0\)"
    + RAISE
)
"""As the templates of Gemma, Llama 2 and Mistral ask; other wordings are not told apart here."""
WITHOUT_SYSTEM = "loop_messages"
"""What templates call the turns after the one of the system."""
ANSWERS = ("completion", "chosen")
OTHER_TEMPLATES = frozenset(("setup_chat_format", "clone_chat_template", "get_chat_template", "map"))


@rule(
    "TN330",
    Severity.ERROR,
    "{data} holds {what}, and the chat template of {model} refuses that",
    needs=(TOKENIZER, TRAIN_FILE, TRAINING_ARGUMENTS),
)
def template_refuses_turns(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A conversation of the data has turns that the chat template raises an exception about.

    Why: the model is loaded; then the row ends the run while the data is prepared. Put the system's words
    into the first turn of the user, and join turns of one side.
    Library: transformers, apply_chat_template: TemplateError, System role not supported, or Conversation
    roles must alternate user/assistant/user/assistant/….
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/chat_template.jinja: {% if messages[0]['role'] == 'system' %}{{ raise_exception('No') }}
        # file d/train.jsonl: {"messages": [{"role": "system"}, {"role": "user"}, {"role": "assistant"}]}
        model_name_or_path: m
        dataset_name: d
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/chat_template.jinja: {% if messages[0]['role'] == 'system' %}{{ raise_exception('No') }}
        # file d/train.jsonl: {"messages": [{"role": "user"}, {"role": "assistant"}]}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/chat_template.jinja: {% for message in messages %}{{ message['content'] }}{% endfor %}
        # file d/train.jsonl: {"messages": [{"role": "system"}, {"role": "user"}, {"role": "assistant"}]}
        model_name_or_path: m
        dataset_name: d
    """
    contents, use, text = facts[TRAIN_FILE].contents, facts.get(SCRIPT_USE), facts[TOKENIZER].template_text
    if contents is None or text is None or facts[TRAINING_ARGUMENTS].package != "trl":
        return
    if recipe.script is not None and (use is None or use.trainer is None or _writes_otherwise(use.calls)):
        return
    given = (recipe.args.get(key) or recipe.train.get(key) for key in ("chat_template", "chat_template_path"))
    if any(given) or (use is not None and any(one.endswith("chat_template") for one in use.assigned)):
        return
    for row in contents.sample:
        what = next((what for turns in _conversations(row) if (what := _refused(turns, text))), None)
        if what:
            name = recipe.model.name_or_path if recipe.model else ""
            data = recipe.data.train if recipe.data else ""
            yield template_refuses_turns.at("data", "train", on="value", data=data, what=what, model=name)
            return


def _writes_otherwise(calls: frozenset[str]) -> bool:
    return bool(OTHER_TEMPLATES & calls)


def _conversations(row: Mapping[str, Any]) -> Iterator[list[object]]:
    """The roles of what is written as one text."""
    if isinstance(row.get("messages"), list):
        yield _roles(row["messages"])
    for answer in ANSWERS:
        if isinstance(row.get("prompt"), list) and isinstance(row.get(answer), list):
            yield [*_roles(row["prompt"]), *_roles(row[answer])]


def _roles(turns: Any) -> list[object]:
    listed = cast("list[object]", turns)
    return [
        cast("dict[str, object]", turn).get("role") if isinstance(turn, dict) else None for turn in listed
    ]


def _refused(roles: list[object], template: str) -> str | None:
    if None in roles:
        return None
    system = roles[:1] == ["system"]
    if system and NO_SYSTEM.search(template):
        return "a turn of the system"
    rest = roles[1:] if system and WITHOUT_SYSTEM in template else roles
    uneven = any((role == "user") != (index % 2 == 0) for index, role in enumerate(rest))
    return "turns that do not alternate" if uneven and ALTERNATING.search(template) else None


RULES = (template_refuses_turns,)
