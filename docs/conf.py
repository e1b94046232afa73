"""How the documentation is built: Markdown through MyST, the Furo theme, nothing fetched from outside."""

from importlib.metadata import version as installed_version

project = "Answerable"
author = "The Answerable contributors"
copyright = "2026, the Answerable contributors"
version = release = installed_version("answerable")
language = "en_GB"

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Answerable"
html_theme_options = {"navigation_with_keys": True}
