"""`make lock`: requirements*.in -> requirements*.txt, each version pinned, each file hashed.

Versions already locked stay; `make lock ARGS=--upgrade` takes the newest that the .in files allow,
`make lock ARGS="--upgrade-package wagtail"` one of them.
"""

import subprocess
import sys

from install import ROOT, install


def main(arguments: list[str]) -> int:
    python = install("requirements.txt", "requirements-dev.txt")
    compile_ = [python, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    compile_ += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
    compile_ += ["--no-emit-index-url", *arguments]
    for name in ("requirements", "requirements-install", "requirements-dev", "requirements-shared"):
        command = [*compile_, f"{name}.in", "-o", f"{name}.txt"]
        if code := subprocess.run(command, cwd=ROOT).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
