"""A program that runs while a block lasts, and how to wait until it answers."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from install import ROOT

START_SECONDS = 180  # for a busy computer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    command: list[str], env: dict[str, str], log: Path, *, ready: str = ""
) -> Iterator[int]:
    """Run it until the block ends, once `ready` answers; yields its process id."""
    with log.open("a") as out:
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stdout=out, stderr=out)
    try:
        if ready:
            wait_for(ready, child, log)
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(
    url: str, child: "subprocess.Popen[bytes]", log: Path, headers: dict[str, str] | None = None
) -> None:
    """Until it answers anything; ends the command where it does not, with the end of the log."""
    request = urllib.request.Request(url, headers=headers or {})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            urllib.request.urlopen(request, timeout=5).close()
            return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"{url} does not answer:\n{log.read_text()[-3000:]}")
