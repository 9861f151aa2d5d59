# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A drawing of lines, texts and marks. Colours are classes, which the page's style sheet defines for light and dark; a mark's
shape says as much as its colour.
"""

import math
from html import escape

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


class Drawing:
    def __init__(self, width, height, title):
        self.width, self.height, self.title, self.parts = width, height, title, []

    def add(self, tag, content=None, tip="", **attributes):
        """An element. Attributes are numbers or texts; class_ is class, and _ in others is -."""
        written = " ".join(f'{name.rstrip("_").replace("_", "-")}="{_number(value)}"' for name, value in attributes.items())
        inner = (f"<title>{escape(tip)}</title>" if tip else "") + (escape(content) if content is not None else "")
        self.parts.append(f"<{tag} {written}>{inner}</{tag}>" if inner else f"<{tag} {written}/>")

    def text(self, x, y, content, class_="ink", anchor="start", size=12, tip="", **more):
        self.add("text", content, tip, x=x, y=y, class_=class_, text_anchor=anchor, font_size=size, **more)

    def line(self, x1, y1, x2, y2, class_="grid", **more):
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_, **more)

    def rect(self, x, y, width, height, class_, tip="", **more):
        self.add("rect", None, tip, x=x, y=y, width=width, height=height, class_=class_, **more)

    def path(self, points, class_, **more):
        self.add("path", d="M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points), class_=class_, **more)

    def mark(self, library, x, y, size=5, is_hollow=False, tip=""):
        """A library's own shape, in its colour."""
        class_ = f"mark {library}" + (" hollow" if is_hollow else "")
        if library == "tbb":
            side = size * 1.7
            self.add("rect", None, tip, x=x - side / 2, y=y - side / 2, width=side, height=side, class_=class_)
        elif library in ("omp", "plain", "serial", "std", "boost"):
            corners = {"omp": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)), "boost": ((0, 1.15), (1.1, -0.85), (-1.1, -0.85)),
                       "std": ((0, -1.1), (1.05, -0.35), (0.65, 0.9), (-0.65, 0.9), (-1.05, -0.35)), "plain": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
                       "serial": ((-0.35, -1.2), (0.35, -1.2), (0.35, 1.2), (-0.35, 1.2))}[library]
            points = " ".join(f"{_number(x + size * dx)},{_number(y + size * dy)}" for dx, dy in corners)
            self.add("polygon", None, tip, points=points, class_=class_)
        else:
            self.add("circle", None, tip, cx=x, cy=y, r=size, class_=class_)

    def render(self, style="", background=False):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_number(self.width)} {_number(self.height)}" '
                f'font-family="{FONT}" role="img" aria-label="{escape(self.title)}">')
        first = [f"<style>{style}</style>"] if style else []
        if background:
            first += [f"<title>{escape(self.title)}</title>",
                      f'<rect width="{_number(self.width)}" height="{_number(self.height)}" class="surface"/>']
        return "\n".join([head, *first, *self.parts, "</svg>"])


def _number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else escape(str(value))


class LogScale:
    """From [low, high], both above 0, to [start, end]."""

    def __init__(self, low, high, start, end):
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value):
        part = math.log(max(value, 1e-300) / self.low) / math.log(self.high / self.low)
        return self.start + (self.end - self.start) * min(1.0, max(0.0, part))

    def ticks(self, least_distance):
        """Powers of ten times 1, 2 and 5; fewer where these would stand too close."""
        for steps in ((1, 2, 5), (1,)):
            found = [step * 10.0**power for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                     for step in steps if self.low * 0.999 <= step * 10.0**power <= self.high * 1.001]
            places = [self(value) for value in found]
            if all(abs(a - b) >= least_distance for a, b in zip(places, places[1:])):
                return found
        return found[::2]
