"""What a command line says of the training that it starts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LAUNCHERS = ("accelerate", "torchrun", "deepspeed", "trl", "axolotl", "llamafactory-cli")
PYTHON = re.compile(r"python(?:\d+(?:\.\d+)?)?")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
NUMBER = re.compile(r"[0-9]{1,9}")
PROCESSES = ("num_processes", "nproc_per_node", "nproc-per-node", "num_gpus")
MACHINES = ("num_machines", "nnodes", "num_nodes")
# Options of launchers that stand alone; all others take the word after them.
FLAGS = frozenset(
    (
        "multi_gpu",
        "cpu",
        "use_deepspeed",
        "use_fsdp",
        "standalone",
        "no_python",
        "debug",
        "quiet",
        "use_cpu",
        "tpu",
        "same_network",
        "use_megatron_lm",
        "use_mps_device",
        "use_xpu",
        "no_ssh",
        "no_local_rank",
        "enable_cpu_affinity",
        "dynamo_use_dynamic",
        "dynamo_use_fullgraph",
    )
)


@dataclass(frozen=True)
class Launch:
    """`program` is the launcher, "python" without one. `processes` and `machines` as the launcher was told;
    `config` its own config file, `told` all of its own options. `arguments` is what follows the script."""

    program: str | None = None
    processes: int | None = None
    machines: int | None = None
    config: str | None = None
    script: str | None = None
    module: str | None = None
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    told: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def options(self) -> Mapping[str, str]:
        """`--name value` and `--name=value` among the arguments, names with underscores."""
        return dict(_options(self.arguments))


def read_launch(line: str) -> Launch:
    """`accelerate launch --num_processes 2 train.py a.yaml` and its like; the rest is left out."""
    try:
        words = shlex.split(line)
    except ValueError:
        return Launch()
    environment: dict[str, str] = {}
    while words and ASSIGNMENT.match(words[0]):
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    if not words:
        return Launch(environment=environment)
    program, rest = words[0].rpartition("/")[2], words[1:]
    if PYTHON.fullmatch(program):
        return _python(rest, environment)
    if program not in LAUNCHERS:
        return Launch(arguments=tuple(rest), environment=environment)
    if program == "accelerate":
        rest = rest[1:] if rest[:1] == ["launch"] else rest
    if program in ("trl", "axolotl", "llamafactory-cli"):
        module = " ".join([program, *rest[:1]])
        return Launch(program, module=module, arguments=tuple(rest[1:]), environment=environment)
    return _launcher(program, rest, environment)


def _python(words: Sequence[str], environment: Mapping[str, str]) -> Launch:
    words = [word for word in words if word not in ("-u", "-X", "-O")]
    if words[:2] == ["-m", "torch.distributed.launch"] or words[:2] == ["-m", "torch.distributed.run"]:
        return _launcher("torchrun", words[2:], environment)
    if words[:2] == ["-m", "accelerate.commands.launch"]:
        return _launcher("accelerate", words[2:], environment)
    if words[:1] == ["-m"]:
        return Launch(
            "python", 1, 1, module=_at(words, 1), arguments=tuple(words[2:]), environment=environment
        )
    return Launch("python", 1, 1, script=_at(words, 0), arguments=tuple(words[1:]), environment=environment)


def _launcher(program: str, words: Sequence[str], environment: Mapping[str, str]) -> Launch:
    told: dict[str, str] = {}
    rest = list(words)
    module: str | None = None
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).lstrip("-").partition("=")
        if name in ("m", "module"):
            module = rest.pop(0) if rest else None
            break
        if not equals and name not in FLAGS and rest:
            value = rest.pop(0)
        told[name.replace("-", "_")] = value
    script = None if module or not rest else rest.pop(0)
    return Launch(
        program,
        _number(told, PROCESSES),
        _number(told, MACHINES),
        told.get("config_file"),
        script,
        module,
        tuple(rest),
        environment,
        told,
    )


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    waiting: str | None = None
    for word in words:
        if word.startswith("--"):
            if waiting:
                yield waiting, "true"
            name, equals, value = word[2:].partition("=")
            waiting = name.replace("-", "_")
            if equals:
                yield waiting, value
                waiting = None
        elif waiting:
            yield waiting, word
            waiting = None
    if waiting:
        yield waiting, "true"


def _number(told: Mapping[str, str], names: Sequence[str]) -> int | None:
    value = next((told[key] for name in names if (key := name.replace("-", "_")) in told), "")
    return int(value) if NUMBER.fullmatch(value) else None


def _at(words: Sequence[str], index: int) -> str | None:
    return words[index] if index < len(words) else None
