"""QR codes: an address as a picture that a phone's camera reads."""

from io import BytesIO

import segno


def svg(address):
    """Return a QR code of an address as an SVG file, dark on white with the quiet edge that cameras need."""
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(
        file, kind="svg", border=4, dark="#08313f", light="#ffffff", svgclass=None, lineclass=None
    )
    return file.getvalue()
