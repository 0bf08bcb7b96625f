"""Rules of severity error whose error no machine of the tests can raise: by code, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

OLDER_GPU = "hardware: it takes a GPU of an older generation"
GPUS = "hardware: it takes GPUs, and fewer than processes"
FLASH = "hardware: flash-attn takes a GPU"
MEMORY = "hardware: it takes a GPU that is too small"
AXOLOTL = "Axolotl is in no training environment: it pins a torch and a transformers of its own"
LLAMA_FACTORY = "LLaMA-Factory is in no training environment: it pins a transformers of its own"
OLDER_TRANSFORMERS = "it takes a transformers before 5, which has the key"
TRL = "TRL is in no training environment"
CLUSTER = "it takes a Slurm cluster: the tests of Slurm submit real jobs"
REFUSED = "no library raises it: the start of the run is refused by this very rule"

SLOW = ("TN612",)
"""Replayed in `npm run corpus` and `npm run test:all`: something is compiled first."""

NOT_REPLAYED: Mapping[str, str] = {
    "TN015": REFUSED,
    "TN114": "it takes a datasets before 4.7, which has no type for JSON",
    "TN224": TRL,
    "TN228": OLDER_TRANSFORMERS,
    "TN269": OLDER_TRANSFORMERS,
    "TN250": TRL,
    "TN271": TRL,
    "TN330": TRL,
    "TN423": "the training environments have DeepSpeed",
    "TN433": "it takes a torch that is older than those of the training environments",
    "TN451": REFUSED,
    "TN461": GPUS,
    "TN462": CLUSTER,
    "TN464": REFUSED,
    "TN467": REFUSED,
    "TN471": REFUSED,
    "TN481": GPUS,
    "TN483": GPUS,
    "TN487": GPUS,
    "TN601": OLDER_GPU,
    "TN604": OLDER_GPU,
    "TN607": FLASH,
    "TN608": OLDER_GPU,
    "TN609": OLDER_GPU,
    "TN614": LLAMA_FACTORY,
    "TN620": OLDER_GPU,
    "TN621": OLDER_GPU,
    "TN651": MEMORY,
    "TN711": AXOLOTL,
    "TN712": AXOLOTL,
    "TN713": AXOLOTL,
    "TN714": AXOLOTL,
    "TN716": AXOLOTL,
    "TN718": AXOLOTL,
    "TN719": AXOLOTL,
    "TN721": LLAMA_FACTORY,
    "TN722": LLAMA_FACTORY,
    "TN723": LLAMA_FACTORY,
    "TN724": LLAMA_FACTORY,
    "TN725": LLAMA_FACTORY,
    "TN726": LLAMA_FACTORY,
    "TN727": LLAMA_FACTORY,
    "TN728": LLAMA_FACTORY,
    "TN730": LLAMA_FACTORY,
}
