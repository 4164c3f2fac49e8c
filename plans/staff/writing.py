"""The page of one plan: its forms, and what its buttons do. Every button saves what was typed first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from bookings.errors import InvalidTransition
from bookings.forms.typed import errors_of
from bookings.transitions.core import Actor, staff
from education.enums import ExerciseKind
from education.models import Exercise
from plans import agreed, library, transitions
from plans.models import Plan
from plans.staff.forms import PlanForm, RowForm
from plans.staff.shared import Shared

ROW_BUTTONS = {"up", "down", "remove", "renew"}


class Page:
    """`data` is what was posted, or None. The button is `do`, such as "save", "add" or "up:12"."""

    def __init__(self, plan: Plan, data: Any) -> None:
        self.plan, self.data = plan, data
        self.refused: list[str] = []
        self.saved = False
        self.rows = list(plan.exercises.all())

    @cached_property
    def library(self) -> list[Exercise]:
        return library.published(self.plan.locale)

    @cached_property
    def form(self) -> PlanForm:
        initial = {"version": self.plan.version, "until": self.plan.until}
        return PlanForm(self.data, initial=initial, library=self.library)

    @cached_property
    def row_forms(self) -> list[RowForm]:
        return [RowForm(row, self.data) for row in self.rows]

    def refuse(self, why: str) -> None:
        self.refused.append(why)

    def after_refusal(self, why: str) -> Page:
        """The page to show: what was typed stays, or stands there as saved where only the button failed."""
        page = Page(self.plan, None) if self.saved else self
        page.refuse(why)
        return page

    def act(self, *, user: Any, now: datetime) -> str:
        """Save, then do what the button says. Returns the name of the button, empty if refused."""
        verb, _colon, pk = self.data.get("do", "save").partition(":")
        actor = staff(user)
        if verb in {"end", "discard"}:
            return self._end(verb, actor, now)
        shown = [form for form in self.row_forms if form.is_there]
        if not all([self.form.is_valid(), *(form.is_valid() for form in shown)]):
            self.refuse(_("Some of it cannot be as it is: please look at what is marked."))
            return ""
        version = self.form.cleaned_data["version"]
        transitions.change(
            self.plan,
            version=version,
            rows=[form.wanted for form in arranged(shown, verb, pk)],
            until=self.form.cleaned_data["until"],
            actor=actor,
            now=now,
        )
        self.saved = True
        return self._after_saving(verb, pk, user, actor, now)

    def _end(self, verb: str, actor: Actor, now: datetime) -> str:
        self.form.is_valid()  # its version alone counts here
        version: Any = self.form.cleaned_data.get("version")
        transitions.end(self.plan, version=version, actor=actor, now=now)
        return verb

    def _after_saving(self, verb: str, pk: str, user: Any, actor: Actor, now: datetime) -> str:
        about: dict[str, Any] = {"version": self.plan.version, "actor": actor, "now": now}
        if verb == "add":
            chosen = set(self.form.cleaned_data["add"])
            found = [one for one in self.library if one.key in chosen]
            transitions.add(self.plan, exercises=found, **about)
        elif verb == "renew":
            self._renew(pk, about)
        elif verb == "send":
            transitions.send(self.plan, **about)
        elif verb == "template":
            name = self.form.cleaned_data["template"]
            if not name:
                raise InvalidTransition(_("Give the template a name."))
            transitions.save_template(self.plan, name=name, user=user, now=now)
        return verb if verb in {"add", "send", "template", *ROW_BUTTONS} else "save"

    def _renew(self, pk: str, about: dict[str, Any]) -> None:
        row = next((row for row in self.rows if str(row.pk) == pk), None)
        exercise = next((one for one in self.library if row and one.key == row.key), None)
        if row is None or exercise is None:
            raise InvalidTransition(_("This exercise is no longer published."))
        transitions.renew(self.plan, row, exercise=exercise, **about)

    def context(self, *, now: datetime) -> dict[str, Any]:
        known = library.today()
        there = {row.key for row in self.rows}
        items = [agreed.Item(row) for row in self.rows]
        wrong = [error for form in self._bound() for error in errors_of(form)]
        return {
            "plan": self.plan,
            "form": self.form,
            "rows": [
                {"form": form, "item": item, "state": library.state(form.row, known)}
                for form, item in zip(self.row_forms, items, strict=True)
            ],
            "groups": [
                (
                    kind.label,
                    [one for one in self.library if one.kind == kind and one.key not in there],
                )
                for kind in ExerciseKind
            ],
            "ticked": set(self.data.getlist("add")) if self.data else set(),
            "refused": self.refused + (wrong if self.refused else []),
            "unsigned": agreed.unsigned(items),
            "shared": None
            if self.plan.is_draft
            else Shared(self.plan, today=self.plan.request.location.today(now)),
            "events": self.plan.events.select_related("actor"),
        }

    def _bound(self) -> list[Form]:
        return [form for form in (self.form, *self.row_forms) if form.is_bound]


def arranged(forms: list[RowForm], verb: str, pk: str) -> list[RowForm]:
    """The rows in their order, after the button of one of them."""
    at = next((n for n, form in enumerate(forms) if str(form.row.pk) == pk), None)
    if at is None or verb not in ROW_BUTTONS:
        return forms
    found = list(forms)
    moved = found.pop(at)
    if verb == "remove":
        return found
    to = {"up": max(0, at - 1), "down": at + 1}.get(verb, at)
    return [*found[:to], moved, *found[to:]]
