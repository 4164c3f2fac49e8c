"""HTML from Python is escaped, but for what is HTML already; plain words follow the language."""

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from clinic.markup import elements, escaped, filled


@pytest.mark.parametrize("value", ["<b>", "\"'&", 3, gettext_lazy("Back"), None])
def test_values_are_escaped_as_in_a_template(value):
    assert filled("<i>{}</i>", value) == Template("<i>{{ it }}</i>").render(Context({"it": value}))


def test_html_is_not_escaped_twice():
    assert escaped(SafeString("<b>")) == "<b>"
    assert filled("{}", filled("{}", "<")) == "&lt;"


def test_elements_escape_what_they_hold():
    assert elements("li", ["<", "b"]) == "<li>&lt;</li><li>b</li>"


@pytest.mark.parametrize(
    "source", ['{% translate "Back" %}', '{% translate "Back" as word %}{{ word }}']
)
def test_words_follow_the_language(source):
    template = Template(source)
    said = []
    for language in ("en-gb", "es", "en-gb"):
        with override(language):
            said.append(template.render(Context()))

    assert said == ["Back", "Volver", "Back"]


def test_percent_signs_and_tags_of_words_stay():
    template = Template('{% translate "<b>50 %</b>" %}{% translate word %}')

    assert template.render(Context({"word": "<"})) == "<b>50 %</b>&lt;"
