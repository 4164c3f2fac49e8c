"""What is in a container image, as a CycloneDX 1.6 document: Python's packages and Debian's.

    .venv/bin/python bin/sbom.py [FILE…] > sbom.cdx.json

FILE has more of Debian's packages, `name version` a line, of which only some programs were taken along.
Standard library only.
"""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent


def main(files: list[str]) -> None:
    init = (ROOT / "clinic" / "__init__.py").read_text()
    version = re.search(r'__version__ = "([^"]+)"', init)[1]
    found = [*pythons(), *debians("".join(Path(file).read_text() for file in files))]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "clinic", "version": version}},
        "components": sorted(found, key=lambda one: str(one["purl"])),
    }
    print(json.dumps(document, indent=1))


def pythons() -> list[dict[str, object]]:
    return [
        component("pypi", one.name, one.version, one.metadata.get("License-Expression"))
        for one in importlib.metadata.distributions()
    ]


def debians(more: str) -> list[dict[str, object]]:
    text = ""
    if shutil.which("dpkg-query"):
        command = ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n"]
        text = subprocess.check_output(command, text=True)
    return [component("deb/debian", *line.split()) for line in (text + more).splitlines()]


def component(kind: str, name: str, version: str, licence: str | None = None) -> dict[str, object]:
    name = re.sub(r"[-_.]+", "-", name).lower() if kind == "pypi" else name
    purl = f"pkg:{kind}/{quote(name)}@{quote(version)}"
    found: dict[str, object] = {"type": "library", "name": name, "version": version}
    found |= {"purl": purl, "bom-ref": purl}
    return found | ({"licenses": [{"expression": licence}]} if licence else {})


if __name__ == "__main__":
    main(sys.argv[1:])
