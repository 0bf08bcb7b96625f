"""Why no run can be kept in a folder."""

from __future__ import annotations

import errno
from pathlib import Path

from tunesmith.core import locks


def unwritable(folder: Path, error: OSError) -> str:
    """Why no run can be kept there, and what to do."""
    if isinstance(error, locks.NoLocks):
        return str(locks.NoLocks(folder, error.reason))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of {folder} is full. Free some space and train again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"Runs are kept beside their recipe, and nothing can be written into {folder}: {error.strerror}. "
            f"Copy the recipe into a folder that is yours."
        )
    return f"The run could not be made in {folder}: {error}"
