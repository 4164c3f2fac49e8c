"""Makes `.venv` and installs the pinned requirements in it with uv. Standard library only, no root.

    bin/python bin/install.py requirements-shared.txt
    bin/python bin/install.py uv pip list

Debian's python3 comes without pip and ensurepip, so uv itself is fetched here, as one pinned wheel. uv
reads no settings of pip: those of a mirror, a proxy or a certificate are handed to it.
"""

import configparser
import hashlib
import io
import os
import platform
import re
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
INSTALLER = "requirements-install.txt"
# Wheels only: nothing is compiled, and no package's own setup code runs. The files name every package
# that is wanted, so none is asked what else it needs.
FLAGS = [
    "--quiet",
    "--require-hashes",
    "--no-deps",
    "--only-binary",
    ":all:",
    "--compile-bytecode",
    "-r",
]
# What uv calls pip's settings.
SETTINGS = {
    "UV_DEFAULT_INDEX": "index-url",
    "UV_INDEX": "extra-index-url",
    "UV_FIND_LINKS": "find-links",
    "UV_INSECURE_HOST": "trusted-host",
    "ALL_PROXY": "proxy",
    "SSL_CERT_FILE": "cert",
}


def install(*requirements: str) -> str:
    """The virtual environment's Python, once each of these files is installed in it.

    A file is installed again only when its text has changed.
    """
    new_enough = [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if not PYTHON.exists() or subprocess.run(new_enough).returncode:
        print("Making .venv…", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], check=True)
    for name in requirements:
        if not is_installed(name):
            print(f"Installing {name}…", flush=True)
            if uv("pip", "install", *FLAGS, name):
                sys.exit(f"Installing {name} failed; uv says why above. Nothing else was changed.")
            stamp(name).write_text(digest(name))
    return str(PYTHON)


def in_venv() -> None:
    """Go on under the virtual environment's Python, with all that tests and pictures need."""
    python = install("requirements.txt", "requirements-dev.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if sys.prefix not in (str(VENV), str(VENV.resolve())):
        os.execv(python, [python, *sys.argv])


def stamp(name: str) -> Path:
    """Holds the digest of the file as it was when it was installed."""
    return VENV / f"installed-{name}"


def is_installed(name: str) -> bool:
    return stamp(name).exists() and stamp(name).read_text() == digest(name)


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def uv(*arguments: str) -> int:
    """uv's exit code, run with pip's settings; uv itself is fetched first."""
    if not (UV.exists() and is_installed(INSTALLER)):
        UV.write_bytes(fetch_uv((ROOT / INSTALLER).read_text()))
        UV.chmod(0o755)
        stamp(INSTALLER).write_text(digest(INSTALLER))
    settings = {name: value for name, theirs in SETTINGS.items() if (value := pip_setting(theirs))}
    places = settings.pop("UV_FIND_LINKS", "").split()
    if places := [place for place in places if "://" in place or Path(place).exists()]:
        settings["UV_FIND_LINKS"] = ",".join(places)
    # As pip does: whichever index has the file whose hash we pinned will do.
    settings |= {"UV_INDEX_STRATEGY": "unsafe-best-match", "VIRTUAL_ENV": str(VENV)}
    return subprocess.run([UV, *arguments], cwd=ROOT, env=os.environ | settings).returncode


def fetch_uv(pinned: str) -> bytes:
    """The program, from the first index that has the pinned wheel for this computer."""
    version = re.search(r"uv==(\S+)", pinned)[1]
    system = "macosx" if sys.platform == "darwin" else "manylinux"
    if system == "manylinux" and platform.libc_ver()[0] != "glibc":
        system = "musllinux"
    name = rf"uv-{re.escape(version)}-py3-none-{system}_[^\"#/]*{platform.machine()}\.whl"
    own = pip_setting("index-url") or "https://pypi.org/simple"
    problem = f"no index has uv {version} for {system} {platform.machine()}"
    print(f"Fetching uv {version}…", flush=True)
    for index in [own, *pip_setting("extra-index-url").split()]:
        page = index.rstrip("/") + "/uv/" + "index.html" * index.startswith("file:")
        try:
            link = re.search(rf'href="([^"]*{name}[^"]*)"', read(page).decode())
            wheel = read(urllib.parse.urljoin(page, link[1])) if link else b""
        except OSError as error:
            problem = f"{page}: {error}"
            continue
        if wheel and f"sha256:{hashlib.sha256(wheel).hexdigest()}" not in pinned:
            sys.exit(f"{page} has another uv {version} than we pinned (checksum): not using it.")
        if wheel:
            return zipfile.ZipFile(io.BytesIO(wheel)).read(f"uv-{version}.data/scripts/uv")
    sys.exit(
        f"Could not fetch uv: {problem}\nCheck the network: a proxy in HTTPS_PROXY, a mirror in"
        " PIP_INDEX_URL or pip's own settings, its certificate in PIP_CERT."
    )


def read(url: str) -> bytes:
    context = ssl.create_default_context(cafile=pip_setting("cert") or None)
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:
        return bytes(answer.read())


def pip_setting(name: str) -> str:
    """pip's own setting, read as pip reads it: the environment, then each file over those before it."""
    if value := os.environ.get("PIP_" + name.upper().replace("-", "_")):
        return value
    home = Path.home()
    own = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    folders = ["/etc/xdg/pip", "/etc", home / ".pip", home / "Library/Application Support/pip"]
    files = [Path(folder) / "pip.conf" for folder in (*folders, Path(own) / "pip")]
    config = configparser.ConfigParser(interpolation=None)
    config.read([*files, os.environ.get("PIP_CONFIG_FILE", "")])
    return config.get("install", name, fallback=config.get("global", name, fallback=""))


if __name__ == "__main__":
    if sys.argv[1:2] == ["uv"]:
        install()
        sys.exit(uv(*sys.argv[2:]))
    install(*sys.argv[1:] or ["requirements.txt"])
