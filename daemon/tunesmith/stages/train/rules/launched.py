"""Rules about what a command line starts: its processes, their GPUs, the port at which they meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, PORTS_IN_USE, SCRIPT_USE, STARTED, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

PORT = 29500
"""Where the processes of torch meet when nobody says anything else."""
ANYWHERE = ("auto", "balanced", "balanced_low_0", "sequential")
CLUSTER = frozenset(
    (
        "command_file",
        "commands",
        "deepspeed_config",
        "fsdp_config",
        "machine_rank",
        "main_process_ip",
        "main_process_port",
        "main_training_function",
        "megatron_lm_config",
        "rdzv_backend",
        "same_network",
        "tpu_name",
        "tpu_zone",
    )
)
"""Keys of accelerate's ClusterConfig that its SageMakerConfig does not have."""


@rule(
    "TN483",
    Severity.ERROR,
    "The launch starts {processes} processes on a machine with {here} GPUs: each needs one of its own",
    needs=(GPUS, STARTED),
)
def launch_starts_too_many(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The command line starts more processes than the machine has GPUs, or than it lets them see.

    Why: the processes without a GPU end, and the others with them.
    Library: torch: RuntimeError, CUDA error: invalid device ordinal.
    Flags:
        # launch torchrun --nproc_per_node 4 train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch CUDA_VISIBLE_DEVICES=0 torchrun --nproc_per_node 2 train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch torchrun --nproc_per_node 4 train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        num_train_epochs: 1
        use_cpu: true
        save_strategy: epoch
    """
    started, gpus = facts[STARTED], facts[GPUS]
    here = sum(gpu.count for gpu in gpus)
    if started.visible is not None:
        here = min(here, started.visible)
    on_cpu = any(recipe.train.get(key) for key in ("use_cpu", "no_cuda")) or recipe.accelerate.get("use_cpu")
    if started.processes is not None and 0 < here < started.processes and not on_cpu:
        yield launch_starts_too_many.at(processes=started.processes, here=here)


@rule(
    "TN484", Severity.ERROR, "gpu_ids names {count} of the GPUs for {processes} processes", needs=(VERSIONS,)
)
def fewer_gpu_ids_than_processes(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An accelerate config lets its processes see fewer GPUs than there are processes.

    Why: `gpu_ids` becomes CUDA_VISIBLE_DEVICES of all of them.
    Library: accelerate: ValueError, Less than two GPU ids were configured and tried to run on on multiple
    GPUs; torch: RuntimeError, CUDA error: invalid device ordinal.
    Flags:
        # packages accelerate 0.27.2
        accelerate: {distributed_type: MULTI_GPU, num_processes: 2, gpu_ids: "0"}
        ---
        # packages accelerate 0.27.2
        accelerate: {distributed_type: MULTI_GPU, num_processes: 4, gpu_ids: "0,1"}
    Accepts:
        # packages accelerate 0.27.2
        accelerate: {distributed_type: MULTI_GPU, num_processes: 2, gpu_ids: "0,1"}
        ---
        # packages accelerate 0.27.2
        accelerate: {distributed_type: MULTI_GPU, num_processes: 4, gpu_ids: all}
        ---
        # packages accelerate 0.27.2
        accelerate: {distributed_type: MULTI_GPU, num_processes: 4, num_machines: 2, gpu_ids: "0,1"}
    """
    ids, asked = recipe.accelerate.get("gpu_ids"), recipe.accelerate.get("num_processes")
    machines = recipe.accelerate.get("num_machines", 1)
    on_gpus = recipe.accelerate.get("distributed_type") in ("MULTI_GPU", "DEEPSPEED", "FSDP")
    if ids in (None, "all") or isinstance(ids, bool) or not isinstance(asked, int) or not on_gpus:
        return
    count = len([one for one in str(ids).split(",") if one.strip()])
    if isinstance(machines, int) and machines >= 1 and asked > count * machines:
        yield fewer_gpu_ids_than_processes.at(
            "accelerate", "gpu_ids", on="value", count=count, processes=asked
        )


@rule("TN485", Severity.ERROR, "Port {port} is taken on the machine that it will run on")
def port_is_taken(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Another program listens where the processes are to meet.

    Why: accelerate looks before it starts them, torch when the first one begins to listen. Where nothing is
    said about the port it is 29500. On one machine accelerate since 1.8 takes another port by itself.
    Library: accelerate: ConnectionError, Tried to launch distributed communication on port `29500`, but
    another process is utilizing it; torch: RuntimeError, The server socket has failed to listen.
    Flags:
        # ports 29500
        # packages accelerate 1.6.0
        accelerate: {num_processes: 2, distributed_type: MULTI_GPU}
        ---
        # ports 29501
        accelerate: {num_processes: 4, num_machines: 2, distributed_type: MULTI_GPU, main_process_port: 29501}
    Accepts:
        # launch torchrun --standalone --nproc_per_node 2 train.py train.yaml
        # ports 29500
        # script Trainer(m)
        num_train_epochs: 1
        per_device_train_batch_size: 2
        ---
        # ports 29500
        # packages accelerate 1.10.1
        accelerate: {num_processes: 2, distributed_type: MULTI_GPU}
        ---
        # ports 29500
        accelerate: {num_processes: 2, distributed_type: MULTI_GPU, main_process_port: 29501}
        ---
        # ports 29500
        accelerate: {num_processes: 1}
        ---
        # ports 29500
        accelerate: {num_processes: 2, distributed_type: MULTI_GPU, machine_rank: 1, num_machines: 2}
    """
    # Of a machine without a profile nobody asks: what listens there now may be gone by then.
    taken, started = facts.get(PORTS_IN_USE) or frozenset(), facts.get(STARTED)
    written = recipe.accelerate.get("main_process_port")
    port = started.port if started is not None and started.port is not None else written
    port = PORT if port is None else int(port) if str(port).isdecimal() else None
    several = (facts.get(WORLD_SIZE) or 1) > 1
    if recipe.accelerate.get("num_machines") in (None, 1) and _takes_another_port(recipe, facts):
        return
    if recipe.accelerate.get("machine_rank") in (None, 0) and several and port in taken:
        key = "main_process_port" if written is not None else "num_processes"
        path: RecipePath = ("accelerate", key) if recipe.accelerate else ()
        free = next(one for one in range(PORT, PORT + 100) if one not in taken)
        where: RecipePath = ("accelerate", "main_process_port")
        fix = Fix(f"Change to {free}", (SetValue(where, str(free)),), preferred=True)
        yield port_is_taken.at(*path, on="value", port=port, fixes=(fix,) if written is not None else ())


def _takes_another_port(recipe: Recipe, facts: Facts) -> bool:
    """Whether accelerate may start it, in a release that looks for a free port."""
    started = facts.get(STARTED)
    by_accelerate = bool(recipe.accelerate) or (started is not None and started.program == "accelerate")
    return by_accelerate and before(facts.get(VERSIONS) or {}, "accelerate", (1, 8)) is not True


@rule(
    "TN486",
    Severity.ERROR,
    "compute_environment is AMAZON_SAGEMAKER, which takes no {key}",
    needs=(VERSIONS,),
)
def keys_of_another_environment(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An accelerate config for SageMaker holds keys of one for one's own machines.

    Why: such a config has keys of its own; the launch ends before a process is started.
    Library: accelerate, SageMakerConfig.from_yaml_file: ValueError, The config file … had unknown keys.
    Flags:
        # packages accelerate 0.33.0
        accelerate: {compute_environment: AMAZON_SAGEMAKER, machine_rank: 0, num_processes: 1}
    Accepts:
        # packages accelerate 0.33.0
        accelerate: {compute_environment: AMAZON_SAGEMAKER, ec2_instance_type: ml.p3.2xlarge}
        ---
        # packages accelerate 0.33.0
        accelerate: {compute_environment: LOCAL_MACHINE, machine_rank: 0, num_processes: 1}
    """
    checks = before(facts[VERSIONS], "accelerate", (0, 20)) is False
    wrong = [key for key in recipe.accelerate if key in CLUSTER]
    if recipe.accelerate.get("compute_environment") == "AMAZON_SAGEMAKER" and wrong and checks:
        path = ("accelerate", "compute_environment")
        fix = Fix("Change to LOCAL_MACHINE", (SetValue(path, "LOCAL_MACHINE"),), preferred=True)
        yield keys_of_another_environment.at(*path, on="value", key=", ".join(wrong), fixes=(fix,))


@rule(
    "TN487",
    Severity.ERROR,
    "device_map spreads the model over {here} GPUs, and each of {world} processes would do so",
    needs=(GPUS, WORLD_SIZE, SCRIPT_USE),
)
def spread_by_each_process(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model that is spread over all GPUs is trained by several processes.

    Why: several processes each need the model on a GPU of their own; spreading it is for one process.
    Library: accelerate: ValueError, You can't train a model that has been loaded with `device_map='auto'` in
    any distributed mode; torch: ValueError, DistributedDataParallel device_ids and output_device arguments.
    Flags:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", device_map=args.device_map))
        device_map: auto
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # gpus 2 x A100, 8.0, 80 GiB
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", device_map=args.device_map))
        device_map: auto
        num_train_epochs: 1
    """
    load = recipe.model.load if recipe.model else {}
    use, here = facts[SCRIPT_USE], sum(gpu.count for gpu in facts[GPUS])
    literal = use.loads.get(use.model_class or "", {}).get("device_map", "").strip("'\"")
    spread = load.get("device_map", literal)
    apart = recipe.deepspeed or recipe.train.get("deepspeed") or recipe.train.get("fsdp")
    if spread in ANYWHERE and facts[WORLD_SIZE] > 1 and here > 1 and use.trainer and not apart:
        path: RecipePath = ("model", "load", "device_map") if "device_map" in load else ()
        yield spread_by_each_process.at(*path, on="value", here=here, world=facts[WORLD_SIZE])


TRAINING = (fewer_gpu_ids_than_processes, port_is_taken, keys_of_another_environment)
FOREIGN = (launch_starts_too_many, spread_by_each_process)
