"""The docs name files that are there, and stay short enough to be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from bookings import transitions

ROOT = settings.BASE_DIR
DOCS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(
        ROOT / folder / "README.md"
        for folder in ("deploy", "deploy/container", "frontend", "benchmarks")
    ),
]
# What is made while the site runs, or while it is tested.
MADE = ("var/", ".env", ".venv/")


def named_files(text: str) -> list[str]:
    """What stands in backticks, is in a folder and has the ending of a file of ours."""
    return re.findall(r"`((?:[\w@.-]+/)+[\w@.-]+\.(?:py|html|md|scss|mjs|po|typ|conf|sh))`", text)


def named_modules(text: str) -> list[str]:
    """Dotted names in our apps. Of `clinic` none: hosts and files are called so as well."""
    return re.findall(r"\b((?:accounts|bookings|education)(?:\.\w+)+)", text)


def is_there(module: str) -> bool:
    """Whether a file or folder of that name exists; what follows may be a class or a function."""
    path = ROOT.joinpath(*module.split("."))
    return path.is_dir() or any(one.with_suffix(".py").exists() for one in (path, path.parent))


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_what_docs_name_is_there(doc):
    text = doc.read_text()
    places = (ROOT, doc.parent)
    names = [name for name in named_files(text) if not name.startswith(MADE)]
    missing = [name for name in names if not any((place / name).exists() for place in places)]
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text)
    missing += [link for link in links if not (doc.parent / link).exists()]
    missing += [module for module in named_modules(text) if not is_there(module)]
    assert missing == []


def test_the_architecture_page_stays_short():
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert len(page.split()) <= 1500
    table = page.partition("you want to …")[2].partition("\n\n")[0]
    assert table.count("\n| ") >= 25


def test_its_transitions_exist():
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = page.partition("| step | transition |")[2].partition("\n\n")[0].splitlines()[2:]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[2])}
    assert len(named) > 20 and named <= set(transitions.__all__)


def test_decisions_are_short_and_listed():
    folder: Path = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    for file in folder.glob("*.md"):
        assert len(file.read_text().splitlines()) <= 150, file.name
        assert file.name == "README.md" or f"({file.name})" in listed
