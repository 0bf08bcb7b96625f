"""The Pythons that can be chosen for training, and whether one of them and this machine are fit for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tunesmith.facts.environments import Found, environments, identity
from tunesmith.facts.fitness import REQUIREMENTS, unfit
from tunesmith.facts.packages import versions
from tunesmith.facts.prefix import name_of
from tunesmith.server.chosen import chosen
from tunesmith.server.confine import inside
from tunesmith.server.messages.environments import (
    CheckEnvironment,
    EnvironmentReport,
    EnvironmentRow,
    FoundInterpreter,
    InterpreterList,
    ListInterpreters,
)
from tunesmith.server.refused import Refused
from tunesmith.server.session import Session


async def list_interpreters(session: Session, params: ListInterpreters) -> InterpreterList:
    """Looks at files alone, so it is answered in untrusted workspaces too."""
    return await asyncio.to_thread(_list, session, params)


async def check_environment(session: Session, params: CheckEnvironment) -> EnvironmentReport:
    """Runs the interpreter in one row, and only where that is trusted."""
    folder = Path(params.folder)
    if not inside(folder, session):
        raise Refused(f"{folder} is in none of the open folders. Open it, then check its environment.")
    from tunesmith.doctor.check import check
    from tunesmith.doctor.observe import Asked

    asked = Asked(folder, chosen(session.options, folder), session.options.trusted)
    report = await asyncio.to_thread(check, asked)
    rows = [EnvironmentRow(row.name, row.verdict, row.says, row.advice) for row in report]
    return EnvironmentReport(str(folder), rows)


def _list(session: Session, params: ListInterpreters) -> InterpreterList:
    folder = Path(params.folder)
    used = session.interpreter(folder)
    current = None if used is None else identity(used)
    found = environments(folder if inside(folder, session) else None, params.known)
    if used is not None and all(identity(one.interpreter) != current for one in found):
        found.insert(0, Found(used, "chosen"))
    return InterpreterList([_to_wire(one, identity(one.interpreter) == current) for one in found])


def _to_wire(found: Found, current: bool) -> FoundInterpreter:
    one = found.interpreter
    installed = versions(one.site_packages)
    return FoundInterpreter(
        path=str(one.path),
        name=_name(found),
        kind=one.kind,
        source=found.source,
        version=one.version,
        packages={row.name: installed[row.name] for row in REQUIREMENTS if row.name in installed},
        current=current,
        unfit=unfit(one),
    )


def _name(found: Found) -> str:
    """Outside environments the file, or whose installation it is, tells more than the folder."""
    one = found.interpreter
    if one.kind != "system":
        return name_of(one.prefix)
    return "pyenv" if found.source == "pyenv" else one.path.name
