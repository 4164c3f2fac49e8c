"""Chromium for whoever is not root: Debian's own packages, unpacked into a folder of one's own.

apt fetches what is not installed, with the system's sources and signatures, into ~/.cache/clinic-browser,
and nothing of the system is touched. It takes half a minute and 600 MB, once; `rm -r` takes it away.
Standard library only.
"""

import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clinic-browser"
ROOT, START = CACHE / "root", CACHE / "chromium"
BROWSERS = ("chromium-headless-shell", "chromium")
BESIDE = ("libatomic1", "fonts-liberation")
# chromium's own start script looks below /etc and /usr; this one finds all in the folder.
SCRIPT = """#!/bin/sh
export LD_LIBRARY_PATH={libraries} FONTCONFIG_FILE={cache}/fonts.conf
exec {program} "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{cache}/fontcache</cachedir>
  <include ignore_missing="yes">{root}/etc/fonts/conf.d</include>
</fontconfig>
"""


def use() -> str:
    """Name it to those who look for a browser, and fetch it first where it is not here; what went wrong, or
    nothing."""
    if not START.exists():
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            return "no apt-get here"
        print(f"Fetching Chromium into {CACHE}…", flush=True)
        if trouble := fetch():
            shutil.rmtree(CACHE, ignore_errors=True)
            return trouble
        make_start()
    os.environ["CHROME_PATH"] = str(START)
    # For Playwright's own program.
    os.environ["LD_LIBRARY_PATH"] = str(CACHE / "atomic")
    return ""


def fetch() -> str:
    shutil.rmtree(CACHE, ignore_errors=True)
    for folder in ("lists", "archives"):
        (CACHE / folder / "partial").mkdir(parents=True)
    own = {"Dir::State::lists": CACHE / "lists", "Dir::Cache": CACHE}
    own |= {"Dir::Cache::archives": CACHE / "archives", "Debug::NoLocking": "1"}
    apt = ["apt-get", "-q", *[f"-o{name}={value}" for name, value in own.items()]]
    get = [*apt, "install", "--yes", "--download-only", "--no-install-recommends"]
    trouble = call([*apt, "update"])
    for browser in () if trouble else BROWSERS:
        trouble = call([*get, browser, *BESIDE])
        if not trouble:
            break
    packages = [] if trouble else sorted((CACHE / "archives").glob("*.deb"))
    for package in packages:
        trouble = trouble or call(["dpkg-deb", "--extract", str(package), str(ROOT)])
    for folder in ("lists", "archives"):
        shutil.rmtree(CACHE / folder)
    return trouble


def call(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = (done.stdout + done.stderr).strip().splitlines()
    return f"{' '.join(command)}: {' '.join(said[-2:])}" if done.returncode else ""


def make_start() -> None:
    libraries = {str(path.parent) for path in ROOT.rglob("*.so*") if "/chromium" not in str(path)}
    program = next(path for name in BROWSERS if (path := ROOT / "usr/lib/chromium" / name).exists())
    (CACHE / "fonts.conf").write_text(FONTS.format(root=ROOT, cache=CACHE))
    (CACHE / "atomic").mkdir()
    for library in ROOT.rglob("libatomic.so.1"):
        (CACHE / "atomic" / library.name).symlink_to(library)
    text = SCRIPT.format(libraries=":".join(sorted(libraries)), cache=CACHE, program=program)
    START.write_text(text)
    START.chmod(0o755)
