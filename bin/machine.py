"""A bare Debian with systemd beside this one (systemd-nspawn), with a network of its own.

Needs root and Debian's systemd-container, debootstrap, iproute2 and iptables. The base of a release is kept
in /var/cache/clinic-machines; each machine is a copy of it, and goes at the end.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from install import ROOT

CACHE = Path("/var/cache/clinic-machines")
MIRROR = "http://deb.debian.org/debian"
BARE = "systemd,systemd-sysv,libpam-systemd,dbus,ca-certificates,iproute2"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PROGRAMS = ("systemd-nspawn", "debootstrap", "nsenter", "ip", "iptables")
README = ROOT / "deploy" / "README.md"


def missing() -> str:
    lacking = [name for name in PROGRAMS if not shutil.which(name)]
    return f"no {', '.join(lacking)} here" if lacking else ""


class Machine:
    """Runs from `with` to the end of its block."""

    def __init__(self, number: int, suite: str) -> None:
        self.name, self.suite = f"clinic{number}", suite
        self.folder = CACHE / f"running-{self.name}"
        self.address, self.gateway = f"10.231.{number}.2", f"10.231.{number}.1"
        self.seconds = 0.0

    def __enter__(self) -> "Machine":
        self.forget()
        # cp, because the base has devices: to be copied as such, and not read.
        subprocess.run(["cp", "--archive", base(self.suite), self.folder], check=True)
        self.fill()
        try:
            self.connect()
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "process"):
            self.process.terminate()  # a shutdown in order
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.forget()

    def fill(self) -> None:
        """What a provider's image has: a resolver, a proxy's certificate, answers to apt's questions."""
        etc = self.folder / "etc"
        shutil.copy(CERTIFICATES, etc / "ssl/certs/ca-certificates.crt")
        (etc / "pip.conf").write_text(f"[global]\ncert = {CERTIFICATES}\n")
        (etc / "apt/apt.conf.d/90yes").write_text('APT::Get::Assume-Yes "true";\n')
        (etc / "hostname").write_text(f"{self.name}\n")
        with (etc / "hosts").open("a") as hosts:
            hosts.write(f"127.0.0.1 localhost\n{self.address} {self.name}\n")

    def connect(self) -> None:
        """A pair of interfaces, one of them inside, and a way out for packages."""
        inside, outside = f"{self.name}-i", f"{self.name}-o"
        within = f"ip netns exec {self.name}"
        for command in (
            f"ip netns add {self.name}",
            f"ip link add {outside} type veth peer name {inside}",
            f"ip link set {inside} netns {self.name}",
            f"ip addr add {self.gateway}/24 dev {outside}",
            f"ip link set {outside} up",
            f"{within} ip link set lo up",
            f"{within} ip addr add {self.address}/24 dev {inside}",
            f"{within} ip link set {inside} up",
            f"{within} ip route add default via {self.gateway}",
            "sysctl -qw net.ipv4.ip_forward=1",
            f"iptables -t nat -A POSTROUTING -s {self.address} -j MASQUERADE",
            f"iptables -I FORWARD -s {self.address} -j ACCEPT",
            f"iptables -I FORWARD -d {self.address} -j ACCEPT",
        ):
            subprocess.run(command.split(), check=True)

    def boot(self) -> None:
        command = ["systemd-nspawn", "--quiet", f"--directory={self.folder}", "--boot"]
        command += ["--register=no", "--keep-unit", "--resolv-conf=copy-host"]
        command += [f"--network-namespace-path=/run/netns/{self.name}", f"--machine={self.name}"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            self.leader = child(self.process.pid, "systemd")
            if self.leader:
                said = self.run("systemctl is-system-running", check=False)
                if said.strip() in ("running", "degraded"):
                    return
            time.sleep(0.5)
        raise RuntimeError("systemd did not start")

    def run(self, script: str, *, check: bool = True, folder: str = "/root") -> str:
        """As root's shell does it; what it printed. Raises RuntimeError where a line fails."""
        began = time.monotonic()
        command = ["nsenter", "--target", str(self.leader), "--all", "--root", f"--wdns={folder}"]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        clean = ["env", "-i", path, "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        done = subprocess.run(
            [*command, *clean, "bash", "-e", "-c", script], capture_output=True, text=True
        )
        self.seconds += time.monotonic() - began
        if check and done.returncode:
            raise RuntimeError(f"{script}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout + done.stderr

    def forget(self) -> None:
        for command in (
            f"ip netns delete {self.name}",
            f"ip link delete {self.name}-o",
            f"iptables -t nat -D POSTROUTING -s {self.address} -j MASQUERADE",
            f"iptables -D FORWARD -s {self.address} -j ACCEPT",
            f"iptables -D FORWARD -d {self.address} -j ACCEPT",
        ):
            subprocess.run(command.split(), capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def base(suite: str) -> Path:
    folder = CACHE / suite
    if not folder.exists():
        unfinished = CACHE / f"{suite}-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase", f"--include={BARE}", suite]
        subprocess.run([*command, unfinished, MIRROR], check=True, stdout=subprocess.DEVNULL)
        unfinished.rename(folder)
    return folder


def child(parent: int, name: str) -> int:
    """The process of this name below another; 0 where there is none yet."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except OSError:
            continue
        found = re.match(r"(\d+) \((.*)\) \S (\d+)", text)
        if found and found[2] == name and int(found[3]) == parent:
            return int(found[1])
    return 0


def words(section: str, guide: str = "") -> list[str]:
    """The blocks of commands below this heading of deploy/README.md, or of `guide`, as they stand."""
    text = (guide or README.read_text()).partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    if not text:
        sys.exit(f"{README} has no section {section!r}")
    blocks = re.findall(
        r"(?:^    .*\n)(?:(?:    .*)?\n(?=    |\n    )|    .*\n)*", text, re.MULTILINE
    )
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip() for block in blocks]


def block(section: str, begins: str, guide: str = "") -> str:
    found = [one for one in words(section, guide) if one.startswith(begins)]
    if len(found) != 1:
        sys.exit(f"{README}, {section}: {len(found)} blocks begin with {begins!r}")
    return found[0]
