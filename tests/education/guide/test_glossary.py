"""Words that are explained where they first appear."""

from types import SimpleNamespace

from education.guide.glossary import Glossary

CORE = SimpleNamespace(key="core", forms=["core", "your core"])
BUTTON = '<button type="button" class="app-term" popovertarget="term-core">core</button>'


def test_no_comma_begins_a_line_after_a_word():
    text = Glossary([CORE]).explain("<p>Brace the core, breathe.</p>")

    assert text == f'<p>Brace the <span class="app-term__end">{BUTTON},</span> breathe.</p>'


def test_a_word_without_punctuation_stands_alone():
    text = Glossary([CORE]).explain("<p>Brace the core and breathe. The core, again.</p>")

    assert text == f"<p>Brace the {BUTTON} and breathe. The core, again.</p>"
