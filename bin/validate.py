"""`make validate`: every public page that a journey opens, through the W3C's own HTML checker.

`make test` reads the same pages with html5lib's strict parser, which needs nothing but Python. This
one knows the whole standard (what may stand in what, which attribute goes with which role), and
needs Java and npm: run it by hand after work on templates. With arguments pytest gets these:
`make validate ARGS="-k booking"`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from install import PYTHON, ROOT, in_venv

CHECKER = "vnu-jar@26.9.27"
# The checker's own parser of CSS does not know container queries yet.
KNOWN = "Unrecognized at-rule “@container”"


def main(arguments: list[str]) -> int:
    if missing := [name for name in ("java", "npm") if not shutil.which(name)]:
        sys.exit(f"Please install {' and '.join(missing)} (Debian: default-jre-headless, npm).")
    in_venv()
    with tempfile.TemporaryDirectory(prefix="clinic-pages-") as folder:
        subprocess.run(
            ["npm", "install", "--silent", "--ignore-scripts", "--prefix", folder, CHECKER],
            check=True,
        )
        pages = Path(folder) / "pages"
        pages.mkdir()
        env = os.environ | {"ENV_FILE": os.devnull, "PAGES": str(pages)}
        pytest = [PYTHON, "-m", "pytest", "tests/journeys", *arguments]
        code = subprocess.run(pytest, cwd=ROOT, env=env).returncode
        return code or check(Path(folder) / "node_modules/vnu-jar/build/dist/vnu.jar", pages)


def check(checker: Path, pages: Path) -> int:
    kept = sorted(pages.glob("*.html"))
    if not kept:
        sys.exit("The journeys kept no page to check.")
    done = subprocess.run(
        ["java", "-jar", checker, "--also-check-svg", "--filterpattern", f".*{KNOWN}.*", pages],
        stderr=subprocess.PIPE,
        text=True,
    )
    print(re.sub(r'"?file:.*/', "", done.stderr))
    print(f"{len(kept)} pages checked, {len(done.stderr.splitlines())} findings")
    return done.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
