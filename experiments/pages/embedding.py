"""Put what a page shows into the page: scripts, pictures and data, packed as its scripts read them.

So it is one file, which works wherever it is moved to, and without a network.
"""

import base64
import functools
import io
import re
import zlib
from pathlib import Path

import vl_convert
from markupsafe import Markup
from PIL import Image

MOST_COLOURS = 24  # of a picture


def packed(content: bytes) -> str:
    """Return bytes as text for a page: compressed, in base64; `unpack` of its scripts reads it."""
    return base64.b64encode(zlib.compress(content, 9)).decode()


def picture(image: Image.Image) -> str:
    """Return a picture as an address that holds it: as WebP, in colours that are enough for it."""
    few = image.convert("RGB").quantize(MOST_COLOURS, dither=Image.Dither.NONE).convert("RGB")
    file = io.BytesIO()
    few.save(file, format="WEBP", lossless=True, quality=50, method=2)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def svg(path: Path) -> Markup:
    """Return a drawing of ours as a part of a page, whose links lead to other parts of it."""
    drawing = path.read_text(encoding="utf-8").partition("viewBox")[2]
    drawing = re.sub(r"\s*\n\s*", " ", drawing).replace(' target="_blank"', "")
    return Markup(f"<svg viewBox{drawing}")


@functools.cache
def vega() -> str:
    """Return Vega-Lite as one script, packed; it takes a second."""
    # In no thread of its own, which would outlive a Ctrl-C.
    return packed(vl_convert.javascript_bundle().encode())
