"""upload."""

from pages.ui import frame


@frame.page
def show() -> None:
    """Draw."""
    frame.open_plain("upload")
