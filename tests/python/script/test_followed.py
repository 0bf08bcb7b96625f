"""What the source of a script says that it takes: all of it, some of it, or nothing that is sure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tunesmith.facts.program import read_program
from tunesmith.facts.program_arguments import CommandLine

IMPORT = "import argparse, sys\n"
MADE = "parser = argparse.ArgumentParser()\n"
PARSER = IMPORT + MADE
ADD = 'parser.add_argument("--a", type=int)\n'
PARSE = "args = parser.parse_args()\n"
HF = (
    "from dataclasses import dataclass, field\nfrom transformers import HfArgumentParser, TrainingArguments\n"
)
FIELD = "@dataclass\nclass A:\n  a: int = 1\n"
INTO = "HfArgumentParser(A).parse_args_into_dataclasses()\n"

SURE = {
    "plain": PARSER + ADD + PARSE,
    "in a function": f'{IMPORT}def main():\n  {MADE}  {ADD}  {PARSE}if __name__ == "__main__":\n  main()\n',
    "made by one function, read by another": f"{IMPORT}def made():\n  {MADE}  {ADD}"
    "  return parser\ndef main(argv=None):\n  return made().parse_args(argv)\nmain()\n",
    "handed on": f"{PARSER}def add(p):\n  p.add_argument('--a', type=int)\nadd(parser)\n{PARSE}",
    "in a group": f'{PARSER}g = parser.add_argument_group("x")\ng.add_argument("--a", type=int)\n{PARSE}',
    "a parser that a caller may bring": f"{IMPORT}def made(parser=None):\n  if parser is None:\n"
    f"    {MADE}  {ADD}  return parser\nmade().parse_args()\n",
    "words by name": PARSER + ADD + "words = sys.argv[1:]\nparser.parse_args(words)\n",
    "another module": "import options\nargs = options.take()\n",
    "a name of another module": "from options import take\nargs = vars(take())\n",
    "a base of another parser": f"{IMPORT}base = argparse.ArgumentParser(add_help=False)\n"
    'base.add_argument("--a", type=int)\nparser = argparse.ArgumentParser(parents=[base])\n' + PARSE,
    "a decorator that only watches": "from torch.distributed.elastic.multiprocessing.errors import record\n"
    f"{IMPORT}@record\ndef main():\n  {MADE}  {ADD}  {PARSE}main()\n",
    "fields": f"{HF}{FIELD}{INTO}",
    "fields, or a file": f"import sys\n{HF}{FIELD}parser = HfArgumentParser((A,))\n"
    'if len(sys.argv) == 2 and sys.argv[1].endswith(".json"):\n  parser.parse_json_file(sys.argv[1])\n'
    "else:\n  args = parser.parse_args_into_dataclasses()\n",
    "fields of another module": f"{HF}from options import A\n{INTO}",
    "fields for tyro": f"from dataclasses import dataclass\nimport tyro\n{FIELD}args = tyro.cli(A)\n",
}
OPEN = {
    "more in a loop": f'{PARSER}{ADD}for name in "xy": parser.add_argument("--" + name)\n{PARSE}',
    "given to a library": f"import deepspeed\n{PARSER}{ADD}deepspeed.add(parser)\n{PARSE}",
    "kept in an object": f"{PARSER}{ADD}class Box: pass\nBox.parser = parser\n{PARSE}",
    "commands": f'{PARSER}{ADD}s = parser.add_subparsers()\ns.add_parser("x").add_argument("--b")\n{PARSE}',
    "an inner function": f"{IMPORT}def main():\n  {MADE}  {ADD}  def more():\n"
    f'    parser.add_argument("--b")\n  run(more)\n  {PARSE}main()\n',
    "unknown settings": f"{IMPORT}parser = argparse.ArgumentParser(**settings())\n{ADD}{PARSE}",
}
LENIENT = {
    "the rest goes on": PARSER + ADD + "args, rest = parser.parse_known_args()\n",
    "remaining strings": f"{HF}@dataclass\nclass A:\n  a: int = 1\n"
    "HfArgumentParser(A).parse_args_into_dataclasses(return_remaining_strings=True)\n",
}
UNSURE = {
    "perhaps": f"{PARSER}{ADD}if input():\n  {PARSE}",
    "refusals are caught": f"{PARSER}{ADD}try:\n  {PARSE}except SystemExit:\n  pass\n",
    "after a return": f"{PARSER}{ADD}def main():\n  if input(): return\n  parser.parse_args()\nmain()\n",
    "one of two parsers": f"{IMPORT}if input():\n  {MADE}  {ADD}  {PARSE}",
}
NOTHING = {
    "changed words": f"{PARSER}{ADD}sys.argv.append('--a=1')\n{PARSE}",
    "replaced words": f"{PARSER}{ADD}sys.argv = ['x']\n{PARSE}",
    "longer words": f"{PARSER}{ADD}words = sys.argv[1:]\nwords.append('--b')\nparser.parse_args(words)\n",
    "other words": f"{PARSER}{ADD}parser.parse_args(['--a', '1'])\n",
    "a parser of another library": "from jsonargparse import ArgumentParser\nparser = ArgumentParser()\n"
    + ADD
    + PARSE,
    "never read": PARSER + ADD,
    "no arguments": "print(1)\n",
    "no Python": "def (\n",
    "in a class": f"{IMPORT}class P:\n  def __init__(self):\n    self.p = argparse.ArgumentParser()\n"
    "P().p.parse_args()",
}


def read(source: str, folder: Path) -> CommandLine | None:
    options = "import argparse\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n  a: int = 1\n"
    options += f"def take():\n  {MADE}  {ADD}  return parser.parse_args()\n"
    (folder / "options.py").write_text(options)
    (folder / "train.py").write_text(source)
    return read_program(folder / "train.py").line


def names(line: CommandLine | None) -> list[str]:
    return [] if line is None else [option.name for option in line.options]


@pytest.mark.parametrize("source", SURE.values(), ids=SURE)
def test_all_of_it(source: str, tmp_path: Path) -> None:
    line = read(source, tmp_path)
    assert line is not None
    assert (line.complete, line.strict, line.certain) == (True, True, True)
    assert [(option.name, option.convert, option.certain) for option in line.options] == [("a", "int", True)]


@pytest.mark.parametrize("source", OPEN.values(), ids=OPEN)
def test_some_of_it(source: str, tmp_path: Path) -> None:
    line = read(source, tmp_path)
    assert line is None or (not line.complete and "a" in names(line))


@pytest.mark.parametrize("source", LENIENT.values(), ids=LENIENT)
def test_others_are_let_through(source: str, tmp_path: Path) -> None:
    line = read(source, tmp_path)
    assert line is not None
    assert (line.strict, names(line)) == (False, ["a"])


@pytest.mark.parametrize("source", UNSURE.values(), ids=UNSURE)
def test_it_may_go_another_way(source: str, tmp_path: Path) -> None:
    line = read(source, tmp_path)
    assert line is None or not line.certain


@pytest.mark.parametrize("source", NOTHING.values(), ids=NOTHING)
def test_nothing_is_sure(source: str, tmp_path: Path) -> None:
    assert read(source, tmp_path) is None


@pytest.mark.parametrize(
    "how", ["configured.fill(parser)", "for one in parser._actions: one.required = False", "x = [parser]"]
)
def test_a_parser_that_others_had_may_have_its_values(how: str, tmp_path: Path) -> None:
    line = read(f"{PARSER}parser.add_argument('--a', type=int, required=True)\n{how}\n{PARSE}", tmp_path)
    assert line is not None
    assert (line.complete, line.options[0].required, line.options[0].convert) == (False, False, "int")


def test_choices_that_grow_elsewhere_are_no_choices(tmp_path: Path) -> None:
    """A registry is filled by those who import it, or further down."""
    for grows in ("MODELS['b'] = 1", "fill(MODELS)", "MODELS.update(b=1)", "MODELS = {**MODELS}"):
        line = read(
            f"{PARSER}MODELS = {{'a': 1}}\n{grows}\n"
            f"parser.add_argument('--a', choices=list(MODELS))\n{PARSE}",
            tmp_path,
        )
        assert line is not None
        assert line.options[0].choices is None, grows
    line = read(
        f"{PARSER}MODELS = {{'a': 1}}\nparser.add_argument('--a', choices=MODELS.keys())\n{PARSE}", tmp_path
    )
    assert line is not None
    assert line.options[0].choices == ("a",)


def test_a_field_as_its_parser_takes_it(tmp_path: Path) -> None:
    fields = (
        "  flag: bool = False\n  on: bool = True\n  maybe: bool | None = None\n"
        "  word: Literal['a', 'b'] = 'a'\n  path: str = field()\n"
        "  sizes: list[int] = field(default_factory=list, metadata={'help': 'How large.'})\n"
        "  short: int = field(default=1, metadata={'aliases': ['-s']})\n  own: Own = None\n"
    )
    line = read(f"{HF}from typing import Literal\n@dataclass\nclass A:\n{fields}HfArgumentParser(A)"
                ".parse_args_into_dataclasses()\n", tmp_path)  # fmt: skip
    assert line is not None
    found = {option.flags[0]: option for option in line.options}
    assert [*found] == [
        "--flag",
        "--on",
        "--no_on",
        "--maybe",
        "--word",
        "--path",
        "--sizes",
        "--short",
        "--own",
    ]
    assert [found[flag].nargs for flag in ("--flag", "--maybe", "--sizes", "--own")] == ["?", None, "+", "*"]
    assert found["--word"].choices == ("a", "b")
    assert (found["--path"].required, found["--sizes"].required, found["--sizes"].help) == (
        True,
        False,
        "How large.",
    )
    assert found["--short"].flags == ("--short", "-s")


def test_fields_as_tyro_takes_them(tmp_path: Path) -> None:
    source = "from dataclasses import dataclass\nimport tyro\n@dataclass\nclass A:\n  batch_size: int = 1\n"
    source += '  """Rows a step."""\n  cuda: bool = True\n  limit: int | None = None\ntyro.cli(A)\n'
    line = read(source, tmp_path)
    assert line is not None
    size, on, off, limit = line.options
    assert (size.keys, size.help, on.action) == (("batch-size", "batch_size"), "Rows a step.", "store_true")
    assert (off.keys, limit.convert) == (("no-cuda", "no_cuda"), "unknown")
