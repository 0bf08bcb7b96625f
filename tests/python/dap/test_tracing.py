"""Tracing that is put on and taken off from another thread, while the main thread is about it already."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """\
import sys
import threading
from tunesmith.runtime import tracing

done = []

def traced(frame, event, argument):
    return traced

def other(name, then):
    def act():
        done.append(name)
        for want in then.pop(0) if then else []:
            thread = threading.Thread(target=want)
            thread.start()
            thread.join()
    return act

tracing._trace = other("on", [[tracing.stop], [tracing.stop, tracing.start]])
tracing._untrace = other("off", [[tracing.start]])
sys.settrace(traced)
thread = threading.Thread(target=tracing.start)
thread.start()
thread.join()
while len(done) < 3:
    pass
sys.settrace(None)
thread = threading.Thread(target=tracing.stop)
thread.start()
thread.join()
while len(done) < 4:
    pass
print(*done)
"""


def test_the_main_thread_is_asked_anew_while_it_is_about_it() -> None:
    """What it does last is what was wanted last, and it is never held."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.split() == ["on", "off", "on", "off"]
