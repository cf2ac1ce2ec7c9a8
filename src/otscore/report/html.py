"""A report as one HTML file: no scripts, no network, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.report.compose import compose
from otscore.report.document import Document
from otscore.report.foreign import CLOSE, OPEN, without_isolates

if TYPE_CHECKING:
    import jinja2


def profile_html(
    profile: Profile, plan: Plan | None = None, progress: Progress | None = None, language: str = "en", labels: Mapping[str, str] | None = None
) -> str:
    """The report as HTML. Raises UsageError as :func:`otscore.report.compose.compose`, and where jinja2 is missing."""
    return document_html(compose(profile, plan, progress, language, labels))


def document_html(document: Document) -> str:
    """A report that is put together, as HTML."""
    return template("report.html").render(document=document)


@lru_cache(maxsize=4)
def template(name: str) -> jinja2.Template:
    """A template of ours, compiled once. Raises UsageError where jinja2 is missing."""
    try:
        import jinja2
        import markupsafe
    except ImportError:
        raise UsageError(Issue("extra_missing", "HTML reports need jinja2", "Install it: pip install otscore[report]")) from None

    def told(text: str) -> Any:
        """Escaped; what comes from outside is an element of its own direction."""
        escaped = str(markupsafe.escape(text))
        return markupsafe.Markup(escaped.replace(OPEN, "<bdi>").replace(CLOSE, "</bdi>"))

    folder = files("otscore") / "report"
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"told": told, "bare": without_isolates, "svg": markupsafe.Markup}
    environment.globals["css"] = markupsafe.Markup((folder / "report.css").read_text(encoding="utf-8"))
    return environment.from_string((folder / name).read_text(encoding="utf-8"))
