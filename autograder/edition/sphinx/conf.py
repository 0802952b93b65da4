"""Sphinx's configuration of the site. `autograder site` fills a folder with pages and calls it."""

import json
from pathlib import Path

from autograder.edition.site_math import add_mathml

SETTINGS = json.loads((Path(__file__).parent / "settings.json").read_text("utf-8"))

project = "word2chat"
author = "the authors of word2chat"
copyright = "word2chat; text CC BY 4.0, code MIT"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "weeks/download"]
language = "en"

# --- notebooks are shown with the outputs that the assembly put into them; nothing runs here
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
# a notebook begins anew under its title: its exercises are headings of their own
suppress_warnings = ["misc.highlighting_failure", "myst.header"]

# --- the API of `course`
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True, "show-inheritance": True}

# --- HTML: no address outside of the site is asked for anything, so that it works from a file
html_theme = "sphinx_book_theme"
html_title = "word2chat"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    # search and the switch of colours stand beside the page already
    **{f"navbar_{part}": [] for part in ("start", "center", "end", "persistent")},
    **(
        {"repository_url": SETTINGS["repository"], "use_repository_button": True}
        if SETTINGS["repository"]
        else {}
    ),
}


def setup(app):
    """Called by Sphinx."""
    add_mathml(app)
