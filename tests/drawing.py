"""Digits drawn as with a pen, for the tests: strokes of any width, at any place."""

import numpy as np
from PIL import Image, ImageDraw

# Points of a line, or the box of an ellipse and where its arc starts and ends, on 100 x 100.
STROKES = {
    0: [((30, 15, 70, 85), 0, 360)],
    1: [[(38, 28), (52, 15), (52, 85)]],
    2: [((28, 14, 72, 52), 180, 360), [(72, 33), (62, 55), (28, 84), (74, 84)]],
    3: [((30, 14, 70, 50), 200, 450), ((28, 48, 72, 88), 270, 520)],
    4: [[(58, 14), (26, 58), (76, 58)], [(60, 36), (60, 88)]],
    5: [[(70, 15), (36, 15), (33, 46)], ((26, 40, 72, 86), 225, 500)],
    6: [[(62, 13), (40, 38), (31, 62)], ((30, 46, 70, 88), 0, 360)],
    7: [[(27, 17), (73, 17), (45, 86)]],
    8: [((34, 13, 66, 48), 0, 360), ((29, 47, 71, 88), 0, 360)],
    9: [((31, 13, 68, 50), 0, 360), [(68, 32), (64, 60), (52, 87)]],
}


def digit(
    which: int,
    *,
    side: int = 300,
    width: int = 24,
    scale: float = 1.0,
    shift: tuple[float, float] = (0, 0),
    slant: float = 0.0,
    light_on_dark: bool = False,
) -> Image.Image:
    """Draw a digit on a square picture, dark on light unless told otherwise, mode L.

    Args:
        which: 0 to 9.
        side: of the picture, in pixels.
        width: of the pen, in pixels.
        scale: of the digit; 1 fills three quarters of the picture.
        shift: to the right and down, in hundredths of the side.
        slant: to the right.
        light_on_dark: the other way round.
    """
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for stroke in STROKES[which]:
        points = np.array(stroke if isinstance(stroke, list) else _arc(*stroke), float) - 50
        points[:, 0] -= slant * points[:, 1]
        points = (points * scale + shift + 50) * side / 100
        pen.line([tuple(point) for point in points], fill=20, width=width, joint="curve")
        for end in (points[0], points[-1]):
            pen.ellipse([*(end - width / 2), *(end + width / 2)], fill=20)
    return Image.eval(image, lambda value: 255 - value) if light_on_dark else image


def _arc(box, start, end):
    left, top, right, bottom = box
    angle = np.radians(np.linspace(start, end, 60))
    x = (left + right) / 2 + (right - left) / 2 * np.cos(angle)
    y = (top + bottom) / 2 + (bottom - top) / 2 * np.sin(angle)
    return np.stack([x, y], axis=1)
