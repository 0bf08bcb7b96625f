"""A run as a text to read and to compare: YAML, one part after the other, the same run always the same text.

It tells what the files of the run folder say and nothing else, in an order of its own, with times in UTC.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.runs import notes, shares, store
from tunesmith.runs.kept import content, part, record, text
from tunesmith.runs.resolved import differing, flat
from tunesmith.runs.scalars import number, scalar
from tunesmith.runs.view import RunView
from tunesmith.stages import run_policy

HEAD = "Run"
ABSENT = "# not kept: the run is older than this part\n"
LARGEST_PATCH = 64 * 1024 * 1024
CHANGED = re.compile(rb'^diff --git "?a/.*? "?b/(.*?)"?$')


def document(run: RunFolder) -> str:
    """All parts in one text. Raises what `store.look` raises for a folder that is no run."""
    parts = sections(run)
    rest = "".join(f"\n--- # {title}\n{body}" for title, body in parts.items() if title != HEAD)
    return parts[HEAD] + rest


def sections(run: RunFolder) -> dict[str, str]:
    """The parts by their titles; the first one says which run it is."""
    view = store.look(run)
    spec, environment = record(run.spec), record(run.environment)
    folder = str(Path(view.recipe).parent)
    return {
        HEAD: _head(run, view, spec),
        "Recipe": (text(run.recipe) or ABSENT).rstrip("\n") + "\n",
        "Values that differ from the defaults": _values(spec, folder) or "# none\n",
        "Final metrics": _metrics(view),
        "Code": _code(run),
        "Data": "".join(_data(record(run.data), folder)) or ABSENT,
        "Machine": _machine(environment, spec),
        **({"Model in parts": _present(seen)} if (seen := shares.held(run)) else {}),
        "Packages": _lines(part(environment, "packages")) or ABSENT,
    }


def _head(run: RunFolder, view: RunView, spec: Mapping[str, Any]) -> str:
    written = notes.read(run)
    facts: dict[str, Any] = {
        "run": view.id,
        "recipe": view.recipe,
        "started": _time(view.created),
        "state": view.cause or view.state,
        "message": view.message,
        "attempts": view.attempt,
        "parent": spec.get("parent"),
        "note": written.note or None,
        "tags": list(written.tags) or None,
    }
    return f"# {_one_line(view.name)} #{view.id[-4:]}\n{_present(facts)}"


def _values(spec: Mapping[str, Any], folder: str) -> str:
    config = part(dict(spec), "config")
    found = differing(config, str(spec.get("stage")), folder)
    usual = dict(flat(run_policy.resolved(None)))
    asked = flat(part(dict(spec), "policy"))
    policy = {f"run.{key}": value for key, value in asked if value != usual.get(key)}
    return _lines(found) + _lines(policy)


def _metrics(view: RunView) -> str:
    facts: dict[str, Any] = {"step": view.step, "epoch": view.epoch, "loss": view.loss}
    return _present(facts) + _lines(view.metrics)


def _code(run: RunFolder) -> str:
    source = record(run.source)
    if not source:
        return "# in no repository\n" if run.data.exists() else ABSENT
    facts = {name: source.get(name) for name in ("repository", "folder", "commit", "branch", "remote")}
    left_out = source.get("left_out")
    return _present({**facts, "left out": left_out or None}) + "".join(_patch(run.patch))


def _patch(path: Path) -> Iterator[str]:
    """The files that were changed, with lines that came and went, and a hash of it all."""
    patch = content(path, LARGEST_PATCH)
    if not patch:
        yield "uncommitted: null\n"
        return
    changed: dict[str, list[int]] = {}
    counts = [0, 0]
    for line in patch.split(b"\n"):
        if found := CHANGED.match(line):
            counts = changed.setdefault(found[1].decode("utf-8", "replace"), [0, 0])
        elif line.startswith(b"+") and not line.startswith(b"+++ "):
            counts[0] += 1
        elif line.startswith(b"-") and not line.startswith(b"--- "):
            counts[1] += 1
    yield f"uncommitted: # {hashlib.sha256(patch).hexdigest()[:16]}\n"
    for name, (came, went) in sorted(changed.items()):
        yield f"  {scalar(name)}: +{came} -{went}\n"


def _data(data: Mapping[str, Any], folder: str) -> Iterator[str]:
    for key in sorted(data):
        found = part(dict(data), key)
        path = str(found.get("path", ""))
        inside = path.startswith(folder + "/")
        facts: dict[str, Any] = {"path": path[len(folder) + 1 :] if inside else path}
        if found.get("revision"):
            facts["revision"] = found["revision"]
        else:
            facts |= {"files": found.get("files"), "bytes": found.get("size"), **_content(found)}
        yield f"{scalar(key)}:\n" + "".join(f"  {line}\n" for line in _lines(facts).splitlines())


def _content(found: Mapping[str, Any]) -> dict[str, Any]:
    """What tells the content apart, and how much of it was looked at."""
    if found.get("files") == 0:
        return {"content": "nothing is there"}
    digest = found.get("hash")
    if not isinstance(digest, str):
        return {"content": "not read in time", "changed": _time(found.get("modified"))}
    return {"content" if found.get("read") == "whole" else "content, sampled": digest}


def _machine(environment: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    names = ("host", "system", "release", "architecture", "cpu", "cpus", "memory", "accelerators", "gpus")
    names = (*names, "driver", "python", "interpreter", "variables")
    facts = {name: environment.get(name) for name in names}
    return _present({**facts, "tunesmith": spec.get("version")})


def _present(facts: Mapping[str, Any]) -> str:
    """In the given order, without what is not known."""
    return "".join(
        f"{scalar(name)}: {scalar(value)}\n" for name, value in facts.items() if value not in (None, [], {})
    )


def _lines(facts: Mapping[str, Any]) -> str:
    return "".join(f"{scalar(name)}: {scalar(value)}\n" for name, value in sorted(facts.items()))


def _time(seconds: object) -> str:
    try:
        moment = time.gmtime(float(str(seconds)))
    except (ValueError, OverflowError, OSError):
        return number(float("nan"))
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", moment)


def _one_line(name: str) -> str:
    return " ".join(name.split())
