"""`make container`: the images of deploy/container built and tried on this computer, with podman.

First the site alone, on SQLite; then compose.yaml as it stands: PostgreSQL, two web servers, the worker,
backups and nginx with TLS, an upgrade and the way back under load. Needs root and podman. Where no registry
can be reached, Debian's packages stand in for the images that are built upon (container_images.py).
"""

import http.client
import json
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from container_images import DEPLOY, Podman, base_image, database_image
from deployment import unchecked
from install import ROOT, in_venv
from serving import free_port
from visitor import Answer, Visitor, must

NAME = "clinic.example.org"
MOST = 350_000_000
"""Bytes of the site's image."""
UNWANTED = ("cc", "gcc", "g++", "make", "pip", "pip3", "uv", "git", "curl")
SERVICES = ("database", "web1", "web2", "worker", "watch", "proxy")
STRICT = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "all"]
STRICT += ["--security-opt", "no-new-privileges"]


class Trial:
    """Images, a mail server, and one folder for all that is written; gone at the end."""

    def __init__(self, python: str) -> None:
        self.python = python
        self.folder = Path(tempfile.mkdtemp(prefix="clinic-container-", dir="/tmp"))
        self.podman = Podman(self.folder)
        self.ports = {name: free_port() for name in ("http", "https", "alone", "mail")}
        self.mail = subprocess.Popen(
            [python, "-m", "aiosmtpd", "-n", "-l", f"0.0.0.0:{self.ports['mail']}"],
            stdout=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, *_: object) -> None:
        for command in (
            ["rm", "--force", "--volumes", "clinic-alone"],
            ["volume", "rm", "clinic-alone"],
        ):
            self.ended(command)
        if (DEPLOY / ".env").exists():
            subprocess.run(
                [*self.podman.composer(), "down", "--volumes", "--timeout", "5"],
                cwd=DEPLOY,
                env=self.podman.env,
                capture_output=True,
            )
            (DEPLOY / ".env").unlink()
        self.mail.terminate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ended(self, command: list[str]) -> None:
        subprocess.run(["podman", *command], env=self.podman.env, capture_output=True)

    def settings(self) -> dict[str, str]:
        return {
            "HOST": NAME,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_PASSWORD": secrets.token_urlsafe(20),
            "EMAIL_URL": f"smtp://host.containers.internal:{self.ports['mail']}",
            "DEFAULT_FROM_EMAIL": f"Clinic <hello@{NAME}>",
            "MESSAGE_ID_DOMAIN": NAME,
            "FIRST": "--demo",
            "HTTP_PORT": str(self.ports["http"]),
            "HTTPS_PORT": str(self.ports["https"]),
            # All visitors of a trial come from one address.
            "OPEN_HOLDS_PER_NETWORK": "100000",
            "UNPROVEN_HOLDS_A_DAY": "100000",
            "LIMITS": "start=100000/60,ask=100000/60",
        }

    def alone(self, *command: str, more: tuple[str, ...] = ("--rm",)) -> str:
        """The site's image with the volume `clinic-alone`, on SQLite."""
        settings = self.settings() | {
            "CLINIC_MODE": "production",
            "ALLOWED_HOSTS": NAME,
            "SITE_URL": f"https://{NAME}",
            "TRUSTED_PROXY_COUNT": "1",
            "SECRET_KEY": "alone-" + "abcdefghij0123456789" * 3,
            "STATIC_ROOT": "/var/lib/clinic/static",
            "MEDIA_ROOT": "/var/lib/clinic/media",
        }
        given = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
        volume = ["--volume", "clinic-alone:/var/lib/clinic"]
        return self.podman("run", *more, *STRICT, *volume, *given, "clinic:latest", *command)

    def ask_alone(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.ports["alone"], timeout=60)
        headers = {
            "Host": NAME,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
        } | headers
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        port = self.ports["https"]
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=unchecked())
        line.request(method, path, body, {"Host": NAME} | headers)
        answer = line.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def images_that_it_is_built_upon(trial: Trial) -> str:
    return "; ".join(trial.podman.find(image) for image in (base_image(), database_image()))


