"""Bring the Spanish of the first guides up to date: collect the English, merge, compile.

Seeds a database of its own, so it takes half a minute. Needs GNU gettext. What changed in English becomes
fuzzy in `education/seed/locale/es/LC_MESSAGES/guides.po` and has to be looked at by hand.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "education" / "seed" / "locale" / "es" / "LC_MESSAGES" / "guides.po"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: es\\n"\n\n'


def lines() -> list[str]:
    """Every line of the English seeds, from a database made for it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "ENV_FILE": os.devnull,
        }
        sys.path.insert(0, str(ROOT))
        import django
        from django.core.management import call_command

        django.setup()
        from education.seed import entries, pages, spanish

        call_command("migrate", verbosity=0)
        entries.make_library()
        pages.make_pages()
        return spanish.lines_to_translate()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main() -> int:
    if not shutil.which("msgmerge"):
        sys.exit("GNU gettext is missing: install the package gettext.")
    PO.parent.mkdir(parents=True, exist_ok=True)
    if not PO.exists():
        PO.write_text(HEADER)
    with tempfile.NamedTemporaryFile("w", suffix=".pot") as pot:
        pot.write(HEADER + "\n".join(f'msgid {quoted(one)}\nmsgstr ""\n' for one in lines()))
        pot.flush()
        merge = ["msgmerge", "--quiet", "--update", "--backup=none", "--no-wrap", "--previous"]
        subprocess.run([*merge, PO, pot.name], check=True)
        subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", "-o", PO, PO], check=True)
    compiled = ["msgfmt", "--check", "--statistics", "-o", PO.with_suffix(".mo"), PO]
    return subprocess.run(compiled).returncode


if __name__ == "__main__":
    sys.exit(main())
