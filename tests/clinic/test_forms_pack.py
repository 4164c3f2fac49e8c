"""The crispy template pack `clinic_forms`: what a screen reader and a thumb need of each field."""

import pytest
from bs4 import BeautifulSoup
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from clinic.styleguide import ExampleForm


def drawn(form: forms.Form) -> BeautifulSoup:
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))
    return BeautifulSoup(html, "html.parser")


def test_every_control_is_named():
    page = drawn(ExampleForm())
    for control in page.select("input:not([type=hidden]), select, textarea"):
        assert page.find("label", attrs={"for": control["id"]}).get_text(strip=True)


def test_ids_are_unique():
    ids = [element["id"] for element in drawn(ExampleForm({})).select("[id]")]
    assert len(ids) == len(set(ids))


def test_hint_and_error_describe_the_field_and_exist():
    page = drawn(ExampleForm({}))
    email = page.select_one("#id_email")
    assert email["aria-describedby"].split() == ["id_email_helptext", "id_email_error"]
    assert email["aria-invalid"] == "true"
    for described in page.select("[aria-describedby]"):
        for reference in described["aria-describedby"].split():
            assert page.find(id=reference)


def test_an_error_stands_beside_its_field():
    error = drawn(ExampleForm({})).select_one("#id_name_error")
    assert error.get_text(" ", strip=True) == "Error: Enter your name"


def test_summary_links_lead_to_controls():
    page = drawn(ExampleForm({}))
    summary = page.select_one("[data-error-summary]")
    assert summary["tabindex"] == "-1"
    targets = [page.select_one(link["href"]) for link in summary.select("a")]
    assert len(targets) == 7
    assert all(target.name in ("input", "textarea", "select") for target in targets)


def test_errors_of_the_form_are_summarised():
    form = ExampleForm({})
    form.add_error(None, "This time has just been taken")
    assert "just been taken" in drawn(form).select_one("[data-error-summary]").text


def test_unbound_form_shows_no_summary():
    assert not drawn(ExampleForm()).select("[data-error-summary]")


def test_attributes_for_keyboards_and_autofill_are_kept():
    phone = drawn(ExampleForm()).select_one("#id_phone")
    assert (phone["autocomplete"], phone["inputmode"], phone["type"]) == ("tel", "tel", "tel")
    assert phone["class"] == ["nhsuk-input"]


def test_what_was_typed_is_kept():
    page = drawn(ExampleForm({"name": 'A "B" <c>', "where": "back", "signs": ["night", "fall"]}))
    assert page.select_one("#id_name")["value"] == 'A "B" <c>'
    assert page.select_one("input[name=where][checked]")["value"] == "back"
    assert [box["value"] for box in page.select("input[name=signs][checked]")] == ["night", "fall"]


def test_choices_stand_in_a_fieldset_with_a_legend():
    fieldset = drawn(ExampleForm()).select_one("input[name=where]").find_parent("fieldset")
    assert fieldset.legend.get_text(strip=True) == "Where does it feel tight?"
    assert fieldset["aria-describedby"] == "id_where_helptext"


def test_checkboxes_are_not_each_required():
    page = drawn(ExampleForm())
    assert not page.select("input[name=signs][required]")
    assert page.select_one("input[name=where]").has_attr("required")


def test_times_are_grouped_by_day_and_part():
    page = drawn(ExampleForm())
    days = page.select("fieldset.day")
    assert [day.legend.text for day in days] == ["Tuesday 24 November", "Wednesday 25 November"]
    assert [part.legend.text for part in days[0].select(".part")] == ["Morning", "Afternoon"]
    chips = days[0].select(".chips > .chip > input[type=radio][name=time]")
    assert len(chips) == 9


def test_other_choices_are_ordinary_rows():
    class Asked(forms.Form):
        time = forms.ChoiceField(
            choices=[(("Tuesday", "Morning"), [("1", "9am")]), ("any", "Please suggest one")],
            widget=forms.RadioSelect(attrs={"class": "chips"}),
        )

    page = drawn(Asked())
    assert [chip["value"] for chip in page.select(".chips > .chip > input")] == ["1"]
    assert page.select_one(".nhsuk-radios:not(.chips) > .nhsuk-radios__item > [value=any]")


def test_named_groups_become_fieldsets():
    class Grouped(forms.Form):
        part = forms.ChoiceField(
            choices=[("Tuesday", [("1", "9am")]), ("", [("2", "Any")]), ("3", "Later")],
            widget=forms.RadioSelect,
        )

    page = drawn(Grouped())
    assert [day.legend.text for day in page.select("fieldset.day")] == ["Tuesday"]
    assert len(page.select("input[type=radio]")) == 3


def test_a_heading_field_is_the_page_heading():
    form = ExampleForm()
    form.heading_field = "where"
    assert drawn(form).select_one("legend > h1").get_text(strip=True) == "Where does it feel tight?"
    form.heading_field = "name"
    assert drawn(form).select_one("h1 > label")["for"] == "id_name"


def test_optional_fields_say_so():
    page = drawn(ExampleForm())
    assert "(optional)" in page.select_one("label[for=id_phone]").text
    assert "(optional)" not in page.select_one("label[for=id_name]").text


@pytest.mark.parametrize("method", ["post", "get"])
def test_crispy_tag_draws_form_layout_and_button(method, rf):
    form = ExampleForm({})
    form.helper = FormHelper(form)
    form.helper.form_method = method
    form.helper.layout = Layout(Fieldset("You", "name", "email"))
    form.helper.add_input(Submit("go", "Continue"))
    page = BeautifulSoup(render_crispy_form(form, context={"csrf_token": "token"}), "html.parser")
    assert page.form.has_attr("novalidate")
    assert bool(page.select("[name=csrfmiddlewaretoken]")) == (method == "post")
    assert page.select_one("button[type=submit]").text == "Continue"
    assert page.fieldset.legend.text == "You"
    assert page.select_one("[data-error-summary] a[href='#id_name']")
