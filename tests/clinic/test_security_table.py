"""What the documents name is there: the tests that they promise, and every other file."""

import re

from django.conf import settings

DOCUMENT = settings.BASE_DIR / "docs" / "security.md"
OTHERS = [
    *(settings.BASE_DIR / "docs").glob("*.md"),
    *(settings.BASE_DIR / name for name in ("README.md", "SECURITY.md", "deploy/README.md")),
]
FOLDERS = "accounts|benchmarks|bin|bookings|clinic|deploy|docs|education|frontend|templates|tests"
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)(?:::\w+)?`")
ROW = re.compile(r"^\| (.+?) \| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)


def test_every_named_test_exists():
    text = DOCUMENT.read_text()
    rows = ROW.findall(text)
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == len(lines) - 1 > 35  # the heading has no test
    missing = [
        f"{path}::{name}"
        for _case, _answer, path, name in rows
        if f"def {name}(" not in (settings.BASE_DIR / path).read_text()
    ]
    assert missing == []


def test_every_named_file_exists():
    named = {(path.name, name) for path in OTHERS for name in NAMED.findall(path.read_text())}
    assert len(named) > 40
    assert [pair for pair in sorted(named) if not (settings.BASE_DIR / pair[1]).exists()] == []
