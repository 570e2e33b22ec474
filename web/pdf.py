"""Turn a page into a PDF: our styles and fonts, tagged for screen readers, nothing fetched.

WeasyPrint's own fetcher would open any address that a text on the page names, files of this
machine and of its network among them. Ours opens `data:` and our static files only.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from web.tokens import css_folder, print_stylesheet

TAGGED = "pdf/ua-1"


class OnlyOurs(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Opens `data:` addresses and files of our static folder; refuses every other address."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return what stands at `url`; raises ValueError for an address that is not ours."""
        if urlsplit(url).scheme.lower() == "file" and not self._is_ours(url):
            raise ValueError("This file is no part of the product.")
        return super().fetch(url, headers)

    def _is_ours(self, url: str) -> bool:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        return parts.netloc in {"", "localhost"} and path.is_relative_to(self._folder)


def pdf_of(html: str, *, styles: str = "") -> bytes:
    """Return the PDF of a whole HTML page; its `lang` and `title` become the document's.

    `styles` are added to the print stylesheet.
    """
    folder = css_folder()
    fetcher, fonts = OnlyOurs(folder.parent), FontConfiguration()
    base = f"{folder.as_uri()}/"
    sheet = CSS(
        string=print_stylesheet() + styles, base_url=base, url_fetcher=fetcher, font_config=fonts
    )
    page = HTML(string=html, base_url=base, url_fetcher=fetcher)
    written: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant=TAGGED)
    return written
