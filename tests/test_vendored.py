"""Vendored files: the right plotly.js, a licence for each; and static files that production can collect."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from plotly.offline import get_plotlyjs_version

VENDOR = settings.BASE_DIR / "static" / "vendor"
ENTRIES = sorted(path for path in VENDOR.iterdir() if path.is_dir() or path.suffix in (".js", ".css"))
MANIFEST_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def licence_of(entry: Path) -> Path:
    """`font-1.2` -> `font-1.2/LICENSE.txt`; `plotly-1.2.min.js` -> `plotly-1.2.LICENSE.txt`."""
    if entry.is_dir():
        return entry / "LICENSE.txt"
    return entry.with_name(entry.name.removesuffix(entry.suffix).removesuffix(".min") + ".LICENSE.txt")


def test_plotly_in_the_browser_is_the_version_that_checks_figures_in_python():
    assert (VENDOR / f"plotly-cartesian-{get_plotlyjs_version()}.min.js").exists()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_has_its_licence_and_a_line_in_the_readme(entry):
    assert licence_of(entry).exists()
    assert f"`{entry.name}" in (VENDOR / "README.md").read_text(encoding="utf-8")


def test_collectstatic_finds_everything_that_style_sheets_and_scripts_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST_STORAGE}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