def both_images_are_built(trial: Trial) -> str:
    began = time.monotonic()
    for image, target in (("clinic:latest", "clinic"), ("clinic-proxy:latest", "proxy")):
        file = str(DEPLOY / "Containerfile")
        trial.podman.build(image, file, str(ROOT), "--target", target)
    size = int(trial.podman("image", "inspect", "--format", "{{.Size}}", "clinic:latest"))
    must(size <= MOST, f"{size:,} bytes")
    return f"{size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s"


def it_holds_no_more_than_it_needs(trial: Trial) -> str:
    found = trial.podman(
        *["run", "--rm", *STRICT, "--entrypoint", "sh", "clinic:latest", "-c"],
        f"id -u; for name in {' '.join(UNWANTED)}; do command -v $name; done; touch /opt/clinic/x; "
        "find / -xdev -perm -4000 -type f -user root 2>/dev/null | wc -l",
    ).splitlines()
    must(found[0] == "10001" and len(found) == 2, found)
    text = trial.podman("run", "--rm", "--entrypoint", "cat", "clinic:latest", "sbom.cdx.json")
    parts = json.loads(text)["components"]
    names = {part["name"] for part in parts}
    must({"django", "granian", "libpq5", "python3", "postgresql-client-17"} <= names, names)
    return f"account {found[0]}, no {', '.join(UNWANTED)}; SBOM of {len(parts)} packages"


def alone_on_sqlite(trial: Trial) -> str:
    began = time.monotonic()
    trial.alone("prepare", "--demo", "--first-login", "/var/lib/clinic/first-login.txt")
    prepared = time.monotonic()
    port = (
        "--detach",
        "--name",
        "clinic-alone",
        "--publish",
        f"127.0.0.1:{trial.ports['alone']}:8000",
    )
    trial.alone(more=port)
    until(lambda: trial.podman("healthcheck", "run", "clinic-alone") == "")
    started = time.monotonic()
    must(Visitor(trial.ask_alone, f"https://{NAME}").book(), "no booking")
    trial.alone("backup")
    trial.alone("check_claims")
    return f"prepared in {prepared - began:.0f} s, ready in {started - prepared:.0f} s; booked, backed up"


def composed_on_postgresql(trial: Trial) -> str:
    lines = [f"{name}={value}\n" for name, value in trial.settings().items()]
    (DEPLOY / ".env").touch(mode=0o600)
    (DEPLOY / ".env").write_text("".join(lines))
    began = time.monotonic()
    # Podman 4 follows no chain of dependencies and waits for no health: in their order, one by one.
    asked = ("exec", "-T", "database", "pg_isready", "--quiet", "--host=127.0.0.1")
    up(trial, "database")
    until(lambda: trial.podman.compose(*asked) == "")
    up(trial, "prepare")
    code = trial.podman("wait", "clinic_prepare_1")
    must(code == "0", trial.podman("logs", "clinic_prepare_1"))
    prepared = time.monotonic()
    up(trial, "web1", "web2", "worker", "watch", "proxy")
    until(lambda: trial.ask("GET", "/readyz").status == 200)
    done = time.monotonic()
    return f"prepared in {prepared - began:.0f} s, all ready {done - prepared:.0f} s later"


def up(trial: Trial, *services: str) -> None:
    for service in services:
        trial.podman.compose("up", "--detach", "--no-build", "--no-deps", service)


def every_part_is_strict(trial: Trial) -> str:
    for service in SERVICES:
        container = trial.podman("ps", "--quiet", "--filter", f"name=clinic[-_]{service}[-_]1")
        must(container, f"{service} does not run")
        found = json.loads(trial.podman("inspect", container))[0]
        host = found["HostConfig"]
        must(host["ReadonlyRootfs"], f"{service}: its root can be written")
        must("no-new-privileges" in str(host["SecurityOpt"]), f"{service}: {host['SecurityOpt']}")
        if service not in ("database", "proxy"):
            must(not found["EffectiveCaps"], f"{service}: {found['EffectiveCaps']}")
    return f"{len(SERVICES)} containers"


