"""What a user hands in, as models: a mistake is told by its field, never by its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from otscore.errors import Issue, UsageError

Model = TypeVar("Model", bound=BaseModel)


def as_models(model: type[Model], given: Iterable[Model | Mapping[str, Any]], field: str) -> tuple[Model, ...]:
    """Each as the model.

    Raises UsageError with every field that does not fit.
    """
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise UsageError(Issue("not_a_list", f"{field} is a list of {model.__name__}", f"Write {field}=[{model.__name__}(...)]", field=field))
    found, issues = [], []
    for number, one in enumerate(given, start=1):
        try:
            found.append(one if isinstance(one, model) else model.model_validate(one))
        except ValidationError as error:
            issues += [_issue(model, field, number, one_error["loc"], one_error["msg"]) for one_error in error.errors(include_input=False, include_url=False)]
    if issues:
        raise UsageError(issues)
    return tuple(found)


def _issue(model: type[BaseModel], field: str, number: int, place: tuple[Any, ...], words: str) -> Issue:
    name = ".".join([field, *map(str, place)])
    return Issue("not_possible", f"{model.__name__} number {number}: {words}", f"Fields: {', '.join(model.model_fields)}", field=name)
