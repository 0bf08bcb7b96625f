"""What a tokenizer folder says of its special tokens and its size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tunesmith.facts.bounded import read_bounded
from tunesmith.facts.json_file import read_object

# Classes that have no special tokens of their own: what the files do not name is not there.
PLAIN_CLASSES = ("PreTrainedTokenizerFast", "TokenizersBackend")
FILES = ("tokenizer_config.json", "special_tokens_map.json", "tokenizer.json")
TEMPLATES = ("chat_template.jinja", "chat_template.json")
DIGITS = re.compile(r"[0-9]{1,9}")
# A vocabulary larger than this takes too long to read for the number of its tokens.
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class TokenizerFolder:
    """`can_pad`: whether there is a token to pad with or to end with; None when that is not known.

    `size` is the number of tokens, where it is known. `special`: the special tokens that the files name, null
    where they say that there is none; None when there are no such files. `max_length`: of a text, where the
    tokenizer says so. `template`: whether there is a chat
    template; None when that is not known.
    """

    path: Path
    can_pad: bool | None = None
    size: int | None = None
    special: Mapping[str, str | None] | None = None
    tokenizer_class: str | None = None
    template: bool | None = None
    padding_side: str | None = None
    max_length: int | None = None
    template_text: str | None = None
    """The one chat template itself; None when there is none, or several with names."""


def read_tokenizer_folder(path: Path) -> TokenizerFolder:
    """Look at one folder. Never raises."""
    config, special = (read_object(path / name, LARGEST) for name in FILES[:2])
    named = any(one.get(key) for one in (config, special) for key in ("pad_token", "eos_token"))
    plain = config.get("tokenizer_class") in PLAIN_CLASSES and (path / FILES[2]).is_file()
    written = config.get("tokenizer_class")
    return TokenizerFolder(
        path,
        True if named else False if plain else None,
        _size(path / FILES[2], config),
        _special(config, special) if config or special else None,
        written if isinstance(written, str) else None,
        bool(config.get("chat_template")) or any((path / name).is_file() for name in TEMPLATES)
        if config
        else None,
        side if isinstance(side := config.get("padding_side"), str) else None,
        most if isinstance(most := config.get("model_max_length", config.get("max_len")), int) else None,
        _template(path, config),
    )


def _template(path: Path, config: Mapping[str, object]) -> str | None:
    """The file beside the configuration counts before what that says."""
    try:
        return read_bounded(path / TEMPLATES[0], LARGEST).decode("utf-8")
    except (OSError, ValueError):
        written = read_object(path / TEMPLATES[1], LARGEST).get("chat_template", config.get("chat_template"))
        return written if isinstance(written, str) else None


def _special(*files: Mapping[str, object]) -> Mapping[str, str | None]:
    """By name, as `pad_token`; the first file that names one counts."""
    found: dict[str, str | None] = {}
    for one in files:
        for name, value in one.items():
            if name.endswith("_token") and name not in found:
                text = (
                    cast("Mapping[str, object]", value).get("content") if isinstance(value, dict) else value
                )
                if text is None or isinstance(text, str):
                    found[name] = text
    return found


def tokenizer_fingerprint(path: Path) -> str:
    marks: list[str] = []
    for name in (*FILES, *TEMPLATES):
        try:
            about = (path / name).stat()
        except OSError as error:
            marks.append(type(error).__name__)
        else:
            marks.append(f"{about.st_mtime_ns} {about.st_size}")
    return " ".join(marks)


def _size(path: Path, config: Mapping[str, object]) -> int | None:
    """One more than the highest id of a vocabulary that is a mapping; else of the tokens that were added."""
    raw = read_object(path, LARGEST)
    model, added = raw.get("model"), raw.get("added_tokens")
    vocabulary = cast("Mapping[str, object]", model).get("vocab") if isinstance(model, dict) else None
    if not isinstance(vocabulary, dict):
        late = config.get("added_tokens_decoder")
        known = cast("Mapping[str, object]", late) if isinstance(late, dict) else dict[str, object]()
        return max((int(key) for key in known if DIGITS.fullmatch(key)), default=-1) + 1 or None
    ids: list[object] = list(cast("dict[str, object]", vocabulary).values())
    if isinstance(added, list):
        tokens = [
            cast("dict[str, object]", one) for one in cast("list[object]", added) if isinstance(one, dict)
        ]
        ids += [one.get("id") for one in tokens]
    return max((one for one in ids if isinstance(one, int)), default=-1) + 1 or None
