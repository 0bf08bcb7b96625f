"""Records which fields the configuration classes had at each release: `facts/recorded/*.json`.

Reads the newest patch of every minor release, from its wheel or sources, by `ast`; nothing is imported.
Releases that the record holds are not fetched again. Run it when a library has a new minor release:
    .venv/bin/python .ci/record_fields.py [--wheels FOLDER]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.class_source import own_fields, read_class
from tunesmith.facts.history import history, minor, write_history
from tunesmith.facts.library import LibraryField, Place
from tunesmith.facts.library_cache import fields_of
from tunesmith.facts.source import find_class, load

RECORDED = Path(__file__).parent.parent / "daemon" / "tunesmith" / "facts" / "recorded"


@dataclass(frozen=True)
class Recorded:
    """`first` is the oldest release worth knowing. A class may have moved: all `modules` are tried."""

    package: str
    name: str
    modules: tuple[str, ...]
    first: str
    arguments: str | None = None


TRL = {
    "SFTConfig": "sft_config",
    "DPOConfig": "dpo_config",
    "GRPOConfig": "grpo_config",
    "RewardConfig": "reward_config",
    "KTOConfig": "kto_config",
    "ORPOConfig": "orpo_config",
}
LLAMA_FACTORY = {
    "ModelArguments": "model_args",
    "DataArguments": "data_args",
    "FinetuningArguments": "finetuning_args",
    "GeneratingArguments": "generating_args",
    "TrainingArguments": "training_args",
}
# Their patches bring keys too.
EVERY_PATCH = ("llamafactory",)
# Most of their releases have no wheel.
SOURCES_ONLY = ("axolotl",)
CLASSES = (
    Recorded("transformers", "TrainingArguments", ("transformers/training_args.py",), "2.9"),
    Recorded("transformers", "Seq2SeqTrainingArguments", ("transformers/training_args_seq2seq.py",), "4.0"),
    Recorded("peft", "LoraConfig", ("peft/tuners/lora/config.py", "peft/tuners/lora.py"), "0.4"),
    Recorded(
        "accelerate",
        "ClusterConfig",
        ("accelerate/commands/config/config_args.py",),
        "0.20",
        "accelerate/commands/launch.py",
    ),
    *(
        Recorded("trl", name, (f"trl/trainer/{file}.py", f"trl/experimental/{file[:-7]}/{file}.py"), "0.7")
        for name, file in TRL.items()
    ),
    Recorded("trl", "ModelConfig", ("trl/trainer/model_config.py",), "0.7"),
    *(
        Recorded("llamafactory", name, (f"llamafactory/hparams/{file}.py",), "0.7")
        for name, file in LLAMA_FACTORY.items()
    ),
    *(
        Recorded("trl", f"{name}ScriptArguments", ("trl/commands/cli_utils.py",), "0.9")
        for name in ("SFT", "DPO", "Reward")
    ),
    Recorded("trl", "ScriptArguments", ("trl/scripts/utils.py", "trl/utils.py"), "0.9"),
    Recorded(
        "axolotl",
        "AxolotlInputConfig",
        ("axolotl/utils/schemas/config.py", "axolotl/utils/config/models/input/v0_4_1/__init__.py"),
        "0.6",
    ),
)


# What they add to the class of the same release that they extend, which has a record of its own.
OWN_ONLY = ("Seq2SeqTrainingArguments",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="keep the sources of the releases here")
    given = parser.parse_args().wheels
    with tempfile.TemporaryDirectory() as temporary:
        kept = given or Path(temporary)
        for package in dict.fromkeys(one.package for one in CLASSES):
            record(package, [one for one in CLASSES if one.package == package], kept)


def record(package: str, classes: list[Recorded], kept: Path) -> None:
    first = min(minor(one.first) for one in classes)
    releases = [release for release in released(package) if minor(release) >= first]
    for one in classes:
        known = history(f"{one.package}:{one.name}")
        found: dict[str, dict[str, LibraryField]] = {}
        for release in releases:
            if minor(release) < minor(one.first):
                continue
            have = known.at(release) if known and release in known.releases else None
            found[release] = dict(have.fields) if have else read(one, fetched(package, release, kept))
        found = {release: fields for release, fields in found.items() if fields}
        text = json.dumps(write_history(one.package, one.name, found), ensure_ascii=False, indent=1)
        path = RECORDED / f"{one.package}.{one.name}.json"
        path.write_text(re.sub(r"\n {3,}", " ", text) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(found)} releases, {path.stat().st_size // 1024} KB", flush=True)


def read(one: Recorded, root: Path) -> dict[str, LibraryField]:
    """The fields at one release; {} where the class is not in it."""
    for module in one.modules:
        if not (root / module).is_file():
            continue
        found = find_class(load(root, module), one.name)
        if found and one.name in OWN_ONLY:
            return own_fields(*found)
        if found:
            place = Place(one.package, module, one.name, one.arguments)
            return dict(fields_of(root, place)) if one.arguments else read_class(load(root, module), one.name)
    return {}


def released(package: str) -> list[str]:
    """The newest patch of each minor release, oldest first; no pre-releases."""
    command = [sys.executable, "-m", "pip", "index", "versions", package]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    listed = re.search(r"Available versions: (.*)", printed)
    newest: dict[tuple[int, ...], str] = {}
    for version in listed[1].split(", ") if listed else []:
        if re.fullmatch(r"\d+(\.\d+)+", version):
            key = tuple(map(int, version.split("."))) if package in EVERY_PATCH else minor(version)
            newest.setdefault(key, version)
    return [newest[key] for key in sorted(newest)]


def fetched(package: str, release: str, kept: Path) -> Path:
    """The folder that holds the sources of one release."""
    folder = kept / package / release
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory() as wheels:
        binary = ["--no-binary=:all:"] if package in SOURCES_ONLY else ["--only-binary=:all:"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *binary]
        wanted = f"{package}=={release}"
        subprocess.run([*command, "--ignore-requires-python", "--dest", wheels, wanted], check=True)
        for archive in Path(wheels).iterdir():
            unpack(archive, folder)
    return folder


def unpack(archive: Path, folder: Path) -> None:
    """The Python files of a wheel, or of an archive of sources, as they would be installed."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.endswith(".py")])
        return
    with tarfile.open(archive) as sources, tempfile.TemporaryDirectory() as temporary:
        sources.extractall(temporary, filter="data")
        (top,) = Path(temporary).iterdir()
        for file in (top / "src").rglob("*.py"):
            place = folder / file.relative_to(top / "src")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)


if __name__ == "__main__":
    main()
