"""`make audit`: known weaknesses in the pinned packages, Python's and the front end's.

Exit code 0: checked, nothing found. 1: something was found. 2: could not be checked, which is never
taken for "nothing found": the Python check has to find a known weakness in an old package first.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from install import ROOT, UV, install

PIP_AUDIT = "pip-audit==2.10.1"
KNOWN_BAD = "jinja2==2.10"
"""CVE-2019-10906 and more: whoever cannot tell us of these tells us nothing."""
CLEAN, FOUND, UNCHECKED = 0, 1, 2


def main() -> int:
    install("requirements.txt", "requirements-dev.txt")
    results = [python_packages(name) for name in ("requirements", "requirements-dev")]
    results.append(front_end())
    if FOUND in results:
        return FOUND
    return max(results)


def python_packages(name: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "control.txt"
        control.write_text(f"{KNOWN_BAD}\n")
        if not weaknesses(ask(control)):
            return say(name, UNCHECKED, f"{KNOWN_BAD}, which has known weaknesses, came out clean")
        answer = ask(ROOT / f"{name}.txt")
    if answer is None:
        return say(name, UNCHECKED, "the service gave no answer")
    skipped = [package["name"] for package in answer if "skip_reason" in package]
    if skipped:
        return say(name, UNCHECKED, f"left out: {', '.join(skipped)}")
    found = weaknesses(answer)
    for line in found:
        print(f"  {line}")
    return say(name, FOUND if found else CLEAN, f"{len(answer)} packages")


def ask(requirements: Path) -> list[dict] | None:
    """pip-audit's answer, in an environment of its own; None where there is none."""
    command = [str(UV), "tool", "run", "--quiet", PIP_AUDIT, "--format", "json"]
    command += ["--progress-spinner", "off", "--no-deps", "--disable-pip", "-r", str(requirements)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr.strip()[-300:])
        return None


def weaknesses(answer: list[dict] | None) -> list[str]:
    return [
        f"{package['name']} {package.get('version')}: {weakness['id']}"
        f" (fixed in {', '.join(weakness['fix_versions']) or 'no version'})"
        for package in answer or []
        for weakness in package.get("vulns", [])
    ]


def front_end() -> int:
    """npm's own audit of frontend/package-lock.json: tools for the build, none is served."""
    command = ["npm", "audit", "--json", "--package-lock-only"]
    try:
        done = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True)
        counts = json.loads(done.stdout)["metadata"]["vulnerabilities"]
    except (OSError, ValueError, KeyError):
        return say("frontend", UNCHECKED, "npm gave no answer")
    return say("frontend", FOUND if counts["total"] else CLEAN, f"{counts['total']} found")


def say(name: str, result: int, why: str) -> int:
    word = {CLEAN: "clean", FOUND: "WEAKNESSES", UNCHECKED: "NOT CHECKED"}[result]
    print(f"{name:<18} {word}: {why}", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
