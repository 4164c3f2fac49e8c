"""Wagtail's tasks, such as putting a page into the search index: they run at once, in this process.

While one page is made and published, Wagtail asks for the same tasks again and again. Inside `once_each()`
each of them runs once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import TaskResult

Waiting = dict[tuple[str, str], tuple["Backend", "TaskResult[object]"]]
_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


class Backend(ImmediateBackend):
    def _execute_task(self, task_result: TaskResult[object]) -> None:
        waiting = _waiting.get()
        if waiting is None:
            super()._execute_task(task_result)
            return
        asked_for = f"{task_result.args} {task_result.kwargs}"
        waiting[task_result.task.module_path, asked_for] = (self, task_result)


@contextmanager
def once_each() -> Iterator[None]:
    """Tasks of this block wait for its end. After an error none of them runs."""
    waiting: Waiting = {}
    before = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(before)
    for backend, task_result in waiting.values():
        backend._execute_task(task_result)
