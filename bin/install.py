"""Makes `.venv` and installs the pinned requirements. Standard library only, no root.

Debian's python3 comes without ensurepip, which `python3 -m venv` wants. There the virtual
environment is made without pip, and pip itself is fetched as one pinned wheel. pip then installs uv,
which is much quicker with all the rest; where uv cannot, pip does it.
"""

import configparser
import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
INSTALLER = "requirements-install.txt"
# What uv calls pip's settings, in its environment.
UV = {"UV_DEFAULT_INDEX": "index-url", "UV_INDEX": "extra-index-url", "SSL_CERT_FILE": "cert"}
# Wheels only: nothing is compiled, and no package's own setup code runs.
FLAGS = ["--quiet", "--require-hashes", "--only-binary", ":all:"]


def install(*requirements: str) -> str:
    """The virtual environment's Python, once each of these files is installed in it.

    A file is installed again only when its text has changed.
    """
    if not runs(str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        say("Making .venv")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], check=True)
    for name in requirements:
        if not is_installed(name):
            say(f"Installing {name}")
            if not (with_uv(name) or with_pip(name)):
                sys.exit(f"Installing {name} failed; pip says why above. Nothing else was changed.")
            stamp(name).write_text(digest(name))
    return str(PYTHON)


def stamp(name: str) -> Path:
    """Holds the digest of the file as it was when it was installed."""
    return VENV / f"installed-{name}"


def is_installed(name: str) -> bool:
    return stamp(name).exists() and stamp(name).read_text() == digest(name)


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def with_pip(name: str) -> bool:
    add_pip()
    return not subprocess.run([*PIP, "install", *FLAGS, "-r", ROOT / name]).returncode


def with_uv(name: str) -> bool:
    """Whether uv is there, or could be fetched, and did it. What stops it, pip tries again and says."""
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON)]
    if not is_installed(INSTALLER):
        add_pip()
        if not runs(*PIP, "install", *FLAGS, "-r", str(ROOT / INSTALLER)):
            return False
        stamp(INSTALLER).write_text(digest(INSTALLER))
    ours = {name: value for name, theirs in UV.items() if (value := pip_setting(theirs))}
    # As pip does: whichever index has the file whose hash we pinned will do.
    ours["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return runs(*uv, *FLAGS, "--compile-bytecode", "-r", str(ROOT / name), **ours)


def add_pip() -> None:
    if runs(*PIP, "--version") or runs(str(PYTHON), "-m", "ensurepip"):
        return
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / PIP_WHEEL
        wheel.write_bytes(fetch_pip())
        # A wheel is a zip file that Python can run from.
        bootstrap = [PYTHON, wheel / "pip", "install", "--quiet", "--no-index", wheel]
        subprocess.run(bootstrap, check=True)


def fetch_pip() -> bytes:
    """The pinned pip wheel from the package index, its checksum compared."""
    page = pip_setting("index-url", "https://pypi.org/simple").rstrip("/") + "/pip/"
    say(f"Fetching {PIP_WHEEL}")
    try:
        link = re.search(rf'href="([^"]*{re.escape(PIP_WHEEL)}[^"]*)"', read(page).decode())
        if not link:
            sys.exit(f"{page} does not list {PIP_WHEEL}.")
        wheel = read(urllib.parse.urljoin(page, link[1]))
    except (urllib.error.URLError, OSError) as problem:
        sys.exit(
            f"Could not fetch pip: {problem}\n"
            "Check the network (a proxy in HTTPS_PROXY, a mirror in PIP_INDEX_URL, its certificate"
            " in PIP_CERT),\nor install pip's own way in: sudo apt-get install python3-venv"
        )
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        sys.exit(f"{PIP_WHEEL} is not the file that we pinned (wrong checksum): not using it.")
    return wheel


def read(url: str) -> bytes:
    context = ssl.create_default_context(cafile=pip_setting("cert") or None)
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:
        return bytes(answer.read())


def pip_setting(name: str, default: str = "") -> str:
    """pip's own setting, read as pip reads it, before there is a pip to ask."""
    if value := os.environ.get("PIP_" + name.upper().replace("-", "_")):
        return value
    home = Path.home()
    own = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    config = configparser.ConfigParser(interpolation=None)
    config.read(
        [
            "/etc/pip.conf",
            home / ".pip" / "pip.conf",
            home / "Library" / "Application Support" / "pip" / "pip.conf",
            Path(own) / "pip" / "pip.conf",
            os.environ.get("PIP_CONFIG_FILE", ""),
        ]
    )
    return config.get("global", name, fallback=default)


def runs(*command: str, **environment: str) -> bool:
    """Whether the command is there and succeeds; what it prints is thrown away."""
    env = os.environ | environment
    try:
        done = subprocess.run(command, env=env, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def say(text: str) -> None:
    print(text, "…", sep="", flush=True)


if __name__ == "__main__":
    install(*sys.argv[1:] or ["requirements.txt"])
