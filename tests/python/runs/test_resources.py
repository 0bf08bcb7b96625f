"""What ranks use: of real processes, from what other systems print, and from a driver that is not here."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.metrics.reader import RunReader
from tunesmith.supervise import memory, nvml, process_table
from tunesmith.supervise.nvml import GpuUse, Nvml
from tunesmith.supervise.process_table import Process, parse_ps, parse_smaps, parse_stat
from tunesmith.supervise.resources import Meter, Use, cpu_percent, scalars
from tunesmith.supervise.sampler import Sampler
from waiting import until

MB = 1_000_000


def test_a_process_whose_name_is_anything() -> None:
    stat = (
        b"4242 (a) 7 (b c)) S 17 4242 4242 0 -1 4194304 1 0 0 0 300 50 9 9 20 0 1 0 777 1000 250 18446744073"
    )
    found = parse_stat(stat)
    page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    assert found == Process(parent=17, started=777, memory=250 * page, seconds=350 / tick)


def test_a_zombie_is_no_process() -> None:
    assert parse_stat(b"1 (x) Z 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 0") is None


def test_what_ps_prints() -> None:
    """As macOS prints it; in some languages with a comma."""
    text = " 1 0 Ss 0.1 9000\n 4242     1 R+   101.5 204800\n 4243  4242 S 0,5   1024\n  9  1 Z 0 0\n"
    assert parse_ps(text) == {
        1: Process(0, 0, 9000 * 1024, share=0.001),
        4242: Process(1, 0, 204800 * 1024, share=1.015),
        4243: Process(4242, 0, 1024 * 1024, share=0.005),
    }
    use = Meter(lambda: parse_ps(text), own_memory=lambda pid: None).read({0: 4242})[0]
    assert use.memory == 205824 * 1024
    assert use.cpu_percent == pytest.approx(102.0)


def test_private_memory() -> None:
    text = b"00-7f ---p 00 00:00 0 [rollup]\nPss: 300 kB\nPrivate_Clean: 8 kB\nPrivate_Dirty: 100 kB\n"
    assert parse_smaps(text) == 108 * 1024


def test_a_share_of_a_core_is_a_difference() -> None:
    before = {
        1: Process(0, 5, 0, seconds=10.0),
        2: Process(1, 6, 0, seconds=3.0),
        3: Process(1, 7, 0, seconds=9.0),
    }
    now = {
        1: Process(0, 5, 0, seconds=12.0),
        2: Process(1, 99, 0, seconds=1.0),
        4: Process(1, 8, 0, seconds=0.5),
    }
    # Process 2 is another one with the same number, 3 has ended, 4 is new.
    assert cpu_percent({1, 2, 4}, now, before, 2.0) == pytest.approx(100 * 3.5 / 2)
    assert cpu_percent({1}, now, None, 0.0) is None


@pytest.fixture
def rank(tmp_path: Path) -> Iterator[int]:
    """A process of 60 MB with a forked child that shares them and has 40 MB of its own; both are busy."""
    program = tmp_path / "rank.py"
    program.write_text(
        "import os, sys\n"
        "shared = bytearray(b'x') * 60_000_000\n"
        "if os.fork() == 0:\n"
        "    own = bytearray(b'y') * 40_000_000\n"
        "    open(sys.argv[1], 'w').close()\n"
        "while shared: sum(range(10_000))\n"
    )
    ready = tmp_path / "ready"
    process = subprocess.Popen([sys.executable, program, ready], start_new_session=True)
    until("it is up", ready.exists)
    yield process.pid
    os.killpg(process.pid, 9)
    process.wait()


@pytest.mark.skipif(not process_table.has_proc(), reason="only Linux tells memory that is shared")
def test_a_rank_with_a_child(rank: int) -> None:
    meter = Meter()
    first = meter.read({0: rank, 1: 2**22 + 1})
    assert first.keys() == {0}, "a rank that has ended uses nothing"
    assert first[0].cpu_percent is None
    assert 100 * MB < first[0].memory < 150 * MB, "what is shared is counted once"
    busy = until("it is busy", lambda: (meter.read({0: rank})[0].cpu_percent or 0) > 20)
    assert busy


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="there is no ps here")
def test_ps_itself_is_no_process_of_a_run() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        assert process_table.descendants(os.getpid(), process_table.from_ps()) == {child.pid}
        child.kill()


def test_gpus_are_added_up_over_a_rank_and_its_children() -> None:
    table = {10: Process(1, 0, 7 * MB), 11: Process(10, 0, 2 * MB), 20: Process(1, 0, MB)}
    gpus = {10: GpuUse(5000, 30.0), 11: GpuUse(1000, None), 99: GpuUse(7, 1.0)}
    uses = Meter(lambda: table, lambda pid: MB, lambda: gpus).read({0: 10, 1: 20})
    assert uses == {0: Use(8 * MB, None, 6000, 30.0), 1: Use(MB)}
    assert scalars(uses) == {
        "rank-0/memory_gb": 0.008,
        "rank-0/gpu_memory_gb": 6e-6,
        "rank-0/gpu_percent": 30.0,
        "rank-1/memory_gb": 0.001,
    }


class Driver:
    """Answers as NVML does: through pointers, with codes. Two GPUs, one of which knows no utilisation."""

    def nvmlDeviceGetCount_v2(self, count: ctypes._CArgObject) -> int:
        return put(count, 2)

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, device: ctypes._CArgObject) -> int:
        return put(device, index + 1)

    def nvmlDeviceGetComputeRunningProcesses_v3(self, device: ctypes.c_void_p, count, infos) -> int:
        infos[0].pid, infos[0].memory = 70, 1000
        infos[1].pid, infos[1].memory = 71, nvml._NOT_KNOWN
        return put(count, 2)

    def nvmlDeviceGetProcessUtilization(self, device: ctypes.c_void_p, samples, count, since) -> int:
        if device.value == 2:
            return 3
        taken = [(70, 5, 40), (70, 6, 60), (80, 6, 10)]
        if samples is None:
            put(count, len(taken))
            return nvml._INSUFFICIENT_SIZE
        for sample, (pid, time, busy) in zip(samples, taken, strict=True):
            sample.pid, sample.time, sample.sm = pid, time, busy
        return put(count, len(taken))


def put(pointer: ctypes._CArgObject, value: int) -> int:
    pointer._obj.value = value  # type: ignore[attr-defined]
    return 0


def test_a_driver_that_lacks_a_function_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    older = SimpleNamespace(nvmlInit_v2=lambda: 0, nvmlDeviceGetCount_v2=lambda count: put(count, 0))
    monkeypatch.setattr(nvml.ctypes, "CDLL", lambda _name: older)
    assert nvml.connect() is None


def test_what_the_driver_says_is_added_up_by_process() -> None:
    driver = Nvml(Driver())
    assert driver.use() == {70: GpuUse(2000, 50.0)}
    assert driver.use() == {70: GpuUse(2000, None)}, "samples that were read are old"


def test_a_machine_without_a_driver() -> None:
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        assert nvml.connect() is None
    else:
        pytest.skip("this machine has a driver")


def progress(run: RunFolder, step: int, attempt: int = 1) -> None:
    with open(run.progress, "a") as out:
        out.write(json.dumps({"attempt": attempt, "step": step, "phase": "training"}) + "\n")


def test_a_step_has_one_sample_and_the_latest_look_is_always_known(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    attempt = run.attempt(1)
    for folder in attempt.folders:
        folder.mkdir(parents=True)
    write_json(attempt.rank_record(0), {"pid": 10, "world_size": 1})
    sampler = Sampler(run, attempt)
    memories = iter([1, 2, 3, 4, 5])
    meter = Meter(lambda: {10: Process(1, 0, next(memories) * MB)}, lambda pid: None)
    sampler.sample(meter)
    assert list(attempt.events.rglob("*")) == [], "no step, no point"
    latest = json.loads(attempt.resources.read_text())
    assert latest["ranks"]["0"]["memory"] == MB
    for step, number in ((3, 1), (3, 1), (9, 2), (12, 1)):
        progress(run, step, number)
        sampler.sample(meter)
    sampler.close()
    reader = RunReader(run.path)
    update = reader.advance(0.0)
    assert not update.replaced
    points = update.points()["resources/rank-0/memory_gb"]
    assert points.steps.tolist() == [3, 12]
    assert points.values.tolist() == pytest.approx([0.002, 0.005])
    assert json.loads(attempt.resources.read_text())["ranks"]["0"]["memory"] == 5 * MB


@pytest.mark.parametrize(
    ("own", "file", "text"),
    [
        ("0::/user.slice/a.scope\n", "user.slice/a.scope/memory.events", "low 0\noom 2\noom_kill 2\n"),
        ("4:cpu:/a\n3:memory:/b\n0::/\n", "memory/b/memory.oom_control", "under_oom 0\noom_kill 2\n"),
    ],
)
def test_kills_for_memory_are_counted_by_the_systems_groups(
    tmp_path: Path, own: str, file: str, text: str
) -> None:
    assert memory.counter(own, tmp_path) == tmp_path / file
    assert memory.parse(text) == 2


def test_kills_for_memory_where_nothing_counts_them() -> None:
    assert memory.kills() >= 0
