"""`make run`: from a fresh clone to a clinic site in the browser, with one command.

Installs what is missing, brings the database up to date, then runs the web server and the mail
worker until Ctrl-C. Standard library only: this file runs before anything is installed.
"""

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from install import ROOT, install

VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
FIRST_LOGIN = VAR / "first-login.txt"
START_SECONDS = 60
STOP_SECONDS = 15


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    port = chosen_port()
    refuse_taken(port)
    python = install("requirements.txt")
    env = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    prepare = [python, "manage.py", "prepare", "--demo", "--first-login", str(FIRST_LOGIN)]
    if subprocess.run(prepare, cwd=ROOT, env=env, start_new_session=True).returncode:
        return 1
    print("Starting the web server and the mail worker…", flush=True)
    return Site(python, port, env).run()


class Site:
    """The web server and the mail worker: both run, or neither does."""

    def __init__(self, python: str, port: int, env: dict[str, str]) -> None:
        self.commands = {
            "web server": [python, "manage.py", "serve"],
            "mail worker": [python, "manage.py", "worker"],
        }
        self.address = f"http://localhost:{port}"
        self.env = env
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = False

    def run(self) -> int:
        # From here on a signal only raises a flag, so that none can fall between the start of a
        # child and the moment we know of it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        try:
            for name, command in self.commands.items():
                self.children[name] = start(command, self.env)
            return self.watch()
        finally:
            self.stop()

    def ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def watch(self) -> int:
        """Until a signal comes (0) or one of the two ends by itself (1)."""
        greeted, give_up = False, time.monotonic() + START_SECONDS
        while not self.asked_to_stop:
            for name, child in self.children.items():
                if child.poll() is not None:
                    print(f"The {name} stopped by itself (exit code {child.returncode}).")
                    return 1
            if not greeted and answers(f"{self.address}/livez"):
                greeted = True
                self.greet()
            elif not greeted and time.monotonic() > give_up:
                print(f"The web server did not answer within {START_SECONDS} s.")
                return 1
            time.sleep(0.1)
        return 0

    def greet(self) -> None:
        print(
            f"\nThe clinic is open at {self.address}/\n\n"
            f"  read    {self.address}/guides/iliopsoas/\n"
            f"  book    {self.address}/book/\n"
            f"  log in  {self.address}/admin/"
        )
        if FIRST_LOGIN.exists():
            inside = FIRST_LOGIN.is_relative_to(ROOT)
            place = FIRST_LOGIN.relative_to(ROOT) if inside else FIRST_LOGIN
            user = FIRST_LOGIN.read_text().partition("\n")[0].removeprefix("user: ")
            print(f"          user name: {user}, password: in {place}")
        print("\nCtrl-C stops it.", flush=True)

    def stop(self) -> None:
        """Ask each child's whole process group to end, and after a while insist."""
        print("Stopping…", flush=True)
        signal_all(self.children, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0, deadline - time.monotonic()))
        signal_all(self.children, signal.SIGKILL)


def start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def end_with_parent() -> None:
    """Linux ends the child with us even where we are killed and cannot say goodbye."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def signal_all(children: dict[str, "subprocess.Popen[bytes]"], number: int) -> None:
    for child in children.values():
        try:
            os.killpg(child.pid, number)
        except (ProcessLookupError, PermissionError):
            continue  # the whole group is gone (macOS says PermissionError of one that ended)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def chosen_port() -> int:
    """PORT from the environment, else from `.env`, else 8000."""
    text = os.environ.get("PORT", "")
    if not text and (ROOT / ".env").exists():
        written = re.search(r"^(?:export )?PORT=(.*)$", (ROOT / ".env").read_text(), re.MULTILINE)
        text = written[1].strip().strip("'\"") if written else ""
    text = text or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        sys.exit(f"PORT is {text!r}; it must be a number from 1 to 65535: PORT=8123 make run")
    return int(text)


def refuse_taken(port: int) -> None:
    problem = ""
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            problem = f"Port {port} is taken: another program answers there."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            problem = f"Port {port} may only be used by root."
        except OSError:
            problem = problem or f"Port {port} is taken."
    if problem:
        other = 8001 if port == 8000 else 8000
        sys.exit(f"{problem}\nChoose another one:  PORT={other} make run")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
