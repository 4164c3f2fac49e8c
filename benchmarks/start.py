"""How long things take to start, and what a process of each kind needs."""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from _web import ROOT, Target, free_port, manage, process, site, wrk

DATABASES = ["sqlite"]
TIMES = 5


def main() -> None:
    login = Path(os.environ["VAR_DIR"]) / "login"
    first = seconds(lambda: manage("prepare", "--demo", "--first-login", str(login)))
    run = statistics.median(warm_start() for _ in range(TIMES))
    commands = {
        name: statistics.median(seconds(lambda name=name: quiet(name)) for _ in range(TIMES))
        for name in ("check", "prepare", "worker --once", "health")
    }
    bare = statistics.median(seconds(bare_python) for _ in range(TIMES))
    django = statistics.median(seconds(only_setup) for _ in range(TIMES))
    with ExitStack() as running:
        address = running.enter_context(site("clinic.settings"))
        for path in ("/guides/iliopsoas/", "/book/", "/guides/iliopsoas/?rendered"):
            wrk(Target(path, address + path), 3)
        web = memory(["-m granian", f"--port {address.rpartition(':')[2]}"])
        worker = running.enter_context(process([sys.executable, "manage.py", "worker"], {}))
        time.sleep(5)
        sizes = {"web server, after 9 s of load": web, "worker": private(worker)}
    print("| start | seconds |\n|---|---|")
    print(f"| `make run`, from warm, to the first page | {run:.1f} |")
    print(f"| first `prepare --demo`, static files packed | {first:.1f} |")
    for name, taken in commands.items():
        print(f"| `manage.py {name}` | {taken:.2f} |")
    print(f"| of these, importing the project (`django.setup()`) | {django - bare:.2f} |")
    print("\n| memory of its own | MB |\n|---|---|")
    for name, size in sizes.items():
        print(f"| {name} | {size:.0f} |")
    print("\nThe slowest packages to import (`python -X importtime`), each by itself:\n")
    print("| module | ms |\n|---|---|")
    for name, taken in imports()[:8]:
        print(f"| `{name}` | {taken:.0f} |")


def seconds(action) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def quiet(command: str) -> None:
    arguments = [sys.executable, "manage.py", *command.split()]
    subprocess.run(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def bare_python() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def only_setup() -> None:
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], cwd=ROOT, check=True)


def warm_start() -> float:
    """From the command to the first page that a reader sees."""
    port = free_port()
    began = time.monotonic()
    command = [sys.executable, "bin/run.py"]
    with process(command, {"PORT": str(port)}, ready=f"http://127.0.0.1:{port}/guides/iliopsoas/"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/guides/iliopsoas/").read()
        return time.monotonic() - began


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


def imports() -> list[tuple[str, float]]:
    """Packages by the time that importing them takes, the slowest first."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import django; django.setup()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    own: dict[str, float] = {}
    for line in done.stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            package = parts[2].strip().partition(".")[0]
            own[package] = own.get(package, 0) + int(parts[0]) / 1000
    return sorted(own.items(), key=lambda pair: -pair[1])


if __name__ == "__main__":
    main()
