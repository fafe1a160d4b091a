"""OpenDocument texts (.odt, .fodt), as LibreOffice writes them."""

from index.readers.odt.reader import read_odt

__all__ = ["read_odt"]
