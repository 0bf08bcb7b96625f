"""A file at one version, checked with what was known then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pygls.uris import to_fs_path

from tunesmith.dialects.recognise import YAML
from tunesmith.ide.foreign import as_opened
from tunesmith.rules.check import Report
from tunesmith.rules.foreign import ForeignReport
from tunesmith.syntax.tree import Tree


@dataclass(frozen=True)
class Snapshot:
    """`version` is None for a file that is not open. `launch`: the file whose command line counts."""

    uri: str
    version: int | None
    folder: Path
    checked: Report | ForeignReport
    launch: Path | None = None

    @property
    def report(self) -> Report | None:
        """That of a recipe."""
        return self.checked if isinstance(self.checked, Report) else None

    @property
    def foreign(self) -> ForeignReport | None:
        """That of somebody else's file."""
        return None if isinstance(self.checked, Report) else self.checked

    @property
    def yaml(self) -> Path | None:
        """The file, where it is written in YAML."""
        if isinstance(self.checked, Report):
            return Path(to_fs_path(self.uri) or self.uri)
        file = self.checked.reading.file
        return file if file.suffix.lower() in YAML else None

    @property
    def tree(self) -> Tree | None:
        """The text as it was read, where it is YAML."""
        if isinstance(self.checked, Report):
            return self.checked.tree
        return self.checked.reading.documents[self.checked.reading.file] if self.yaml else None

    def is_of(self, texts: Mapping[Path, str]) -> bool:
        """Whether it was checked with the files as `texts` has them: else its places are elsewhere now."""
        documents = self.foreign.reading.documents if self.foreign else {}
        return all(tree.text == texts.get(as_opened(path), tree.text) for path, tree in documents.items())

    @property
    def kind(self) -> str:
        """What people call such a file."""
        return "recipe" if isinstance(self.checked, Report) else self.checked.reading.dialect.value
