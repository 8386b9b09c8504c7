"""A PDF of a page of HTML: tagged for screen readers (PDF/UA), made of nothing but our own static files."""

import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from .pdf_tags import mend

PDF_UA = "pdf/ua-1"


class PdfUnavailable(Exception):
    """This server lacks what PDF needs (docs/deploy.md); ``str()`` is a sentence for whoever asked."""

    def __init__(self):
        super().__init__(
            "This server cannot make PDF files. Take the Word document and save it as PDF, "
            "or ask whoever runs Waterline to install Pango."
        )


def pdf_of(html):
    """Return the bytes of a PDF of a whole page of HTML. Raises PdfUnavailable where the server cannot.

    Addresses in it are relative to ``static/``; one that leads elsewhere is not opened.
    """
    static = Path(settings.BASE_DIR, "static").resolve()
    weasyprint = _weasyprint()

    class StaticFiles(weasyprint.URLFetcher):
        """Opens files of ``static/`` and nothing else, least of all another site."""

        def fetch(self, url, headers=None):
            if not _is_within(static, url):
                raise ValueError("Only static files go into a PDF.")
            return super().fetch(url, headers)

    page = weasyprint.HTML(string=html, base_url=f"{static.as_uri()}/", url_fetcher=StaticFiles())
    return page.write_pdf(pdf_variant=PDF_UA, finisher=mend)


def _is_within(folder, url):
    parts = urlsplit(url)
    return parts.scheme == "file" and Path(unquote(parts.path)).resolve().is_relative_to(folder)


def _weasyprint():
    """Return the package, which loads Pango as it is imported."""
    try:
        import weasyprint
    except (ImportError, OSError):
        raise PdfUnavailable from None
    # Style sheets are for browsers too: what it does not know of them is no news.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint
