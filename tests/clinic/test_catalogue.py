"""The Spanish catalogue says everything that patients read, and the compiled file is its own."""

import ast
import gettext
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils.translation import template

FOLDER = settings.BASE_DIR / "clinic" / "locale" / "es" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|<[^>]+>")


@pytest.fixture(scope="module")
def messages():
    """bin/messages.py, which knows what is public."""
    sys.path.insert(0, str(settings.BASE_DIR / "bin"))
    try:
        import messages

        yield messages
    finally:
        sys.path.remove(str(settings.BASE_DIR / "bin"))


@pytest.fixture(scope="module")
def spanish():
    with (FOLDER / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def first_words(source):
    """The first argument of every call for a translation, as far as it is written out."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in CALLS and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def words_of(path):
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return set(first_words(source))
    # Django's own reader turns a template into calls of gettext, as makemessages does.
    calls = re.findall(
        r"\bn?gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")",
        template.templatize(source, origin=str(path)),
    )
    return {ast.literal_eval(text) for text in calls}


def test_every_word_for_patients_is_translated(messages, spanish):
    known = {key[0] if isinstance(key, tuple) else key for key in spanish}
    missing = {
        path.relative_to(settings.BASE_DIR).as_posix(): gone
        for path in messages.sources()
        if (gone := sorted(words_of(path) - known - {""}))
    }

    assert len(known) > 600
    assert missing == {}, "run bin/messages.py and translate what is empty in django.po"


def test_nothing_is_guessed_or_empty():
    text = (FOLDER / "django.po").read_text(encoding="utf-8")

    assert "fuzzy" not in text
    assert not re.search(r'^msgstr(\[\d\])? ""\n(?!")', text, re.MULTILINE)


def test_translations_keep_what_is_filled_in(spanish):
    for key, said in spanish.items():
        asked, form = key if isinstance(key, tuple) else (key, 0)
        if form == 0 and asked:
            assert sorted(set(PLACEHOLDER.findall(said))) == sorted(
                set(PLACEHOLDER.findall(asked))
            ), asked


def test_the_compiled_file_belongs_to_the_catalogue(tmp_path, spanish):
    """Without gettext on this computer the next best: no message of the catalogue is missing in it."""
    texts = re.findall(
        r'^msgid ((?:".*"\n?)+)', (FOLDER / "django.po").read_text(encoding="utf-8"), re.MULTILINE
    )
    asked = {"".join(map(ast.literal_eval, text.splitlines())) for text in texts}

    assert {key[0] if isinstance(key, tuple) else key for key in spanish} == asked


def test_the_list_names_files_that_exist(messages):
    for pattern in messages.PUBLIC:
        assert list(settings.BASE_DIR.glob(pattern)), pattern
    for name in messages.NOT_PUBLIC:
        assert (settings.BASE_DIR / name).is_file()


def test_the_tool_says_what_it_needs():
    """On a computer without GNU gettext it ends with a sentence."""
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "bin" / "messages.py"],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "GNU gettext is missing" in done.stderr
