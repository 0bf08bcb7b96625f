"""Rows about the machine: GPUs, disks, memory, limits, network. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tunesmith.doctor.gpus import Gpu
from tunesmith.doctor.observe import Observed
from tunesmith.doctor.row import Row, size

GB = 10**9
MB = 10**6

# Below the first nothing can be trained, below the second something will run out soon.
FREE_FOR_RUNS = (GB, 10 * GB)
FREE_FOR_CACHE = 5 * GB
MEMORY = 4 * GB
AVAILABLE = 2 * GB
# A container has 64 MB unless told otherwise; loaders of data and ranks pass tensors through it.
SHARED_MEMORY = 512 * MB
WATCHES = 65_536
OPEN_FILES = 1_024


def gpus(seen: Observed) -> Iterator[Row]:
    found = seen.gpus
    if found.devices:
        driver = f"; driver {found.driver}" if found.driver else ""
        cuda = f", CUDA up to {found.cuda[0]}.{found.cuda[1]}" if found.cuda else ""
        says = f"{', '.join(map(_gpu, found.devices))}{driver}{cuda}"
        if found.problem:
            advice = "Reinstall the driver; in a container, give it the GPUs and the driver's libraries."
            yield Row("GPUs", "warning", f"{says}; {found.problem}", advice)
        else:
            yield Row("GPUs", "fine", says)
    elif found.problem:
        yield Row("GPUs", "warning", found.problem, "Look at what the driver logs (dmesg), and restart it.")
    else:
        yield Row("GPUs", "fine", "none; training runs on the CPU")


def _gpu(one: Gpu) -> str:
    if not one.memory:
        return one.name
    free = "" if one.free is None else f", {size(one.free)} free"
    return f"{one.name} ({size(one.memory)}{free})"


def runs_folder(seen: Observed) -> Iterator[Row]:
    path, free = seen.runs.path, seen.runs.free
    if not seen.runs.writable:
        advice = "Open the recipes in a folder that you may write to."
        yield Row("Runs folder", "wrong", f"{path} cannot be written", advice)
    if free is None:
        return
    says = f"{size(free)} free for {path}"
    advice = "Checkpoints and event files go there: make room, or delete old runs."
    if free < FREE_FOR_RUNS[0]:
        yield Row("Disk for runs", "wrong", says, advice)
    else:
        tight = free < FREE_FOR_RUNS[1]
        yield Row("Disk for runs", "warning" if tight else "fine", says, advice if tight else None)


def cache(seen: Observed) -> Iterator[Row]:
    path, free = seen.cache.path, seen.cache.free
    name = "Hugging Face cache"
    if not seen.cache.writable:
        yield Row(name, "warning", f"{path} cannot be written", "Name another folder with HF_HOME.")
    elif free is not None and free < FREE_FOR_CACHE:
        advice = "Prepared data goes there: make room, or name another folder with HF_HOME."
        yield Row(name, "warning", f"{size(free)} free for {path}", advice)
    else:
        yield Row(name, "fine", str(path) if free is None else f"{size(free)} free for {path}")


def memory(seen: Observed) -> Iterator[Row]:
    total, available = seen.machine.memory, seen.machine.available
    if total is None:
        return
    left = "" if available is None else f", {size(available)} of it free"
    says = f"{size(total)}{left}"
    if total < MEMORY:
        yield Row("Memory", "warning", says, "Importing torch and transformers alone takes 0.5 GB a rank.")
    elif available is not None and available < AVAILABLE:
        yield Row("Memory", "warning", says, "End what uses it before a run starts.")
    else:
        yield Row("Memory", "fine", says)


def cores(seen: Observed) -> Iterator[Row]:
    number = seen.machine.cores
    yield Row("Cores", "fine", f"{number} that this process may use" if number > 1 else "1")


def shared_memory(seen: Observed) -> Iterator[Row]:
    total = seen.machine.shared_memory
    if total is None:
        return
    tight = total < SHARED_MEMORY
    advice = "Start the container with --shm-size=8g, or keep dataloader_num_workers at 0."
    yield Row("/dev/shm", "warning" if tight else "fine", size(total), advice if tight else None)


def limits(seen: Observed) -> Iterator[Row]:
    watches, files = seen.machine.watches, seen.machine.open_files
    if watches is not None:
        tight = watches < WATCHES
        advice = "sudo sysctl fs.inotify.max_user_watches=524288: the editor sees changed files by them."
        yield Row("File watches", "warning" if tight else "fine", f"{watches:,}", advice if tight else None)
    tight = 0 <= files < OPEN_FILES
    says = "unlimited" if files < 0 else f"{files:,}"
    yield Row("Open files", "warning" if tight else "fine", says, "ulimit -n 65536" if tight else None)


def network(seen: Observed) -> Iterator[Row]:
    name, problem, address = "Rendezvous of ranks", seen.network.loopback, seen.network.address
    if problem:
        advice = "Let /etc/hosts name 127.0.0.1 localhost, and the loopback interface be up."
        yield Row(name, "wrong", f"localhost cannot be listened on: {problem}", advice)
    elif address is None:
        advice = f"Add {seen.network.name} to /etc/hosts, or set GLOO_SOCKET_IFNAME=lo."
        yield Row(name, "warning", f"this machine's name {seen.network.name} means no address", advice)
    else:
        yield Row(name, "fine", f"localhost answers; {seen.network.name} is {address}")


ROWS = (gpus, runs_folder, cache, memory, cores, shared_memory, limits, network)
