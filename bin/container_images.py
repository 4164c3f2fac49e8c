"""Podman with settings that need no systemd, and the images that deploy/container names.

Where no registry can be reached, Debian's packages stand in: `debootstrap` for Debian's own image, and
PostgreSQL on top of that for the official one, with an entry script that reads the same variables.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from install import ROOT, UV

WANTED = "podman buildah runc netavark aardvark-dns catatonit iptables debootstrap"
DEPLOY = ROOT / "deploy" / "container"
PODMAN_COMPOSE = "podman-compose==1.6.0"
MIRROR = "http://deb.debian.org/debian"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SETTINGS = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[network]
network_backend = "netavark"
"""
# Debian's own image leaves these out.
SLIM = (
    *("var/cache/apt", "var/lib/apt/lists"),
    *(f"usr/share/{name}" for name in ("doc", "man", "info", "locale")),
)
POSTGRES = r"""FROM %s
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-17 && \
    ln -s /usr/lib/postgresql/17/bin/* /usr/local/bin/ ; rm -rf /var/lib/postgresql/*
ENV PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
COPY entry.sh /entry.sh
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["/bin/sh", "/entry.sh"]
"""
ENTRY = r"""set -e
install -d -o postgres "$PGDATA" /run/postgresql
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" >/tmp/password
    chmod 644 /tmp/password
    runuser -u postgres -- initdb -U "$POSTGRES_USER" --pwfile=/tmp/password \
        --auth-host=scram-sha-256 --auth-local=trust
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    runuser -u postgres -- pg_ctl -w start -o "-c listen_addresses="
    runuser -u postgres -- createdb -U "$POSTGRES_USER" "$POSTGRES_DB" || true
    runuser -u postgres -- pg_ctl -w stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
"""


class Podman:
    """Commands of podman and podman-compose, with settings of their own in `folder`."""

    def __init__(self, folder: Path) -> None:
        if os.geteuid() != 0 or not shutil.which("podman"):
            sys.exit(f"As root:  apt-get install {WANTED}")
        self.folder = folder
        settings = folder / "containers.conf"
        settings.write_text(SETTINGS if shutil.which("runc") else "")
        self.env = os.environ | {"CONTAINERS_CONF": str(settings)}

    def __call__(self, *arguments: str, quiet: bool = True, **more: str) -> str:
        return self.run(["podman", *arguments], quiet=quiet, more=more)

    def compose(self, *arguments: str, **more: str) -> str:
        return self.run([*self.composer(), *arguments], more=more)

    def composer(self) -> list[str]:
        if own := shutil.which("podman-compose"):
            return [own]
        return [str(UV), "tool", "run", "--quiet", "--from", PODMAN_COMPOSE, "podman-compose"]

    def run(self, command: list[str], *, quiet: bool = True, more: dict[str, str]) -> str:
        """What it printed. Raises RuntimeError with the end of what it said."""
        done = subprocess.run(
            command, cwd=DEPLOY, env=self.env | more, capture_output=True, text=True
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "systemd connection" not in line]
            raise RuntimeError(
                f"{' '.join(command[:6])} …: {' '.join(said[-12:])}{done.stdout[-1500:]}"
            )
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        command = ["podman", "image", "exists", image]
        return subprocess.run(command, env=self.env, capture_output=True).returncode == 0

    def find(self, image: str) -> str:
        """Where it comes from; it is here afterwards."""
        if self.has(image):
            label = self("image", "inspect", "--format", '{{index .Labels "stand-in"}}', image)
            return f"stands in for {image}: {label}" if "debootstrap" in label else "was here"
        command = ["podman", "pull", "--quiet", image]
        if subprocess.run(command, env=self.env, capture_output=True).returncode == 0:
            return "fetched"
        if "/postgres:" in image:
            self.make_postgres(image)
        else:
            self.make_debian(image)
        return self.find(image)

    def make_debian(self, image: str) -> None:
        suite = re.search(r"debian:(\w+)", image)[1]
        folder = self.folder / suite
        subprocess.run(
            ["debootstrap", "--variant=minbase", suite, folder, MIRROR],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in SLIM:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        label = ["--change", "LABEL stand-in=debootstrap"]
        with subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE) as tar:
            subprocess.run(
                ["podman", "import", "--quiet", *label, "-", image],
                stdin=tar.stdout,
                env=self.env,
                check=True,
                capture_output=True,
            )
        shutil.rmtree(folder)

    def make_postgres(self, image: str) -> None:
        folder = self.folder / "postgres"
        folder.mkdir()
        (folder / "Containerfile").write_text(POSTGRES % base_image())
        (folder / "entry.sh").write_text(ENTRY)
        self.build(image, str(folder / "Containerfile"), str(folder))

    def build(self, image: str, file: str, context: str, *more: str) -> None:
        secret = ["--secret", f"id=ca,src={CERTIFICATES}"] if CERTIFICATES.exists() else []
        options = ["--format", "docker", "--pull=never", "--network", "host", *secret]
        self("build", *options, *more, "--file", file, "--tag", image, context)


def base_image() -> str:
    return re.search(r"^ARG DEBIAN=(\S+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)[1]


def database_image() -> str:
    return re.search(r"image: (\S*/postgres:\S+)", (DEPLOY / "compose.yaml").read_text())[1]
