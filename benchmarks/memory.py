"""What a process of each kind needs of its own, with SQLite and the demonstration site."""

import os
import sqlite3
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from _web import LOGIN, Target, manage, process, site, wrk

DATABASES = ["sqlite"]


def main() -> None:
    manage("prepare", "--demo", "--first-login", LOGIN)
    with ExitStack() as running:
        address = running.enter_context(site("clinic.settings"))
        for path in ("/guides/iliopsoas/", "/book/", "/guides/iliopsoas/?rendered"):
            wrk(Target(path, address + path), 3)
        web = private_of_all(["-m granian", f"--port {address.rpartition(':')[2]}"])
        worker = running.enter_context(process([sys.executable, "manage.py", "worker"], {}))
        until_worker_has_done_a_round()
        print("| memory of its own | MB |\n|---|---|")
        print(f"| web server, after 9 s of load | {web:.0f} |\n| worker | {private(worker):.0f} |")


def until_worker_has_done_a_round() -> None:
    """Only then has it loaded everything that it needs."""
    with sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        asked = "SELECT count(*) FROM bookings_heartbeat WHERE name = 'worker'"
        deadline = time.monotonic() + 120
        while database.execute(asked).fetchone() == (0,):
            if time.monotonic() > deadline:
                sys.exit("The worker did nothing for two minutes.")
            time.sleep(1)


def private_of_all(words: list[str]) -> float:
    """The private memory (MB) of all processes whose command holds these words."""
    found = 0.0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if all(word in command for word in words):
            found += private(int(path.parent.name))
    return found


def private(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    lines = [line for line in rollup.splitlines() if line.startswith("Private_")]
    return sum(int(line.split()[1]) for line in lines) / 1024


if __name__ == "__main__":
    main()
