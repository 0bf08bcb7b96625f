"""Records which layers and classes the models of transformers are made of: `facts/recorded/models.json`.

A union over some releases, as names came and went; read by regular expressions from the wheels.
    .venv/bin/python .ci/record_layers.py
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tunesmith.facts.model_class import LAYER

RECORDED = Path(__file__).parent.parent / "daemon" / "tunesmith" / "facts" / "recorded" / "models.json"
RELEASES = ("4.20.1", "4.33.3", "4.41.2", "4.49.0", "4.57.6", "5.2.0", "5.23.0")
MODEL_TYPE = re.compile(r"""^    model_type(?:: str)? = ["']([\w-]+)["']""", re.MULTILINE)
WRAPPED = re.compile(
    r"^class ((?!Flax|TF)\w*(?:Layer|Block|Encoder|Decoder|Experts|MLP|Attention)\w*)\b", re.MULTILINE
)
MODELING = re.compile(r"transformers/models/(\w+)/(?:modeling|modular)_\w+\.py")


def main() -> None:
    found: dict[str, dict[str, dict[str, None]]] = {}
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            wanted = f"transformers=={release}"
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            subprocess.run([*command, "--ignore-requires-python", "--only-binary=:all:", wanted], check=True)
            read(next(Path(folder).glob("*.whl")), found)
            print(release, len(found), flush=True)
    for types, more in adapted().items():
        found.setdefault(types, {"layers": {}, "classes": {}})["layers"] |= dict.fromkeys(more)
    rows = (
        f"  {json.dumps(name)}: " + json.dumps({key: sorted(words) for key, words in found[name].items()})
        for name in sorted(found)
    )
    RECORDED.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def read(wheel: Path, found: dict[str, dict[str, dict[str, None]]]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("transformers/models/")]
        texts = {name: archive.read(name).decode() for name in names if name.endswith(".py")}
    for folder in {name.split("/")[2] for name in texts}:
        inside = [text for name, text in texts.items() if name.startswith(f"transformers/models/{folder}/")]
        types = [one for text in inside for one in MODEL_TYPE.findall(text)]
        layers = [one for text in inside for one in LAYER.findall(text)]
        classes = [one for text in inside for one in WRAPPED.findall(text)]
        for name in types:
            kept = found.setdefault(name, {"layers": {}, "classes": {}})
            kept["layers"] |= dict.fromkeys(layers)
            kept["classes"] |= dict.fromkeys(classes)


def adapted() -> dict[str, list[str]]:
    """What peft adapts of models that transformers does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "peft"]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            tree = ast.parse(archive.read("peft/utils/constants.py"))
    named = "TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING"
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == named:
            return {
                name: value for name, value in ast.literal_eval(node.value).items() if isinstance(value, list)
            }
    raise LookupError(f"peft has no {named}")


if __name__ == "__main__":
    main()
