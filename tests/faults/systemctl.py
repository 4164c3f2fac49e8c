"""As much of systemctl as deploy/upgrade.sh asks for: it ends and starts the processes of unit files.

`UNITS` is the folder of the unit files, `RUN` the one for process ids and logs, and `CLINIC_HOME`
stands for /opt/clinic. As with systemd, only the unit's own command decides where a process has its code.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path


def main(verb: str, *rest: str) -> int:
    if verb == "restart":
        restart(rest[0])
    if verb == "list-units":
        for path in sorted(run().glob("clinic-web@*.pid")):
            sys.stdout.write(f"{path.stem}.service loaded active running\n")
    return 0


def run() -> Path:
    return Path(os.environ["RUN"])


def restart(name: str) -> None:
    end(name)
    template, _, port = name.partition("@")
    unit = Path(os.environ["UNITS"]) / f"{template}{'@' if port else ''}.service"
    line = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    assert line, unit
    command = line[1].replace("%i", port).replace("/opt/clinic", os.environ["CLINIC_HOME"])
    with (run() / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            command.split(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (run() / f"{name}.pid").write_text(str(child.pid))


def end(name: str) -> None:
    """Ask it to end, and wait until it has; after 20 s insist, as TimeoutStopSec says."""
    file = run() / f"{name}.pid"
    if not file.exists():
        return
    pid, until = int(file.read_text()), time.monotonic() + 20
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while is_running(pid) and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(pid, signal.SIGKILL)
    file.unlink()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
