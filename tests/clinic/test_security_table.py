"""docs/security.md promises tests: each exists, and each case of abuse has one."""

import re

from django.conf import settings

DOCUMENT = settings.BASE_DIR / "docs" / "security.md"
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
