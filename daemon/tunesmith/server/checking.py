"""Check one text as what it is: a recipe, a file of somebody else's, or nothing that concerns us."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tunesmith.dialects.launched import Launched, launched
from tunesmith.dialects.likely import has_right_name, is_candidate, is_likely, is_script
from tunesmith.facts.document import Document
from tunesmith.facts.gather import Values, own_target
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import located
from tunesmith.facts.sources import Look, Source
from tunesmith.facts.target import Target
from tunesmith.facts.target_file import TargetFile
from tunesmith.ide.foreign import as_opened
from tunesmith.rules.check import Report, check
from tunesmith.rules.foreign import ForeignReport, check_foreign
from tunesmith.stages.recipe import SUFFIX
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Tree, plain

Checked = Report | ForeignReport
NO_YAML = Tree("", (), None, ())


@dataclass(frozen=True)
class Outcome:
    """`launch` is the file whose command line counts as the launch; None: nobody wrote one."""

    checked: Checked
    launch: Path | None = None


@dataclass(frozen=True)
class Circumstances:
    """What a check is told beside the text. `target` counts for all files, `usual_target` for those that name
    none; `roots` are the open folders; `texts` what is being written in files that others link to."""

    interpreter: Interpreter | None = None
    target: Path | None = None
    usual_target: Path | None = None
    roots: tuple[Path, ...] = ()
    texts: Mapping[Path, str] = field(default_factory=dict[Path, str])


def is_concerned(file: Path) -> bool:
    """Whether a file of this name can be ours, or be linked from one."""
    return file.name.endswith(SUFFIX) or has_right_name(file) or is_script(file)


def check_text(
    file: Path,
    text: str,
    about: Circumstances,
    look: Look,
    read: Callable[[str], Tree] = parse,
) -> Outcome | None:
    """All that is known to be wrong with `text`; None for a file that is not surely one of ours. What `look`
    does not know stays unknown."""
    seen = overlaid(look, about.texts)
    is_recipe = file.name.endswith(SUFFIX)
    if not is_recipe and not is_likely(file, text) and not _is_launched(file, text, about.roots, seen):
        return None
    tree = NO_YAML if is_script(file) else read(text)
    values = plain(tree.root)
    if is_recipe:
        target = target_at(about.target or _own_target(file, values) or about.usual_target, seen)
        return Outcome(check(text, file.parent, about.interpreter, seen, lambda _: tree, target))
    target = target_at(about.target or about.usual_target, seen)
    start = _launched(file, values, about.roots, seen)
    found = check_foreign(
        file, text, start.folder, seen, start.launch, target, about.interpreter, lambda _: tree
    )
    return None if found is None else Outcome(found, start.origin)


def target_at(path: Path | None, look: Look) -> Target | None:
    """A profile that cannot be read is none: nothing is known then of where training will run."""
    if path is None:
        return None
    found: TargetFile | None = look(Source("target", path))
    return (found.target if found else None) or Target()


def _own_target(file: Path, values: object) -> Path | None:
    named = own_target(cast(Values, values)) if isinstance(values, Mapping) else None
    return located(file.parent, named) if named else None


def overlaid(look: Look, texts: Mapping[Path, str]) -> Look:
    """A look that sees linked files as they stand in the editor."""

    def seen(source: Source) -> Any:
        known = look(source)
        text = texts.get(as_opened(source.path)) if source.kind == "document" else None
        return known if text is None else Document(source.path, text)

    return seen


def links_to(sources: Iterable[Source], path: Path) -> bool:
    """Whether a check that asked for `sources` read the text of `path`."""
    return any(one.kind == "document" and as_opened(one.path) == path for one in sources)


def _is_launched(file: Path, text: str, roots: tuple[Path, ...], look: Look) -> bool:
    return is_candidate(file, text) and _launched(file, {}, roots, look).origin is not None


def _launched(file: Path, values: object, roots: tuple[Path, ...], look: Look) -> Launched:
    around = [root for root in roots if file.is_relative_to(root)]
    nearest = max(around, key=lambda root: len(root.parts), default=None)
    keys = cast(Mapping[str, object], values) if isinstance(values, Mapping) else {}
    return launched(file, keys, nearest, look)
