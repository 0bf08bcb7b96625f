"""Putting the debugger's tracing on the training thread, and taking it off again.

Python 3.11 and older trace each thread by a function that only that thread can set. Left behind by a debugger
that has gone, it makes every call of the training slower. pydevd is loaded already when this is used.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from typing import Any

_Pending = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)

_wanted = False
"""What the main thread does when it comes to it: by then the debugger may have gone, or another one come."""

_called = False
"""Whether the main thread has a call to come, or is in it. A second one meanwhile would hold it for ever: a
traced frame of Python 3.11 looks again and again at a call that waits, and none begins before this ends."""

_lock = threading.Lock()


def start() -> None:
    """Trace the main thread once it runs Python again; on few machines can debugpy do that from here."""
    _want(True)


def stop() -> None:
    """Trace nothing any more, once the main thread runs Python again."""
    _want(False)


def never_in_forks() -> None:
    """Processes forked from here on, like data-loading workers, are not traced: nobody debugs them."""
    os.register_at_fork(after_in_child=_untrace)


def _want(traced: bool) -> None:
    """Have the main thread do it between two bytecodes, as it does with signal handlers."""
    global _wanted, _called
    with _lock:
        _wanted = traced
        if not _called and ctypes.pythonapi.Py_AddPendingCall(_DO, None) != 0:
            raise RuntimeError("the main thread takes no calls: too many wait already")
        _called = True


def _do(_: object) -> int:
    done = None
    while (wanted := _next(done)) is not None:
        done = wanted
        try:
            if wanted:
                _trace()
            else:
                _untrace()
        except Exception as error:  # noqa: BLE001 - it would be lost in C code
            print(f"tunesmith: tracing could not be changed: {error!r}", file=sys.stderr, flush=True)
    return 0


def _next(done: bool | None) -> bool | None:
    """What is wanted, when it differs from what was done last; else the call ends."""
    global _called
    with _lock:
        _called = done != _wanted
        return _wanted if _called else None


_DO: Any = _Pending(_do)  # C code holds no reference to it.


def _trace() -> None:
    import debugpy  # noqa: T100 - on request

    debugpy.trace_this_thread(True)


def _untrace() -> None:
    """`pydevd.stoptrace`, but for the connection: that is a later debugger's, or in a fork the parent's."""
    import pydevd_tracing  # pyright: ignore[reportMissingImports] - debugpy brings it
    from _pydev_bundle import pydev_monkey  # pyright: ignore[reportMissingImports]

    if sys.version_info >= (3, 12):
        from _pydevd_sys_monitoring import pydevd_sys_monitoring

        pydevd_sys_monitoring.stop_monitoring(all_threads=True)
    else:
        pydevd_tracing.restore_sys_set_trace_func()
        sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # None takes it off.
    pydev_monkey.undo_patch_thread_modules()
