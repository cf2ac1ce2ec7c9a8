"""How the manual is built: ``make docs``, or ``python -m sphinx -W -b html docs docs/_build/html``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from pygments.lexers.special import TextLexer  # noqa: E402

from otscore.version import __version__  # noqa: E402

project = "otscore"
author = "the otscore contributors"
copyright = "the otscore contributors; Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "schema"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"otscore {release}"
html_show_sphinx = False


def setup(app):
    """Called by Sphinx."""
    app.add_lexer("csv", TextLexer)