def the_proxy_keeps_its_rules(trial: Trial) -> str:
    answer = trial.ask("GET", "/guides/iliopsoas/")
    must(answer.headers["Strict-Transport-Security"], "no HSTS")
    must("s-maxage" in answer.headers["Cache-Control"], answer.headers["Cache-Control"])
    sheet = re.search(r'href="(/static/clinic/site\.[0-9a-f]{12}\.css)"', answer.body.decode())[1]
    must("immutable" in trial.ask("GET", sheet).headers["Cache-Control"], "static files")
    large = trial.ask("POST", "/book/", b"x" * (3 * 1024 * 1024))
    must(large.status == 413 and b"too large" in large.body.lower(), large.status)
    answers = [trial.ask("GET", "/request/find/").status for _ in range(3)]
    must(answers == [200] * 3, answers)
    closed = trial.ask("GET", "/metrics")
    must(b"clinic_requests" not in closed.body, "/metrics is open")
    return "TLS, HSTS, a kept page, static files, 413 in words, /metrics closed"


def somebody_books(trial: Trial) -> str:
    reference = Visitor(trial.ask, f"https://{NAME}").book()
    return f"reference {reference[:3]}…"


def a_backup_is_made_and_restored(trial: Trial) -> str:
    called = ["run", "--rm", "--no-deps", "-T", "prepare"]
    trial.podman.compose(*called, "backup")
    for service in ("web1", "web2", "worker", "watch"):
        trial.podman.compose("stop", service)
    trial.podman.compose(*called, "restore", "--force")
    for service in ("web1", "web2", "worker", "watch"):
        trial.podman.compose("start", service)
    until(lambda: trial.ask("GET", "/readyz").status == 200)
    trial.podman.compose(*called, "check_claims")
    return "verified, restored, claims hold"


def an_upgrade_is_not_noticed(trial: Trial) -> str:
    """With images that differ, and back again; visitors read and book all the while."""
    rebuild = trial.folder / "rebuild"
    rebuild.write_text(
        "#!/bin/sh\nset -e\nname=$(podman create clinic:latest)\n"
        "podman commit --quiet --format docker --change 'LABEL version=next' $name "
        "clinic:latest >/dev/null\n"
        "podman rm $name >/dev/null\n"
    )
    rebuild.chmod(0o755)
    env = trial.podman.env | {"ENGINE": "podman", "COMPOSE": " ".join(trial.podman.composer())}
    env |= {"BUILD": str(rebuild)}
    counted = []
    for arguments in ([], ["--back"]):
        with visitors(trial) as (seen, failed):
            done = subprocess.run(
                [DEPLOY / "upgrade.sh", *arguments], env=env, capture_output=True, text=True
            )
            must(done.returncode == 0, f"{done.stdout[-1500:]} {done.stderr[-1500:]}")
        must(not failed, f"{len(failed)} of {seen[0]} failed: {failed[:5]}")
        counted.append(f"{seen[0]} pages")
    return f"there {counted[0]}, back {counted[1]}, 0 failed"


@contextmanager
def visitors(trial: Trial) -> Iterator[tuple[list[int], list[str]]]:
    stop, seen, failed = threading.Event(), [0], list[str]()
    paths = ("/guides/iliopsoas/", "/book/", "/request/find/", "/livez")

    def read() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = paths[number % len(paths)]
            try:
                status = trial.ask("GET", path).status
                if status != 200:
                    failed.append(f"{path} {status}")
            except (OSError, http.client.HTTPException) as error:
                failed.append(f"{path} {type(error).__name__}")
            seen[0] += 1
            time.sleep(0.05)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seen, failed
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def until(holds: Callable[[], bool], seconds: int = 180) -> None:
    deadline = time.monotonic() + seconds
    while True:
        problem = "it does not hold"
        try:
            if holds():
                return
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            problem = str(error)
        must(time.monotonic() < deadline, problem)
        time.sleep(0.5)


TRIED: list[Callable[[Trial], str]] = [
    images_that_it_is_built_upon,
    both_images_are_built,
    it_holds_no_more_than_it_needs,
    alone_on_sqlite,
    composed_on_postgresql,
    every_part_is_strict,
    the_proxy_keeps_its_rules,
    somebody_books,
    a_backup_is_made_and_restored,
    an_upgrade_is_not_noticed,
]


def main() -> int:
    in_venv()
    if (DEPLOY / ".env").exists():
        sys.exit(f"{DEPLOY / '.env'} is there: this would take its place. Move it away first.")
    with Trial(sys.executable) as trial:
        for part in TRIED:
            name = part.__name__.replace("_", " ")
            began = time.monotonic()
            try:
                told = part(trial)
                print(f"ok    {name} ({time.monotonic() - began:.0f} s): {told}", flush=True)
            except (Exception, SystemExit) as error:
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
                return 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
