"""How the documentation is built: `nox -s docs`."""

from __future__ import annotations

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

# No inventory of the standard library or of pydantic is at hand where this is built, so their names are not links.
nitpick_ignore_regex = [(r"py:.*", r"(?!nemovideo\.).*"), (r"py:.*", r"nemovideo\.(protocol|transport|engine)\..*")]
