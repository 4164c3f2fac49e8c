"""Long commands may be stopped: Ctrl-C and SIGTERM end them tidily, and they can be run again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def graceful_exit() -> Iterator[None]:
    """Within it SIGTERM unwinds like Ctrl-C, so that temporary files go; either ends without a trace."""

    def stop(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing is half done; run it again whenever you like.\n")
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)
