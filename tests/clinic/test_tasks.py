"""What Wagtail asks for several times while a page is made runs once, at the end."""

import pytest
from django_tasks.signals import task_finished
from modelsearch.backends import get_search_backend
from wagtail.models import ReferenceIndex

from clinic.tasks import once_each
from education.models import GlossaryTerm


@pytest.fixture
def ran():
    """The names of the tasks that have run, and their arguments."""
    done = []

    def note(task_result, **_):
        assert not task_result.errors
        done.append((task_result.task.name, *task_result.args))

    task_finished.connect(note)
    yield done
    task_finished.disconnect(note)


def found(words):
    return list(get_search_backend().search(words, GlossaryTerm))


@pytest.mark.postgresql
def test_each_task_runs_once_at_the_end(db, ran):
    with once_each():
        term = GlossaryTerm.objects.create(key="sole", term="Sole", meaning="Under the foot.")
        term.term = "Plantar aponeurosis"
        term.save()
        term.save_revision().publish()
        assert ran == [] == found("aponeurosis")
    assert len(ran) == len(set(ran)) > 1
    assert found("aponeurosis") == [term]

    term.save()

    assert len(ran) > len(set(ran))


def test_after_an_error_none_runs(db, ran):
    with pytest.raises(ZeroDivisionError), once_each():
        GlossaryTerm.objects.create(key="sole", term="Sole", meaning="Under the foot.")
        raise ZeroDivisionError
    assert ran == []


@pytest.mark.postgresql
def test_the_seeded_site_is_indexed(seeded, guide):
    images = ReferenceIndex.get_references_for_object(guide)
    assert images.exists()
    assert guide in get_search_backend().search("iliopsoas", type(guide))
