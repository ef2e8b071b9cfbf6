"""How the documentation is built: `nox -s docs`."""

from __future__ import annotations

from sphinx.application import Sphinx

from nemovideo import __version__

project = "nemovideo"
author = "The nemovideo authors"
copyright = "2026, the nemovideo authors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"nemovideo {release}"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_default_options = {"members": True, "show-inheritance": False}
python_use_unqualified_type_names = True

napoleon_use_ivar = True

# No inventory of the standard library or of pydantic is at hand where this is built, and not every name in a signature
# is part of the public face: neither is a link.
_ROOMS = r"(protocol|transport|engine|clock|blocking|source|progress\.Reporter|resources\.\w+\.[A-Z]\w+)"
nitpick_ignore_regex = [(r"py:.*", r"(?!nemovideo\.).*"), (r"py:.*", rf"nemovideo\.({_ROOMS}|errors\.ErrorContext).*")]


def setup(app: Sphinx) -> None:
    """Leave a module's own docstring out: it speaks to whoever reads the source, with drawings that are no reST."""

    def silence(_app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
        if what == "module":
            lines.clear()

    app.connect("autodoc-process-docstring", silence)
