"""What the doctor sees: a real interpreter, a library that answers like NVIDIA's, and the whole command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from environment_folders import make_venv, write
from trainer import training_interpreter
from tunesmith.doctor import gpus, machine, network, torch_probe
from tunesmith.doctor.gpus import Gpu, Gpus
from tunesmith.doctor.observe import Asked, cache_home, observe


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "tunesmith", "doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_real_interpreter_is_fit(tmp_path: Path) -> None:
    done = doctor(str(tmp_path), "--json", "--interpreter", str(training_interpreter().path))
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0, [row for row in rows.values() if row["verdict"] == "wrong"]
    assert rows["torch and devices"]["says"].startswith("torch ")
    assert rows["transformers"]["verdict"] == "fine"


def test_something_wrong_is_marked_with_what_to_do(tmp_path: Path) -> None:
    make_venv(tmp_path / ".venv", packages={"accelerate": "1.0.0"})
    done = doctor(str(tmp_path))
    assert done.returncode == 1
    assert "✗ torch " in done.stdout
    assert "-m pip install torch" in done.stdout.replace("\n", " ")
    assert "✓ accelerate" in done.stdout
    assert doctor(str(tmp_path / "none")).returncode == 2


def test_an_untrusted_folder_is_only_looked_at(tmp_path: Path) -> None:
    python = make_venv(tmp_path / ".venv")
    python.unlink()
    write(python, f"#!/bin/sh\ntouch {tmp_path}/ran\n").chmod(0o755)
    seen = observe(Asked(tmp_path, trusted=False))
    assert seen.interpreter is not None
    assert seen.probe is None
    assert not (tmp_path / "ran").exists()
    assert observe(Asked(tmp_path)).probe == torch_probe.Probe(broken="it ended with code 0: it said nothing")
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#!/bin/sh\necho no such library >&2; exit 127\n", "it ended with code 127: no such library"),
        ("#!/bin/sh\nexec sleep 600\n", "it did not say anything within 0.5 s"),
        ("#!/nowhere/python\n", "it does not start: No such file or directory"),
        ("#!/bin/sh\necho '[1]'\n", "it ended with code 0"),
    ],
)
def test_an_interpreter_that_is_none(text: str, said: str, tmp_path: Path) -> None:
    python = write(tmp_path / "python", text)
    python.chmod(0o755)
    found = torch_probe.probe(python, os.environ, limit=0.5 if "sleep" in text else 30)
    assert said in (found.broken or "")


def test_the_workspace_is_not_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "torch.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    found = torch_probe.probe(Path(sys.executable), os.environ)
    assert found.error == "ModuleNotFoundError: No module named 'torch'"
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def nvml(tmp_path_factory: pytest.TempPathFactory) -> str:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to make a library with")
    library = tmp_path_factory.mktemp("nvml") / "libnvidia-ml.so.1"
    source = Path(__file__).with_name("nvml.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return str(library)


def test_nvidias_library_is_asked(nvml: str) -> None:
    first, second = (Gpu(f"NVIDIA H100 #{n}", 85_520_809_984, 84_000_000_000) for n in (0, 1))
    assert gpus.read(nvml) == Gpus((first, second), "550.54.15", (12, 4))


def test_a_driver_that_does_not_fit_its_library_is_told(
    nvml: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA A10\nIRQ: 1\n")
    monkeypatch.setenv("TUNESMITH_TEST_NVML", "18")
    problem = "Driver/library version mismatch (nvmlInit_v2: 18)"
    assert gpus.read(nvml, tmp_path) == Gpus((Gpu("NVIDIA A10", 0),), problem=problem)
    assert gpus.read("libnone.so", tmp_path).problem == "libnvidia-ml.so.1 is not there"


def test_amds_gpus_are_told_by_the_kernel(tmp_path: Path) -> None:
    write(tmp_path / "sys/class/drm/card0/device/mem_info_vram_total", "68702699520\n")
    assert gpus.read("libnone.so", tmp_path) == Gpus()
    write(tmp_path / "dev/kfd", "")
    assert gpus.read("libnone.so", tmp_path) == Gpus((Gpu("AMD GPU", 68_702_699_520),))


def test_gpus_are_looked_for_in_a_process_of_their_own() -> None:
    assert gpus.look().problem is None
    assert "did not answer within 0.0001 s" in (gpus.look(limit=0.0001).problem or "")


def test_memory_is_what_the_container_may_use(tmp_path: Path) -> None:
    write(tmp_path / "proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 800 kB\n")
    assert machine.this_machine(tmp_path).memory == 1_024_000
    write(tmp_path / "sys/fs/cgroup/memory.max", "512000\n")
    found = machine.this_machine(tmp_path)
    assert (found.memory, found.available) == (512_000, 512_000)
    write(tmp_path / "sys/fs/cgroup/memory.max", "max\n")
    assert machine.this_machine(tmp_path).memory == 1_024_000


def test_this_machine_and_its_network() -> None:
    assert machine.this_machine().cores >= 1
    assert network.this_network().loopback is None
    assert machine.is_writable(Path("/proc/none/there")) is False


def test_the_cache_is_where_the_libraries_keep_it() -> None:
    assert cache_home({"HF_HOME": "/hf"}) == Path("/hf")
    assert cache_home({"XDG_CACHE_HOME": "/c"}) == Path("/c/huggingface")
    assert cache_home({}) == Path.home() / ".cache" / "huggingface"
