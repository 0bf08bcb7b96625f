"""What accelerate and torch.distributed refuse."""

from __future__ import annotations

import contextlib
import io
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils import FullyShardedDataParallelPlugin, prepare_multi_gpu_env
from torch.distributed.fsdp import FullyShardedDataParallel
from torch.nn.parallel import DistributedDataParallel
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM

from corpus.replays import parts
from corpus.replays.replay import Replay


class Unparsed(Exception):
    """What argparse prints before it ends the process."""


def launched(*words: str) -> Any:
    def call(folder: Path) -> None:
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                launch_command_parser().parse_args([*words, "train.py"])
        except SystemExit:
            raise Unparsed(said.getvalue()) from None

    return call


def reads_config(text: str) -> Any:
    def call(folder: Path) -> None:
        file = folder / "accelerate.yaml"
        file.write_text("compute_environment: LOCAL_MACHINE\n" + text)
        load_config_from_file(str(file))

    return call


def wraps_what_is_not_there(folder: Path) -> None:
    plugin = FullyShardedDataParallelPlugin(
        auto_wrap_policy="transformer_based_wrap", transformer_cls_names_to_wrap=["GPT2Block"]
    )
    plugin.set_auto_wrap_policy(parts.decoder())


def wraps_by_a_size_in_words(folder: Path) -> None:
    os.environ |= {"FSDP_AUTO_WRAP_POLICY": "SIZE_BASED_WRAP", "FSDP_MIN_NUM_PARAMS": "1e8"}
    FullyShardedDataParallelPlugin()


def checkpoints_under_unused_parameters(folder: Path) -> None:
    class Layers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 2)

        def forward(self, given: Any) -> Any:
            once = checkpoint(self.layer, given, use_reentrant=True)
            return checkpoint(self.layer, once, use_reentrant=True)

    with parts.alone():
        model = DistributedDataParallel(Layers(), find_unused_parameters=True)
        model(torch.ones(1, 2, requires_grad=True)).sum().backward()


def cuts_quantized_weights(folder: Path) -> None:
    model = torch.nn.Linear(2, 2, dtype=torch.bfloat16)
    model.register_parameter("packed", torch.nn.Parameter(torch.ones(2, dtype=torch.uint8), False))
    with parts.alone():
        FullyShardedDataParallel(model, device_id=torch.device("cpu"), use_orig_params=True)


def cuts_eight_bits(folder: Path) -> None:
    model = torch.nn.Linear(2, 2, dtype=torch.float16)
    model.register_parameter("packed", torch.nn.Parameter(torch.ones(2, dtype=torch.int8), False))
    with parts.alone():
        FullyShardedDataParallel(model, device_id=torch.device("cpu"), use_orig_params=True)


def launches_on_one_gpu(folder: Path) -> None:
    file = folder / "accelerate.yaml"
    file.write_text(
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\nnum_processes: 2\ngpu_ids: '0'\n"
        "num_machines: 1\nmachine_rank: 0\nuse_cpu: false\nmixed_precision: 'no'\ndebug: false\n"
    )
    words = ["--config_file", str(file), "train.py"]
    _validate_launch_command(launch_command_parser().parse_args(words))


