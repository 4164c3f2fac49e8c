"""How long things take to start, and what a process of each kind needs."""

import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from _web import LOGIN, ROOT, Target, free_port, manage, process, site, wrk

DATABASES = ["sqlite"]
TIMES = 5
GUIDE = "/guides/iliopsoas/"


def main() -> None:
    taken = {"first `prepare --demo`, static files packed": seconds(first_start)}
    taken["`make run`, from warm, to the first page"] = median(warm_start)
    for name in ("check", "prepare", "worker --once", "health"):
        taken[f"`manage.py {name}`"] = median(lambda name=name: quiet("manage.py", *name.split()))
    imported = median(lambda: quiet("-c", "import django; django.setup()"))
    taken["of these, importing the project"] = imported - median(lambda: quiet("-c", ""))
    with ExitStack() as running:
        address = running.enter_context(site("clinic.settings"))
        for path in (GUIDE, "/book/", f"{GUIDE}?rendered"):
            wrk(Target(path, address + path), 3)
        web = memory(["-m granian", f"--port {address.rpartition(':')[2]}"])
        worker = running.enter_context(process([sys.executable, "manage.py", "worker"], {}))
        time.sleep(5)
        sizes = {"web server, after 9 s of load": web, "worker": private(worker)}
    print("| start | seconds |\n|---|---|")
    print("\n".join(f"| {name} | {figure:.2f} |" for name, figure in taken.items()))
    print("\n| memory of its own | MB |\n|---|---|")
    print("\n".join(f"| {name} | {size:.0f} |" for name, size in sizes.items()))


def median(action: Callable[[], object]) -> float:
    return statistics.median(seconds(action) for _ in range(TIMES))


def seconds(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def first_start() -> None:
    manage("prepare", "--demo", "--first-login", LOGIN)


def quiet(*arguments: str) -> None:
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def warm_start() -> None:
    """From the command to the first page that a reader sees."""
    port = free_port()
    page = f"http://localhost:{port}{GUIDE}"
    with process([sys.executable, "bin/run.py"], {"PORT": str(port)}, ready=page):
        urllib.request.urlopen(page).read()


def memory(words: list[str]) -> float:
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
