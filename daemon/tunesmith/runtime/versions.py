"""Which packages a rank runs on, read from their metadata: nothing is imported."""

from __future__ import annotations

import platform
from importlib import metadata

PACKAGES = ("torch", "transformers", "datasets", "accelerate", "tokenizers", "safetensors", "tensorboard")


def versions() -> dict[str, str]:
    """Version by package, for those that are installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