def launches_on_a_taken_port(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = ["--num_processes", "2", "--num_machines", "2", "--machine_rank", "0"]
        words += ["--main_process_ip", "127.0.0.1", "--main_process_port", port, "train.py"]
        prepare_multi_gpu_env(launch_command_parser().parse_args(words))


def reads_config_of_sagemaker(folder: Path) -> None:
    file = folder / "accelerate.yaml"
    file.write_text("compute_environment: AMAZON_SAGEMAKER\ndistributed_type: NO\nmachine_rank: 0\n")
    load_config_from_file(str(file))


def meets(address: str, rank: int) -> Any:
    def call(folder: Path) -> None:
        try:
            torch.distributed.init_process_group(
                "gloo",
                init_method=f"tcp://{address}",
                rank=rank,
                world_size=2,
                timeout=timedelta(seconds=1),
            )
        finally:
            if torch.distributed.is_initialized():
                torch.distributed.destroy_process_group()

    return call


def waits_alone(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    meets(f"127.0.0.1:{port}", 0)(folder)


def unknown_part(folder: Path) -> None:
    from transformers.distributed.configuration_utils import DistributedConfig

    misspelt: Any = {"tp_sise": 2}
    DistributedConfig(**misspelt)


def of_unlike_parts(folder: Path) -> None:
    from transformers.distributed.configuration_utils import DistributedConfig

    parts.decoder().save_pretrained(folder)
    with parts.alone():
        AutoModelForCausalLM.from_pretrained(str(folder), distributed_config=DistributedConfig(tp_size=4))


def mixes_parts_and_wholes(folder: Path) -> None:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import distribute_tensor

    with parts.alone():
        mesh = init_device_mesh("cpu", (1,))
        torch.add(distribute_tensor(torch.ones(2), mesh), torch.ones(2))


def trains_a_frozen_input(folder: Path) -> None:
    layer = torch.nn.Linear(2, 2).requires_grad_(False)
    checkpoint(layer, torch.ones(1, 2), use_reentrant=True).sum().backward()


def unscales_half_weights(folder: Path) -> None:
    layer = torch.nn.Linear(2, 2, dtype=torch.float16)
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu")
    scaler.scale(layer(torch.ones(1, 2, dtype=torch.float16)).sum()).backward()
    scaler.unscale_(optimizer)


REPLAYS = (
    Replay("TN625", "ValueError", "invalid literal for int() with base 10", wraps_by_a_size_in_words),
    Replay("TN653", "ValueError", "Must flatten tensors with uniform dtype", cuts_eight_bits),
    Replay("TN484", "ValueError", "Less than two GPU ids were configured", launches_on_one_gpu),
    Replay(
        "TN485",
        "ConnectionError",
        "Tried to launch distributed communication on port",
        launches_on_a_taken_port,
    ),
    Replay("TN486", "ValueError", "had unknown keys", reads_config_of_sagemaker),
    Replay("TN409", "RuntimeError", "got mixed torch.Tensor and DTensor", mixes_parts_and_wholes),
    Replay(
        "TN261",
        "RuntimeError",
        "Expected to mark a variable ready only once",
        checkpoints_under_unused_parameters,
    ),
    Replay("TN262", "RuntimeError", "element 0 of tensors does not require grad", trains_a_frozen_input),
    Replay("TN605", "ValueError", "Attempting to unscale FP16 gradients", unscales_half_weights),
    Replay("TN482", "DistNetworkError", "", meets("127.0.0.1:0", 1)),
    Replay("TN406", "TypeError", "got an unexpected keyword argument", unknown_part),
    Replay(
        "TN402", "ValueError", "had unknown keys", reads_config("distributed_type: NO\nnum_proceses: 2\n")
    ),
    Replay("TN403", "Unparsed", "invalid choice", launched("--mixed_precision", "fp61")),
    Replay("TN404", "Unparsed", "invalid int value", launched("--num_processes", "two")),
    Replay(
        "TN641",
        "ValueError",
        "Could not find the transformer layer class",
        wraps_what_is_not_there,
    ),
    Replay(
        "TN243",
        "RuntimeError",
        "Expected to mark a variable ready only once",
        checkpoints_under_unused_parameters,
    ),
    Replay("TN652", "ValueError", "Must flatten tensors with uniform dtype", cuts_quantized_weights),
    Replay(
        "TN470",
        "DistNetworkError",
        "The client socket has timed out",
        meets("127.0.0.1:9", 1),
    ),
    Replay("TN473", "DistStoreError", "waiting for clients", waits_alone),
    Replay("TN407", "RuntimeError", "The parallel mesh requires 4 processes", of_unlike_parts),
)
