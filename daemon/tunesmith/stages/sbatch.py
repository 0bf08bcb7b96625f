"""The long options of sbatch up to 24.11 that a recipe may give, as Slurm documents them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """`words` are all that it takes, or with `more` some of them; of a flag there are none."""

    name: str
    help: str
    type: str = "text"
    words: tuple[str, ...] = ()
    more: bool = True


def _option(name: str, help: str, *words: str, more: bool = True) -> Option:
    return Option(name, help, "text" if more else " | ".join(words), words, more)


def _count(name: str, help: str, *words: str) -> Option:
    return Option(name, help, "whole number", words)


def _flag(name: str, help: str) -> Option:
    return Option(name, help, "true or false", ("true", "false"), more=False)


_ALL = (
    # What a job is, in the order in which people ask for it.
    _option("partition", "The partition, or several, of which the one that starts it first counts."),
    _count("nodes", "How many machines. Each starts its share of the processes.", "2", "4"),
    _option("gpus-per-node", "GPUs of each machine, with a type before a colon where it matters.", "1", "8"),
    _count("cpus-per-task", "CPUs of each machine, for all of its processes.", "8", "16"),
    _option("time", "The longest the job may take; a plain number counts minutes.", "4:00:00", "1-00:00:00"),
    _option("mem", "Memory of each machine; 0 is all of it.", "64G", "0"),
    _option("account", "The account that pays for it."),
    _option("qos", "The quality of service, which sets limits and priority."),
    _option("constraint", "Features that the machines must have; `&` and `|` join them."),
    _option("job-name", "Its name in the queue. Default: `tunesmith-` and the name of the recipe."),
    _option("exclusive", "Share the machines with no other job.", "true", "user", "mcs"),
    _option("requeue", "Start again after machines failed or were taken back.", "true", "false", more=False),
    _option("nodelist", "Machines that it must have.", "node[01-02]"),
    _option("exclude", "Machines that it must not have.", "node[03,07]"),
    _option("reservation", "Take the machines from this reservation."),
    _option("dependency", "Wait for other jobs.", "afterok:", "afterany:", "after:", "singleton"),
    _option("begin", "Do not start before.", "now+1hour", "16:00", "2027-01-31T12:00:00"),
    _option("deadline", "Do not start when it cannot end before."),
    _option(
        "mail-type", "When mail is sent.", "NONE", "BEGIN", "END", "FAIL", "REQUEUE", "TIME_LIMIT", "ALL"
    ),
    _option("mail-user", "Who gets the mail. Default: whoever submits."),
    _option("comment", "Words of your own about the job."),
    # GPUs.
    _option("gpus", "GPUs of all machines together; it must share out evenly.", "4"),
    _option("gpus-per-task", "GPUs of each launcher, of which a machine has one."),
    _option("gpus-per-socket", "GPUs of each socket; needs sockets_per_node."),
    _count("cpus-per-gpu", "CPUs for each GPU."),
    _option("mem-per-gpu", "Memory for each GPU.", "64G"),
    _option("gres", "Generic resources of each machine: name, type, count.", "gpu:1", "gpu:a100:4"),
    _option("gres-flags", "How GPUs and CPUs belong together.", "disable-binding", "enforce-binding"),
    _option("gpu-bind", "Which GPUs a task sees.", "none", "closest", "single:1"),
    _option("gpu-freq", "The clock of the GPUs.", "low", "medium", "high", "highm1"),
    _option("tres-per-task", "Trackable resources of each launcher.", "cpu:8", "gres/gpu:4"),
    _option("tres-bind", "How those are bound to it.", "gres/gpu:closest"),
    # CPUs and memory.
    _option("mem-per-cpu", "Memory for each CPU.", "4G"),
    _option("mem-bind", "How memory is bound.", "none", "local", "quiet"),
    _count("mincpus", "CPUs that each machine must have at least."),
    _count("cores-per-socket", "Cores that each socket must have at least."),
    _count("sockets-per-node", "Sockets that each machine must have at least."),
    _count("threads-per-core", "Threads of a core that are used.", "1", "2"),
    _option("extra-node-info", "Sockets, cores and threads in one.", "2:16:2"),
    _option("hint", "What binds it.", "compute_bound", "memory_bound", "multithread", "nomultithread"),
    _count("ntasks-per-core", "Most tasks of a core."),
    _count("ntasks-per-gpu", "Tasks of a GPU."),
    _count("ntasks-per-socket", "Most tasks of a socket."),
    _option("distribution", "How tasks are laid out.", "block", "cyclic", "plane=4", "arbitrary"),
    _option("cpu-freq", "The clock of the CPUs.", "low", "medium", "high", "performance", "powersave"),
    _count("core-spec", "Cores of each machine that are left to the system."),
    _count("thread-spec", "Threads of each machine that are left to the system."),
    _option("tmp", "Room on each machine's temporary disk.", "100G"),
    _flag("overcommit", "Put several tasks on one CPU."),
    _flag("oversubscribe", "Let other jobs have the machines, too."),
    _flag("contiguous", "Take machines that stand side by side."),
    _flag("spread-job", "Spread it over as many machines as possible."),
    _flag("use-min-nodes", "Take the fewest of the machines that would do."),
    _option("switches", "Most network switches between the machines, and how long to wait for it.", "1@2:00"),
    _option("network", "Of the interconnect, what the system knows of it."),
    _option("segment", "Size of the blocks in which machines are taken."),
    _option("nodefile", "A file with the machines that it must have."),
    # Waiting, priority and the end.
    _option("time-min", "The shortest time that would do, for a job that may start sooner with it."),
    _option("nice", "Lower its priority by so much.", "100"),
    _option("priority", "Its priority, where that is allowed.", "TOP"),
    _flag("hold", "Submit it and let it wait until it is released."),
    _flag("no-requeue", "Never start it again."),
    _flag("immediate", "Start it at once or not at all."),
    _flag("reboot", "Restart the machines before."),
    _option("kill-on-invalid-dep", "End it when its dependency cannot be met.", "yes", "no", more=False),
    _option("no-kill", "Keep it when a machine fails; the training would not go on.", "true", "off"),
    _option("oom-kill-step", "End the whole step when one task is out of memory.", "0", "1", more=False),
    _option("delay-boot", "How long to wait for machines that must be started for it."),
    _option("wait-all-nodes", "Start when all machines are up.", "0", "1", more=False),
    # Environment and accounting.
    _option("export", "Variables that it gets; ALL: those of whoever submits.", "ALL", "NONE", "NIL"),
    _option("export-file", "A file with variables that it gets."),
    _option("get-user-env", "The environment of a login on the machine."),
    _option("propagate", "Limits of whoever submits that hold there.", "ALL", "NONE", "NOFILE", "MEMLOCK"),
    _option("profile", "What is measured.", "none", "all", "energy", "task", "lustre", "network"),
    _option("acctg-freq", "How often it is measured, in seconds.", "task=30", "0"),
    _option("power", "Of the power plugin."),
    _option("wckey", "A key of accounting."),
    _option("licenses", "Licenses that it uses."),
    _option("mcs-label", "Its label of multi-category security."),
    _option("extra", "Anything that the site filters machines by."),
    _option("prefer", "Features that would be good and need not be."),
    _option("batch", "Features that the first of its machines must have."),
    _option("cluster-constraint", "Features that the cluster must have."),
    _option("clusters", "Submit to one of these clusters.", "all"),
    _option("container", "Run in this OCI bundle."),
    _option("container-id", "Name of that container."),
    _option("bb", "What it asks of a burst buffer."),
    _option("bbf", "A file that says so."),
    _option("resv-ports", "Reserve so many ports."),
    _flag("stepmgr", "Manage its steps on its first machine."),
    _option("uid", "Submit as this user; for root."),
    _option("gid", "Submit as this group; for root."),
    _flag("ignore-pbs", "Read no PBS options."),
    _flag("quiet", "Say nothing but errors."),
    _flag("verbose", "Say more."),
)
OPTIONS = {each.name: each for each in _ALL}
