"""Rows about the daemon, the training interpreter, its packages and its torch. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunesmith.doctor.observe import Observed
from tunesmith.doctor.row import Row, size
from tunesmith.doctor.torch_probe import Device, Probe
from tunesmith.facts.fitness import OLDEST_PYTHON, REQUIREMENTS, Requirement, dotted, unfit
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.packages import at_least
from tunesmith.facts.prefix import name_of

SELECT = "Run Tunesmith: Select Training Interpreter, or name one with --interpreter."


def daemon(seen: Observed) -> Iterator[Row]:
    yield Row("Tunesmith", "fine", f"{seen.version} on Python {seen.python}")
    if seen.system == "win32":
        yield Row("System", "wrong", "Windows: recipes are checked, runs are not started.", "Open it in WSL.")


def interpreter(seen: Observed) -> Iterator[Row]:
    name, found = "Training interpreter", seen.interpreter
    if found is None:
        yield Row(name, "wrong", seen.unusable, SELECT)
        return
    version = f"Python {found.version}" if found.version else "Python"
    says = f"{version} ({found.kind} {name_of(found.prefix)}), {found_by(found, seen)}: {found.path}"
    trouble = unfit(found)
    broken = seen.probe.broken if seen.probe else None
    if broken:
        yield Row(name, "wrong", f"{found.path} is of no use: {broken}.", SELECT)
    elif trouble:
        yield Row(name, "wrong", says, f"Training needs Python {dotted(OLDEST_PYTHON)} or newer. {SELECT}")
    else:
        yield Row(name, "fine", says)


def found_by(found: Interpreter, seen: Observed) -> str:
    if seen.asked.chosen:
        return "chosen"
    home = found.prefix.parent
    if Path.cwd().joinpath(seen.asked.folder).is_relative_to(home):
        return f"found in {home}"
    return "the active environment"


def packages(seen: Observed) -> Iterator[Row]:
    if seen.interpreter is not None:
        for one in REQUIREMENTS:
            yield _package(one, seen, seen.interpreter)


def _package(one: Requirement, seen: Observed, found: Interpreter) -> Row:
    version = seen.versions.get(one.name)
    install = f"{found.path} -m pip install {one.name}"
    if version is None:
        if one.name not in seen.missing:
            return Row(one.name, "fine", "found as a folder of sources; its version is not written down")
        severity = "wrong" if one.needed == "all" else "warning"
        return Row(one.name, severity, f"not installed; needed for {one.use}", install)
    if not at_least(version, *one.oldest):
        severity = "wrong" if one.needed == "all" else "warning"
        wanted = f"{one.name} {dotted(one.oldest)} or newer is needed for {one.use}"
        return Row(one.name, severity, f"{version}; {wanted}", f'{install}">={dotted(one.oldest)}"')
    return Row(one.name, "fine", f"{version} ({dotted(one.oldest)} or newer)" if any(one.oldest) else version)


def devices(seen: Observed) -> Iterator[Row]:
    name = "torch and devices"
    if seen.interpreter is None or "torch" in seen.missing:
        return
    if seen.probe is None:
        yield Row(name, "warning", "not tried: the workspace is not trusted", "Trust it, then check again.")
    elif seen.probe.error:
        advice = "Reinstall torch in the training interpreter, or select another one."
        yield Row(name, "wrong", f"torch cannot be imported: {seen.probe.error}", advice)
    elif not seen.probe.broken:
        yield _devices(name, seen.probe, seen)


def _devices(name: str, probe: Probe, seen: Observed) -> Row:
    build = f"CUDA {probe.cuda}" if probe.cuda else f"ROCm {probe.hip}" if probe.hip else "CPU"
    torch = f"torch {probe.torch} for {build}"
    if probe.devices:
        unbuilt = [one for one in probe.devices if not _is_built_for(one, probe)]
        if unbuilt:
            architectures = ", ".join(probe.built_for)
            says = f"{torch} has no code for {unbuilt[0].name}: it was built for {architectures}"
            return Row(name, "wrong", says, "Install a newer torch, built for this GPU.")
        return Row(name, "fine", f"{torch} sees {', '.join(map(_told, probe.devices))}")
    if probe.mps:
        return Row(name, "fine", f"{torch} sees Apple's GPU")
    if not seen.gpus.devices:
        return Row(name, "fine", f"{torch} trains on the CPU")
    gpus = f"{len(seen.gpus.devices)} × {seen.gpus.devices[0].name}"
    if not probe.cuda and not probe.hip:
        advice = "Install a torch that is built for the GPU, or train on the CPU knowingly."
        return Row(name, "warning", f"{torch} does not use {gpus}", advice)
    cuda = seen.gpus.cuda
    if probe.cuda and cuda and not _runs(cuda, probe.cuda):
        says = (
            f"{torch}; the driver {seen.gpus.driver} runs CUDA {dotted(cuda)} at most, so {gpus} stay unused"
        )
        return Row(name, "wrong", says, f"Update the driver, or install a torch for CUDA {dotted(cuda)}.")
    why = f": {probe.warnings[0]}" if probe.warnings else ""
    advice = "See whether CUDA_VISIBLE_DEVICES hides it, and whether a container was given the GPUs."
    return Row(name, "wrong", f"{torch} cannot use {gpus}{why}", advice)


def _runs(driver: tuple[int, int], built: str) -> bool:
    """Whether a driver can run it: any minor version of the same major one, and everything older."""
    return driver[0] >= int(built.split(".")[0])


def _is_built_for(device: Device, probe: Probe) -> bool:
    """CUDA code of a major version runs on the same or a later minor one; `compute_` code is made to fit."""
    if not probe.cuda or not probe.built_for:
        return True
    return any(_runs_on(name, device.capability) for name in probe.built_for)


def _runs_on(architecture: str, capability: tuple[int, int]) -> bool:
    kind, _, digits = architecture.rpartition("_")
    number = digits.rstrip("abcdef")
    if not number.isdigit():
        return False
    of = int(number[:-1]), int(number[-1])
    return of <= capability and (kind == "compute" or of[0] == capability[0])


def _told(device: Device) -> str:
    return f"{device.name} ({size(device.memory)})"


ROWS = (daemon, interpreter, packages, devices)
