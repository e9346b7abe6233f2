#!/usr/bin/env python3
"""Draws the demonstration wire's pictures: one SVG a scene, rasterised and compressed by vips (libvips-tools).

    python3 demo/make_pictures.py [NAME…]     all of them, or those named, into demo/pictures/

Every scene draws from its own seed, so that the same script gives the same picture. No lettering on any of them.
"""
import math
import pathlib
import random
import subprocess
import sys
import tempfile

W, H = 1600, 900
MARGIN = 64  # drawn around and cut off: a blur stops at the canvas and would show there as an edge
OUT = pathlib.Path(__file__).resolve().parent / "pictures"
MAX_BYTES = 220_000


class Scene:
    """An SVG in the making: definitions, shapes, and a random source of its own."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)
        self.defs, self.shapes, self.ids = [], [], 0
        for n in (2, 4, 8, 16, 32, 64):
            self.defs.append(f'<filter id="blur{n}" x="-50%" y="-50%" width="200%" height="200%">'
                             f'<feGaussianBlur stdDeviation="{n}"/></filter>')

    def add(self, text):
        self.shapes.append(text)

    def paint(self, kind, stops, attrs):
        self.ids += 1
        name = f"g{self.ids}"
        inner = "".join(f'<stop offset="{o}" stop-color="{c}" stop-opacity="{a}"/>'
                        for o, c, a in ((s + (1,))[:3] for s in stops))
        self.defs.append(f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {attrs}>{inner}</{kind}>')
        return f"url(#{name})"

    def down(self, stops, y0=0, y1=H):
        return self.paint("linearGradient", stops, f'x1="0" y1="{y0}" x2="0" y2="{y1}"')

    def along(self, stops, x0, y0, x1, y1):
        return self.paint("linearGradient", stops, f'x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"')

    def round(self, stops, cx, cy, r):
        return self.paint("radialGradient", stops, f'cx="{cx}" cy="{cy}" r="{r}"')

    def rect(self, x, y, w, h, fill, extra=""):
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}" {extra}/>')

    def circle(self, x, y, r, fill, extra=""):
        self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}" {extra}/>')

    def ellipse(self, x, y, rx, ry, fill, extra=""):
        self.add(f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" {extra}/>')

    def poly(self, points, fill, extra=""):
        self.add('<polygon points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + f'" fill="{fill}" {extra}/>')

    def line(self, x0, y0, x1, y1, stroke, width, extra=""):
        self.add(f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{stroke}" '
                 f'stroke-width="{width}" {extra}/>')

    def path(self, d, fill="none", extra=""):
        self.add(f'<path d="{d}" fill="{fill}" {extra}/>')

    # What several scenes share

    def sky(self, stops):
        self.rect(0, 0, W, H, self.down(stops))

    def glow(self, x, y, r, colour, strength=0.9):
        stops = [(0, colour, strength), (0.35, colour, strength * 0.42), (1, colour, 0)]
        self.circle(x, y, r, self.round(stops, x, y, r))

    def ridge(self, base, height, fill, rough=0.55, extra=""):
        """A range of hills by midpoint displacement, closed at the bottom edge."""
        line = [self.rnd.uniform(-.3, .3), self.rnd.uniform(-.3, .3)]
        spread = 1.0
        for _ in range(8):
            new = []
            for a, b in zip(line, line[1:]):
                new += [a, (a + b) / 2 + self.rnd.uniform(-spread, spread) / 2]
            line = new + [line[-1]]
            spread *= rough
        step = W / (len(line) - 1)
        points = [(i * step, base - height * v) for i, v in enumerate(line)]
        self.poly([(0, H)] + points + [(W, H)], fill, extra)
        return points

    def hills(self, base, height, fill, waves=2.2, phase=None, bottom=H):
        """Smooth land: the sum of three sines."""
        p = self.rnd.uniform(0, 6.28) if phase is None else phase
        points = []
        for i in range(0, W + 1, 10):
            t = i / W * 6.283 * waves / 2
            v = math.sin(t + p) * .6 + math.sin(t * 2.3 + p * 1.7) * .27 + math.sin(t * 5.1 + p * .6) * .09
            points.append((i, base - height * v))
        self.poly([(0, bottom)] + points + [(W, bottom)], fill)
        return points

    def mist(self, y, depth, colour, strength):
        stops = [(0, colour, 0), (0.5, colour, strength), (1, colour, 0)]
        self.rect(0, y - depth / 2, W, depth, self.down(stops, y - depth / 2, y + depth / 2))

    def clouds(self, y, spread, colour, n, strength=.25, size=240):
        for _ in range(n):
            x, cy = self.rnd.uniform(-100, W + 100), y + self.rnd.gauss(0, spread)
            rx = self.rnd.uniform(.35, 1) * size
            self.ellipse(x, cy, rx, rx * self.rnd.uniform(.05, .12), colour,
                         f'opacity="{self.rnd.uniform(.3, 1) * strength:.2f}" filter="url(#blur16)"')

    def stars(self, n, bottom, colour="#fff"):
        for _ in range(n):
            y = self.rnd.random() ** 1.2 * bottom
            self.circle(self.rnd.uniform(0, W), y, self.rnd.choice([.7, .8, 1, 1.2, 1.7]), colour,
                        f'opacity="{self.rnd.uniform(.15, .95) * (1 - y / bottom * .8):.2f}"')

    def water(self, top, stops, glint_x=None, glint=None, n=260):
        """A plane of water with streaks that widen towards the eye; the glint is a light's broken reflection."""
        self.rect(0, top, W, H - top, self.down(stops, top, H))
        for _ in range(n):
            t = self.rnd.random() ** 1.6
            y = top + 3 + t * (H - top)
            w = 20 + t * 260 * self.rnd.random()
            dark = self.rnd.random() < .55
            self.rect(self.rnd.uniform(-80, W), y, w, .8 + t * 2.6, "#000" if dark else "#fff",
                      f'opacity="{self.rnd.uniform(.02, .09):.3f}" rx="1"')
        if glint:
            for _ in range(230):
                t = self.rnd.random() ** 1.3
                y = top + 2 + t * (H - top)
                w = (10 + 80 * t) * self.rnd.uniform(.4, 1.2)
                x = glint_x + self.rnd.gauss(0, 12 + 75 * t)
                self.rect(x - w / 2, y, w, 1.2 + 3.4 * t, glint,
                          f'opacity="{self.rnd.uniform(.15, .75) * (1 - t * .45):.2f}" rx="2"')

    def crowd(self, y, size, fill, n, jitter=14, arms=0.0):
        for i in range(n):
            x = (i + self.rnd.uniform(-.3, .3)) * W / (n - 1)
            yy, s = y + self.rnd.uniform(-jitter, jitter), size * self.rnd.uniform(.85, 1.12)
            self.circle(x, yy, s * .42, fill)
            self.path(f"M{x - s * .95:.1f},{yy + s * 2.4:.1f} C{x - s * .95:.1f},{yy + s * .2:.1f} "
                      f"{x + s * .95:.1f},{yy + s * .2:.1f} {x + s * .95:.1f},{yy + s * 2.4:.1f} Z", fill)
            if self.rnd.random() < arms:
                side = self.rnd.choice([-1, 1])
                self.line(x + side * s * .6, yy + s, x + side * s * self.rnd.uniform(.5, 1), yy - s * 1.25, fill,
                          f"{s * .26:.1f}", 'stroke-linecap="round"')
        self.rect(0, y + size * 1.1, W, H, fill)

    def vignette(self, strength=.42):
        stops = [(.55, "#000", 0), (1, "#000", strength)]
        self.rect(0, 0, W, H, self.round(stops, W / 2, H / 2, 1020))

    def svg(self):
        grain = ('<filter id="grain" x="0" y="0" width="100%" height="100%">'
                 '<feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="2" seed="7"/>'
                 '<feColorMatrix type="matrix" values="0 0 0 0 0.5  0 0 0 0 0.5  0 0 0 0 0.5  0.55 0.55 0 0 -0.47"/></filter>')
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{W + 2 * MARGIN}" height="{H + 2 * MARGIN}" '
                f'viewBox="{-MARGIN} {-MARGIN} {W + 2 * MARGIN} {H + 2 * MARGIN}"><defs>'
                + "".join(self.defs) + grain + "</defs>" + "\n".join(self.shapes)
                + f'<rect width="{W}" height="{H}" filter="url(#grain)" opacity="0.2"/></svg>')


def harbour_dawn():
    s = Scene(3)
    s.sky([(0, "#27405c"), (.3, "#6d7f93"), (.5, "#d9a58a"), (.62, "#f6cf9c")])
    s.glow(1060, 520, 620, "#ffdf9e", .95)
    s.clouds(250, 90, "#f3c7a8", 34, .42, 330)
    s.clouds(420, 40, "#fff0d6", 14, .4, 300)
    s.circle(1060, 500, 44, "#fff6dd")
    s.hills(548, 26, "#8f8488", 2.4, .8)
    s.hills(562, 14, "#6f6d7a", 3.6, 2.2)
    s.water(570, [(0, "#e2b58f"), (.25, "#9a8f92"), (1, "#22384f")], 1060, "#fff1cf", 330)
    ink = "#1d2b3b"
    s.rect(0, 566, 640, 14, ink)
    for x, k in ((60, 1.0), (230, 1.16), (420, .92)):
        h, base = 250 * k, 566
        for dx in (0, 84 * k):
            s.line(x + dx, base, x + dx + (8 if dx == 0 else -8), base - h, ink, 7)
        s.line(x - 10, base - h * .52, x + 94 * k, base - h * .52, ink, 6)
        s.line(x + 4, base - h * .52, x + 78 * k, base - h, ink, 3)
        s.line(x - 70 * k, base - h, x + 230 * k, base - h * 1.04, ink, 9)
        s.line(x + 40 * k, base - h, x + 46 * k, base - h * 1.4, ink, 6)
        s.line(x + 46 * k, base - h * 1.4, x + 222 * k, base - h * 1.05, ink, 2)
        s.line(x + 46 * k, base - h * 1.4, x - 64 * k, base - h, ink, 2)
        s.rect(x + 120 * k, base - h * 1.02, 16, 18, ink)
        s.line(x + 128 * k, base - h, x + 128 * k, base - h * .6, ink, 1.5)
    for column in range(12):
        for row in range(s.rnd.choice([1, 2, 2, 3, 3, 0])):
            s.rect(20 + column * 46, 545 - row * 21, 43, 20,
                   s.rnd.choice(["#2b3c4e", "#4d3f45", "#5d4640", "#33485a", "#243444"]))
    s.poly([(780, 588), (1330, 588), (1296, 634), (816, 634)], "#1a2735")
    s.rect(1180, 528, 74, 62, "#24344a")
    s.rect(1196, 504, 34, 30, "#1a2735")
    s.line(1222, 504, 1222, 468, "#1a2735", 4)
    for i in range(9):
        for j in range(s.rnd.choice([1, 2, 2, 3])):
            s.rect(826 + i * 38, 567 - j * 20, 36, 19, s.rnd.choice(["#6b4a42", "#3b4d60", "#2d3e50", "#7a6256", "#4c5563"]))
    s.rect(800, 634, 510, 46, s.down([(0, "#101b28", .55), (1, "#101b28", 0)], 634, 680))
    for x, y, k in ((300, 330, 1), (360, 300, .7), (720, 260, .8), (780, 286, .6), (670, 300, .5)):
        s.path(f"M{x - 16 * k},{y} q{8 * k},{-9 * k} {16 * k},0 q{8 * k},{-9 * k} {16 * k},0", "none",
               'stroke="#26364a" stroke-width="2.4" stroke-linecap="round"')
    s.vignette(.35)
    return s


def bridge_mist():
    s = Scene(11)
    s.sky([(0, "#8fb0c0"), (.45, "#d5dfdc"), (.75, "#f0e6d6")])
    s.glow(420, 330, 520, "#fff7e2", .95)
    s.clouds(210, 60, "#ffffff", 22, .45, 300)
    s.ridge(560, 190, "#a9bfc6", .5)
    s.mist(560, 160, "#eef1ec", .8)
    s.ridge(600, 110, "#8aa7b1", .52)
    s.water(610, [(0, "#d8dfda"), (.4, "#8fabb4"), (1, "#345766")], 420, "#fffdf2", 260)
    ink, deck = "#2c4856", 548
    towers = (470, 1190)
    for y0, width, op in ((deck, 13, 1), (deck + 13, 4, .6)):
        s.line(-10, y0 + 14, W + 10, y0 - 14, ink, width, f'opacity="{op}"')

    def deck_at(x):
        return deck + 14 - 28 * x / W

    def cable(x0, y0, x1, y1, sag):
        pts = [(x0 + (x1 - x0) * i / 60, y0 + (y1 - y0) * i / 60 + sag * 4 * (i / 60) * (1 - i / 60)) for i in range(61)]
        s.path("M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in pts), "none", f'stroke="{ink}" stroke-width="5"')
        for x, y in pts[1:-1:1]:
            if y < deck_at(x) - 4:
                s.line(x, y, x, deck_at(x), ink, 1.3, 'opacity=".75"')
    top = 210
    cable(towers[0], top, towers[1], top - 10, 300)
    cable(-260, 640, towers[0], top, 40)
    cable(towers[1], top - 10, 1900, 600, 40)
    for t in towers:
        for dx in (-17, 17):
            s.rect(t + dx - 6, top - 14, 12, 480, ink)
        for y in (top - 4, top + 110, top + 230):
            s.rect(t - 22, y, 44, 12, ink)
        s.rect(t - 46, 656, 92, 26, "#3b5967")
        s.rect(t - 40, 682, 80, 150, s.down([(0, "#2c4856", .5), (1, "#2c4856", 0)], 682, 832))
    s.mist(640, 150, "#f3f3ec", .85)
    s.mist(560, 70, "#f3f3ec", .35)
    for x in range(120, 1560, 170):
        s.circle(x, deck_at(x) - 24, 3.2, "#fff4cf")
        s.line(x, deck_at(x) - 22, x, deck_at(x), ink, 2)
    s.vignette(.25)
    return s


def stadium_night():
    s = Scene(5)
    s.sky([(0, "#071426"), (.4, "#14365a"), (.6, "#2d6282")])
    s.stars(90, 260)
    s.path("M-60,560 C200,330 1400,330 1660,560 L1660,700 L-60,700 Z", "#0c1c2f")
    s.path("M-60,590 C240,392 1360,392 1660,590 L1660,720 L-60,720 Z",
           s.down([(0, "#1d3a55"), (1, "#35566d")], 400, 640))
    for row in range(9):
        t = row / 8
        for i in range(150 - row * 4):
            x = -40 + (i + s.rnd.random()) * (W + 80) / (150 - row * 4)
            u = (x - W / 2) / (W / 2 + 60)
            y = 452 + u * u * 128 + t * 92
            s.circle(x, y, 2.4 + t * 1.8, s.rnd.choice(["#e8d9b5", "#c9553f", "#f0efe8", "#7fa6bd", "#274866", "#1b3450"]),
                     f'opacity="{s.rnd.uniform(.25, .8):.2f}"')
    s.path("M-60,610 C260,520 1340,520 1660,610 L1660,900 L-60,900 Z", "#0f2a22")
    s.poly([(330, 590), (1270, 590), (1900, 900), (-300, 900)], s.down([(0, "#4c9a55"), (1, "#1f6b3c")], 590, 900))
    for i in range(0, 10, 2):
        a0, a1 = 330 + 94 * i, 330 + 94 * (i + 1)
        b0, b1 = -300 + 220 * i, -300 + 220 * (i + 1)
        s.poly([(a0, 590), (a1, 590), (b1, 900), (b0, 900)], "#ffffff", 'opacity=".07"')
    chalk = 'stroke="#f4f8ee" stroke-width="3.5" opacity=".85"'
    s.path("M352,597 L1248,597", "none", chalk)
    s.path("M352,597 L-250,900 M1248,597 L1850,900", "none", chalk)
    s.path("M800,597 L800,900", "none", chalk)
    s.add(f'<ellipse cx="800" cy="742" rx="215" ry="62" fill="none" {chalk}/>')
    s.circle(800, 742, 4, "#f4f8ee")
    for x, top in ((150, 120), (470, 190), (1130, 190), (1450, 120)):
        s.line(x, top + 60, x, 520, "#0a1727", 10)
        s.glow(x, top + 20, 330, "#eaf6ff", .8)
        tx = 800 + (x - 800) * .35
        s.poly([(x - 50, top + 40), (x + 50, top + 40), (tx + 320, 900), (tx - 320, 900)],
               s.down([(0, "#eaf6ff", .26), (.75, "#eaf6ff", .03), (1, "#eaf6ff", 0)], top, 900))
        s.rect(x - 66, top - 18, 132, 74, "#0a1727", 'rx="4"')
        for i in range(5):
            for j in range(3):
                s.circle(x - 50 + i * 25, top - 2 + j * 21, 8, "#fdfff6")
    s.crowd(868, 27, "#06101b", 40, 16, .3)
    s.vignette(.45)
    return s


def laboratory():
    s = Scene(8)
    s.rect(0, 0, W, H, s.along([(0, "#0f2b3d"), (.5, "#1c5363"), (1, "#0d2435")], 0, 0, W, H))
    for _ in range(46):
        x, y, r = s.rnd.uniform(0, W), s.rnd.uniform(0, 620), s.rnd.uniform(18, 74)
        c = s.rnd.choice(["#78d6cf", "#f3c678", "#9fe3ff", "#ffffff", "#3fa7a3"])
        s.circle(x, y, r, c, f'opacity="{s.rnd.uniform(.03, .15):.2f}" filter="url(#blur{s.rnd.choice([4, 8])})"')
    s.glow(1150, 240, 640, "#8fe6dd", .4)
    for y in (150, 330):
        s.rect(0, y, W, 9, "#08202f", 'opacity=".7"')
        x = 30
        while x < W:
            w, h = s.rnd.uniform(22, 60), s.rnd.uniform(44, 104)
            s.rect(x, y - h, w, h, s.rnd.choice(["#2d6f7d", "#88b9b5", "#c99a56", "#1b4c5d", "#4f8c95"]),
                   'opacity=".38" filter="url(#blur4)" rx="7"')
            x += w + s.rnd.uniform(10, 60)
    s.rect(0, 730, W, 170, s.down([(0, "#3d7780"), (.06, "#173f4f"), (1, "#081a27")], 730, 900))

    def glass(d, liquid, level, bounds, colour):
        s.ids += 1
        clip = f"c{s.ids}"
        s.defs.append(f'<clipPath id="{clip}"><path d="{d}"/></clipPath>')
        x0, x1, bottom = bounds
        s.path(d, "#dff6f5", 'opacity=".12"')
        s.add(f'<g clip-path="url(#{clip})">')
        s.rect(x0, level, x1 - x0, bottom - level, liquid)
        s.ellipse((x0 + x1) / 2, level, (x1 - x0) / 2, 9, colour, 'opacity=".75"')
        for _ in range(12):
            s.circle(s.rnd.uniform(x0, x1), s.rnd.uniform(level + 12, bottom), s.rnd.uniform(2, 6), "#fff", 'opacity=".28"')
        s.rect(x0 + (x1 - x0) * .68, level - 400, (x1 - x0) * .1, 800, "#fff", 'opacity=".10"')
        s.add("</g>")
        s.path(d, "none", 'stroke="#e8fbfa" stroke-width="3.2" opacity=".75" stroke-linejoin="round"')
        cx, w = (x0 + x1) / 2, x1 - x0
        s.ellipse(cx, bottom + 14, w * .55, 12, colour, 'opacity=".4" filter="url(#blur8)"')
    def erlenmeyer(x, base, k, c0, c1, fill):
        d = (f"M{x - 30 * k},{base - 330 * k} L{x - 30 * k},{base - 215 * k} L{x - 132 * k},{base - 26 * k} "
             f"Q{x - 142 * k},{base} {x - 112 * k},{base} L{x + 112 * k},{base} Q{x + 142 * k},{base} {x + 132 * k},{base - 26 * k} "
             f"L{x + 30 * k},{base - 215 * k} L{x + 30 * k},{base - 330 * k} Z")
        glass(d, s.down([(0, c0), (1, c1)], base - 170 * k, base), base - fill * k, (x - 140 * k, x + 140 * k, base), c0)
        s.rect(x - 38 * k, base - 338 * k, 76 * k, 11 * k, "#e8fbfa", 'opacity=".7" rx="5"')

    def beaker(x, base, w, h, c0, c1, fill):
        d = f"M{x},{base - h} L{x},{base - 14} Q{x},{base} {x + 14},{base} L{x + w - 14},{base} Q{x + w},{base} {x + w},{base - 14} L{x + w},{base - h} Z"
        glass(d, s.down([(0, c0), (1, c1)], base - fill, base), base - fill, (x, x + w, base), c0)
        for i in range(1, 6):
            s.line(x + w - 30, base - i * h / 6.6, x + w - 10, base - i * h / 6.6, "#e8fbfa", 2, 'opacity=".55"')
    beaker(150, 772, 200, 270, "#7fd8cf", "#1f7f86", 130)
    erlenmeyer(560, 800, 1.25, "#f6c56b", "#c2703a", 165)
    for i in range(4):
        x = 810 + i * 74
        c0, c1 = [("#d9f0a5", "#6f9a3e"), ("#9fe3ff", "#2b7fae"), ("#f7a58d", "#b6493d"), ("#cfc3ff", "#6b57b5")][i]
        d = f"M{x},470 L{x},720 Q{x},752 {x + 22},752 Q{x + 44},752 {x + 44},720 L{x + 44},470 Z"
        glass(d, s.down([(0, c0), (1, c1)], 560, 750), 575 + (i * 37) % 80, (x, x + 44, 752), c0)
    s.rect(780, 610, 324, 14, "#07202c", 'opacity=".85" rx="4"')
    s.rect(780, 700, 324, 12, "#07202c", 'opacity=".85" rx="4"')
    for x in (784, 1084):
        s.rect(x, 560, 14, 224, "#07202c", 'opacity=".9" rx="4"')
    s.rect(764, 776, 356, 14, "#07202c", 'rx="5"')
    erlenmeyer(1330, 790, 1.02, "#86e3ef", "#23708f", 140)
    s.vignette(.5)
    return s


def concert():
    s = Scene(21)
    s.sky([(0, "#120a1f"), (.5, "#3a1a48"), (.8, "#7a2f4f")])
    s.glow(800, 520, 760, "#ff9a62", .65)
    for x, tilt, c in ((120, 420, "#ff6f7d"), (380, 240, "#ffb45e"), (640, 110, "#ff8fae"), (960, -110, "#8fb7ff"),
                       (1220, -240, "#ffb45e"), (1480, -420, "#b48cff")):
        s.poly([(x - 9, 70), (x + 9, 70), (x + tilt + 150, 720), (x + tilt - 150, 720)],
               s.along([(0, c, .85), (.5, c, .22), (1, c, 0)], x, 70, x + tilt, 720), 'filter="url(#blur4)"')
        s.poly([(x - 6, 70), (x + 6, 70), (x - tilt * .4 + 90, 720), (x - tilt * .4 - 90, 720)],
               s.along([(0, c, .5), (.6, c, .1), (1, c, 0)], x, 70, x - tilt * .4, 720), 'filter="url(#blur4)"')
        s.glow(x, 70, 90, c, .95)
        s.circle(x, 70, 11, "#fffaf0")
    s.rect(0, 42, W, 12, "#0a0612")
    s.rect(0, 84, W, 7, "#0a0612")
    for i in range(0, W, 52):
        s.path(f"M{i},44 L{i + 26},88 L{i + 52},44", "none", 'stroke="#0a0612" stroke-width="4"')
    s.clouds(600, 50, "#ffd2a8", 22, .32, 340)
    s.rect(0, 655, W, 60, "#150b1d")
    s.rect(180, 640, 1240, 22, "#22122b")
    ink = "#0d0714"

    def player(x, k, instrument):
        y = 642
        s.circle(x, y - 178 * k, 19 * k, ink)
        s.path(f"M{x - 30 * k},{y - 96 * k} Q{x - 34 * k},{y - 154 * k} {x},{y - 157 * k} Q{x + 34 * k},{y - 154 * k} "
               f"{x + 30 * k},{y - 96 * k} L{x + 25 * k},{y} L{x + 6 * k},{y} L{x},{y - 76 * k} L{x - 6 * k},{y} L{x - 25 * k},{y} Z", ink)
        if instrument == "guitar":
            s.line(x - 26 * k, y - 92 * k, x + 88 * k, y - 142 * k, ink, 8 * k)
            s.ellipse(x - 22 * k, y - 92 * k, 33 * k, 23 * k, ink, f'transform="rotate(-24 {x - 22 * k} {y - 92 * k})"')
            s.line(x + 28 * k, y - 138 * k, x + 52 * k, y - 112 * k, ink, 11 * k, 'stroke-linecap="round"')
        if instrument == "voice":
            s.line(x + 52 * k, y, x + 44 * k, y - 170 * k, ink, 4)
            s.line(x + 20 * k, y - 140 * k, x + 48 * k, y - 166 * k, ink, 11 * k, 'stroke-linecap="round"')
            s.line(x - 26 * k, y - 140 * k, x - 74 * k, y - 190 * k, ink, 11 * k, 'stroke-linecap="round"')
        if instrument == "bass":
            s.ellipse(x + 40 * k, y - 62 * k, 34 * k, 62 * k, ink)
            s.line(x + 40 * k, y - 110 * k, x + 40 * k, y - 230 * k, ink, 9 * k)
            s.line(x + 20 * k, y - 140 * k, x + 42 * k, y - 190 * k, ink, 11 * k, 'stroke-linecap="round"')
    player(520, 1.0, "guitar")
    player(790, 1.12, "voice")
    player(1090, 1.0, "bass")
    s.rect(300, 560, 110, 82, ink, 'rx="5"')
    s.rect(1270, 546, 120, 96, ink, 'rx="5"')
    s.mist(660, 130, "#ffb98f", .28)
    s.crowd(742, 24, "#1b0d24", 46, 15, .35)
    s.crowd(806, 36, "#0e0715", 30, 18, .5)
    s.vignette(.4)
    return s


def valley_layers():
    s = Scene(15)
    s.sky([(0, "#6fa3c7"), (.35, "#c4d6da"), (.6, "#f7e3c4")])
    s.glow(1180, 330, 560, "#fff3d2", .95)
    s.clouds(170, 60, "#ffffff", 20, .45, 300)
    s.circle(1180, 316, 40, "#fffbe9")
    tones = ["#b3c4cd", "#93aebd", "#7096a8", "#4d7b8c", "#33616f", "#1f4954", "#12323c"]
    for i, c in enumerate(tones):
        base = 430 + i * 66
        s.ridge(base, 210 - i * 20, c, .47 + i * .012)
        if i < 6:
            s.mist(base + 70, 130, "#fbeed8", .5 - i * .06)
    for i in range(90):
        x = s.rnd.uniform(-20, W + 20)
        if 620 < x < 1060 and s.rnd.random() < .8:
            continue
        h, y = s.rnd.uniform(50, 130), 905
        for j in range(4):
            w = h * (.13 + .075 * j)
            s.poly([(x, y - h * (1.15 - j * .2)), (x - w, y - h * (.68 - j * .2)), (x + w, y - h * (.68 - j * .2))], "#0a222a")
    for x, y, k in ((520, 250, 1), (570, 232, .7), (470, 276, .6)):
        s.path(f"M{x - 18 * k},{y} q{9 * k},{-9 * k} {18 * k},0 q{9 * k},{-9 * k} {18 * k},0", "none",
               'stroke="#2b4b5a" stroke-width="2.5" stroke-linecap="round"')
    s.vignette(.28)
    return s


def wind_farm():
    s = Scene(30)
    s.sky([(0, "#2f5d86"), (.35, "#87a9bd"), (.55, "#f2c49b"), (.64, "#fbe0b5")])
    s.glow(520, 560, 600, "#ffdca0", .95)
    s.clouds(220, 80, "#ffe9d2", 30, .4, 340)
    s.clouds(400, 50, "#e9a98a", 16, .35, 320)
    s.circle(520, 545, 46, "#fff5d8")
    s.water(590, [(0, "#e9bf98"), (.2, "#8ba3ad"), (1, "#153b57")], 520, "#fff0cb", 360)

    def turbine(x, base, h, turn, fill):
        hub = base - h
        s.poly([(x - h * .018, base), (x + h * .018, base), (x + h * .008, hub), (x - h * .008, hub)], fill)
        for i in range(3):
            a = math.radians(turn + 120 * i)
            dx, dy, px, py = math.cos(a), math.sin(a), -math.sin(a), math.cos(a)
            r, w = h * .58, h * .026
            s.poly([(x, hub), (x + dx * r * .22 + px * w, hub + dy * r * .22 + py * w), (x + dx * r, hub + dy * r),
                    (x + dx * r * .12 - px * w * .3, hub + dy * r * .12 - py * w * .3)], fill)
        s.circle(x, hub, h * .022, fill)
        s.rect(x - h * .045, base - h * .03, h * .09, h * .05, fill)
        s.rect(x - h * .02, base, h * .04, h * .34, s.down([(0, fill, .45), (1, fill, 0)], base, base + h * .34))
    for i in range(11):
        turbine(60 + i * 148, 598, 96, s.rnd.uniform(0, 120), "#a89aa0")
    for i in range(7):
        turbine(150 + i * 238, 616, 188, s.rnd.uniform(0, 120), "#66788a")
    for x, h, t in ((250, 420, 22), (930, 520, 78), (1400, 380, 48)):
        turbine(x, 700 if h > 400 else 672, h, t, "#23405a")
    s.poly([(640, 745), (760, 745), (744, 768), (656, 768)], "#142c42")
    s.rect(690, 722, 36, 24, "#1d3850")
    s.line(708, 722, 708, 690, "#142c42", 3)
    s.vignette(.35)
    return s


def city_evening():
    s = Scene(41)
    s.sky([(0, "#1b2350"), (.4, "#58508a"), (.62, "#d58a86"), (.75, "#f5c28d")])
    s.glow(1080, 640, 560, "#ffcf92", .8)
    s.clouds(260, 90, "#f2a9a0", 24, .28, 340)
    s.stars(50, 220)

    def row(base, low, high, width, fill, lit, chance):
        x = -20
        while x < W:
            w, h = s.rnd.uniform(*width), s.rnd.uniform(low, high)
            s.rect(x, base - h, w - 4, H - base + h, fill)
            kind = s.rnd.random()
            if kind < .18:
                s.poly([(x, base - h), (x + w - 4, base - h), (x + w / 2 - 2, base - h - w * .5)], fill)
            elif kind < .36:
                s.line(x + w / 2, base - h, x + w / 2, base - h - s.rnd.uniform(24, 62), fill, 3)
            elif kind < .6:
                s.rect(x + w * .2, base - h - 18, w * .4, 20, fill)
            cell = 11 if width[0] < 70 else 15
            for wy in range(int(base - h + 14), int(base) + 90, cell + 6):
                for wx in range(int(x + 9), int(x + w - 16), cell + 4):
                    if s.rnd.random() < chance:
                        s.rect(wx, wy, cell * .55, cell * .8, s.rnd.choice(lit), f'opacity="{s.rnd.uniform(.35, .95):.2f}"')
            x += w
    row(640, 90, 300, (40, 92), "#77648e", ["#ffd9a8"], .07)
    s.mist(620, 200, "#f3b79a", .4)
    row(690, 120, 380, (60, 120), "#3c3a68", ["#ffd793", "#ffe7bd"], .2)
    row(740, 60, 250, (80, 150), "#1b2044", ["#ffcf7d", "#fff0c9", "#ffb765"], .33)
    s.water(760, [(0, "#8a5f78"), (.3, "#3b355f"), (1, "#10142f")], 1080, "#ffd79f", 220)
    for _ in range(110):
        x, y = s.rnd.uniform(0, W), s.rnd.uniform(765, 850)
        s.rect(x, y, s.rnd.uniform(2, 5), s.rnd.uniform(14, 46), "#ffd38c", f'opacity="{s.rnd.uniform(.08, .35):.2f}" rx="2"')
    s.rect(0, 752, W, 10, "#11142e")
    for x in range(20, W, 78):
        s.glow(x, 742, 26, "#ffdf9d", .75)
        s.circle(x, 742, 3, "#fff4d2")
    s.vignette(.42)
    return s


def observatory():
    s = Scene(52)
    s.sky([(0, "#050b1e"), (.5, "#12284d"), (.78, "#35587c"), (.9, "#7b7f8f")])
    s.add('<g transform="rotate(-28 900 300)">')
    for _ in range(120):
        x, y = s.rnd.uniform(-200, 2000), 300 + s.rnd.gauss(0, 62)
        rx = s.rnd.uniform(50, 190)
        s.ellipse(x, y, rx, rx * .3, s.rnd.choice(["#9fb9ea", "#cfd6f2", "#e6c9d8", "#6f8fce"]),
                  f'opacity="{s.rnd.uniform(.02, .09):.3f}" filter="url(#blur32)"')
    for _ in range(34):
        x, y = s.rnd.uniform(-200, 2000), 305 + s.rnd.gauss(0, 16)
        s.ellipse(x, y, s.rnd.uniform(50, 150), 14, "#070d22", 'opacity=".26" filter="url(#blur16)"')
    for _ in range(900):
        s.circle(s.rnd.uniform(-200, 2000), 300 + s.rnd.gauss(0, 85), s.rnd.choice([.5, .7, .9, 1.2]), "#eef2ff",
                 f'opacity="{s.rnd.uniform(.2, .9):.2f}"')
    s.add("</g>")
    s.stars(620, 700)
    for _ in range(9):
        x, y = s.rnd.uniform(60, W - 60), s.rnd.uniform(40, 430)
        s.glow(x, y, 16, "#cfe0ff", .8)
        s.circle(x, y, 1.9, "#fff")
    s.ridge(760, 120, "#1b3350", .5)
    s.ridge(800, 80, "#0e1d33", .5)
    ink = "#070e1b"
    s.poly([(0, 900), (0, 842), (420, 800), (760, 770), (1180, 776), (1600, 834), (1600, 900)], ink)
    s.rect(820, 640, 280, 150, s.along([(0, "#2c3e58"), (.4, "#8b97ab"), (1, "#1a2840")], 820, 0, 1100, 0))
    s.rect(806, 626, 308, 22, "#1b2940")
    s.path("M812,628 A148,148 0 0 1 1108,628 Z", s.along([(0, "#43556f"), (.35, "#cdd5e0"), (1, "#22314a")], 812, 0, 1108, 0))
    s.path("M930,628 Q934,520 968,481 L1012,486 Q984,540 986,628 Z", "#0a1222")
    s.path("M944,628 Q946,560 972,520 L992,524 Q974,570 974,628 Z", "#f3b562", 'opacity=".55"')
    s.poly([(952, 590), (972, 596), (1038, 452), (1016, 444)], "#16233a")
    for r in (40, 80, 120):
        s.path(f"M{960 - r},{628} A{r + 20},148 0 0 1 {960 - r * .4},{486}", "none", 'stroke="#1b2940" stroke-width="1.4" opacity=".35"')
    s.rect(940, 700, 40, 90, "#f0b25c", 'opacity=".85"')
    s.glow(960, 740, 110, "#ffc878", .5)
    s.rect(610, 728, 120, 56, "#17243a")
    s.poly([(600, 730), (740, 730), (720, 704), (620, 704)], "#101b2e")
    for x in (630, 664, 698):
        s.rect(x, 744, 16, 18, "#ffcf86", 'opacity=".85"')
    s.vignette(.45)
    return s


def terraces():
    s = Scene(63)
    s.sky([(0, "#7d9aa6"), (.3, "#c3d0c8"), (.45, "#f0ead0")])
    s.glow(380, 210, 480, "#fffbe0", .9)
    s.clouds(120, 60, "#eef2ee", 30, .55, 340)
    s.ridge(330, 130, "#9fb4ad", .5)
    s.mist(360, 130, "#f3f2e2", .7)
    s.ridge(390, 90, "#78998c", .5)
    s.mist(420, 110, "#f3f2e2", .55)
    greens = ["#a8bf7c", "#93b56a", "#7fa858", "#6b9a4b", "#588a41", "#467838", "#36662f", "#28532a", "#1d4223"]
    for i in range(17):
        t = i / 16
        base = 430 + 520 * t ** 1.25
        phase = .7 + t * 1.5
        c = greens[min(8, int(t * 9))]
        pts = s.hills(base, 44 + 36 * t, c, 1.7 + .2 * t, phase)
        edge = "M" + " L".join(f"{x:.0f},{y:.1f}" for x, y in pts)
        s.path(edge, "none", f'stroke="#eef3d2" stroke-width="{1.2 + 2 * t:.1f}" opacity=".5"')
        wet = [k for k in range(len(pts)) if math.sin(pts[k][0] / 120 + i * 2.1) > 0]
        while wet and i % 2 == 0:
            run = [wet.pop(0)]
            while wet and wet[0] == run[-1] + 1:
                run.append(wet.pop(0))
            depth = [(5 + 13 * t) * math.sin(math.pi * (j + .5) / len(run)) ** .6 for j in range(len(run))]
            top = [(pts[k][0], pts[k][1] + 3 + t) for k in run]
            s.poly(top + [(x, y + d) for (x, y), d in zip(top, depth)][::-1], "#dfeae4", f'opacity="{.78 - .2 * t:.2f}"')
        for k in range(0, len(pts), 2):
            x, y = pts[k]
            for j in range(2):
                s.line(x + j * 7, y + 14 + 12 * t, x + j * 7 + s.rnd.uniform(-2, 2), y + 7 + 4 * t, "#24481f", .8 + t, 'opacity=".35"')
    for x, y, k in ((470, 560, .8), (1130, 640, 1.15), (1210, 655, .9)):
        s.rect(x, y - 34 * k, 62 * k, 36 * k, "#5b4330")
        s.poly([(x - 14 * k, y - 32 * k), (x + 76 * k, y - 32 * k), (x + 52 * k, y - 66 * k), (x + 10 * k, y - 66 * k)], "#8c5a3c")
        s.rect(x + 24 * k, y - 22 * k, 14 * k, 24 * k, "#2b1e16")
    for x, y, k in ((1320, 620, 1), (1370, 640, .7), (330, 520, .6), (300, 530, .8)):
        s.rect(x - 3 * k, y - 40 * k, 6 * k, 50 * k, "#3a2d20")
        for j in range(7):
            s.circle(x + s.rnd.uniform(-28, 28) * k, y - 58 * k + s.rnd.uniform(-24, 20) * k, 22 * k, s.rnd.choice(["#2f5a2c", "#3a6a33", "#24481f"]))
    s.vignette(.3)
    return s


def oasis():
    s = Scene(74)
    s.sky([(0, "#3b6a94"), (.35, "#9fb7bf"), (.55, "#f4cf9f"), (.7, "#f8b981")])
    s.glow(1140, 470, 560, "#fff0c4", .95)
    s.circle(1140, 452, 52, "#fff8e1")
    s.clouds(170, 60, "#ffe8cf", 18, .35, 360)

    def dune(base, height, phase, waves, light, dark):
        pts = []
        for i in range(0, W + 1, 8):
            t = i / W * 6.283 * waves / 2 + phase
            pts.append((i, base - height * (abs(math.sin(t)) ** 1.5) - 12 * math.sin(t * .7)))
        s.poly([(0, H)] + pts + [(W, H)], s.down([(0, light), (1, dark)], base - height, base + 190))
        for k in range(1, len(pts) - 1):
            if pts[k - 1][1] > pts[k][1] < pts[k + 1][1]:
                x, y = pts[k]
                s.path(f"M{x},{y} C{x - 30},{y + 60} {x - 130},{y + 110} {x - 60},{y + 230} L{x - 420},{y + 230} "
                       f"C{x - 300},{y + 150} {x - 140},{y + 70} {x},{y} Z", dark, 'opacity=".34" filter="url(#blur4)"')
        return pts
    dune(530, 90, .4, 2.2, "#e6b582", "#c98f63")
    dune(600, 130, 1.7, 1.6, "#e9a96f", "#a9683f")
    dune(700, 140, 2.9, 1.3, "#d98d53", "#7d4527")
    s.ellipse(560, 742, 420, 34, s.along([(0, "#5d8a97"), (.6, "#d7c7a6"), (1, "#8fa7a5")], 140, 0, 980, 0))
    s.ellipse(560, 738, 400, 25, s.along([(0, "#3d7384"), (.7, "#f0d9ae"), (1, "#7fa0a2")], 160, 0, 960, 0))
    ink = "#2b2a22"

    def palm(x, y, h, lean):
        tx, ty = x + lean, y - h
        s.path(f"M{x - 6},{y} Q{x + lean * .2 - 4},{y - h * .6} {tx - 2},{ty} L{tx + 3},{ty} Q{x + lean * .2 + 6},{y - h * .6} {x + 8},{y} Z", ink)
        for i in range(11):
            a = math.radians(-190 + i * 20 + s.rnd.uniform(-6, 6))
            r = h * .36
            ex, ey = tx + math.cos(a) * r, ty + math.sin(a) * r * .75 + r * .34
            mx, my = tx + math.cos(a) * r * .55, ty + math.sin(a) * r * .75 - r * .1
            s.path(f"M{tx},{ty} Q{mx:.1f},{my:.1f} {ex:.1f},{ey:.1f} Q{mx:.1f},{my + h * .07:.1f} {tx},{ty} Z", ink)
    for x, y, h, lean in ((250, 735, 210, -26), (300, 738, 270, 22), (215, 742, 160, -40), (690, 730, 230, 26), (760, 734, 180, 40),
                          (640, 728, 170, -18), (860, 738, 150, 14), (395, 726, 150, 10)):
        palm(x, y, h, lean)
        s.path(f"M{x},{752} q{-lean * .3},{30} {-lean * .2},{h * .22}", "none", f'stroke="{ink}" stroke-width="6" opacity=".16"')
    for x in range(170, 960, 16):
        s.ellipse(x, 742 + s.rnd.uniform(-6, 4), s.rnd.uniform(10, 24), s.rnd.uniform(6, 14), "#3b3f28", 'opacity=".85"') if s.rnd.random() < .5 and (x < 440 or x > 600) else None
    pts = s.hills(828, 36, s.down([(0, "#b86f3d"), (1, "#54301c")], 790, 900), 1.4, 3.6)
    for k in range(9):
        s.path("M" + " L".join(f"{x},{y + 14 + k * 10 + 5 * math.sin(x / 60 + k):.1f}" for x, y in pts), "none",
               'stroke="#f2c08a" stroke-width="1.6" opacity=".2"')
    s.vignette(.35)
    return s


def viaduct():
    s = Scene(85)
    s.sky([(0, "#88b3cc"), (.4, "#dbe6e2"), (.62, "#f6ecd4")])
    s.glow(360, 300, 460, "#fffbe8", .9)
    s.clouds(180, 70, "#ffffff", 30, .6, 300)
    s.ridge(440, 200, "#a3bcc4", .5)
    s.mist(480, 140, "#f5f1e2", .6)
    s.ridge(530, 150, "#7ea196", .5)
    s.mist(590, 130, "#f5f1e2", .45)
    s.ridge(650, 90, "#5b8770", .48)
    s.hills(740, 40, "#477454", 2.1, .5)
    deck = 430
    stone = s.down([(0, "#d8c3a0"), (.5, "#b79a78"), (1, "#7b664f")], deck, 860)
    d = f"M-20,{deck} L1620,{deck} L1620,880 "
    xs = list(range(1560, -200, -160))
    for x in xs:
        d += f"L{x + 26},880 L{x + 26},{deck + 130} A67,84 0 0 0 {x - 108},{deck + 130} L{x - 108},880 "
    d += "L-20,880 Z"
    s.path(d, stone)
    for x in xs:
        s.rect(x + 26, deck + 136, 10, 500, "#fff1d4", 'opacity=".22"')
        s.rect(x + 42, deck + 136, 10, 500, "#3d2f22", 'opacity=".25"')
        s.add(f'<path d="M{x + 26},{deck + 130} A67,84 0 0 0 {x - 108},{deck + 130}" fill="none" stroke="#8c7355" stroke-width="7"/>')
        s.rect(x + 20, deck + 128, 38, 9, "#e6d4b3")
    for y in range(deck + 160, 880, 26):
        s.line(-20, y, 1620, y, "#5a4936", .8, 'opacity="0"')
    s.rect(-20, deck - 8, 1660, 16, "#e3d0ae")
    s.rect(-20, deck + 8, 1660, 6, "#8c7355")
    for i in range(5):
        x = 360 + i * 206
        s.rect(x, deck - 66, 200, 54, s.down([(0, "#2f6c76"), (.5, "#1f5058"), (.52, "#efe3c8"), (.62, "#efe3c8"), (.64, "#1f5058"), (1, "#153c43")], deck - 66, deck - 12), 'rx="7"')
        for k in range(6):
            s.rect(x + 14 + k * 30, deck - 57, 22, 17, "#ffe9b0", 'rx="3" opacity=".92"')
        for wx in (28, 56, 144, 172):
            s.circle(x + wx, deck - 10, 7, "#152a30")
    s.path(f"M1390,{deck - 66} L1456,{deck - 66} Q1520,{deck - 54} 1532,{deck - 12} L1390,{deck - 12} Z", "#1f5058")
    s.path(f"M1462,{deck - 58} Q1500,{deck - 52} 1512,{deck - 36} L1462,{deck - 36} Z", "#ffe9b0", 'opacity=".9"')
    s.circle(1420, deck - 10, 7, "#152a30")
    s.circle(1490, deck - 10, 7, "#152a30")
    s.hills(840, 26, "#32593c", 3.2, 1.4)
    for i in range(70):
        x = s.rnd.uniform(0, W)
        y, r = 850 + s.rnd.uniform(-14, 40), s.rnd.uniform(14, 36)
        s.circle(x, y, r, s.rnd.choice(["#274a31", "#30583a", "#1f3d29", "#3b6644"]))
    s.vignette(.28)
    return s


def museum_hall():
    s = Scene(96)
    s.rect(0, 0, W, H, s.down([(0, "#4d3a2c"), (.45, "#a9855e"), (1, "#5b432f")]))
    cx, horizon = 800, 520
    s.glow(cx, horizon - 60, 520, "#fff0cf", .95)
    s.poly([(770, 541), (830, 541), (1800, 930), (-200, 930)], s.down([(0, "#fbe9c6"), (.3, "#c8a274"), (1, "#4a3524")], 541, 900))
    for i in range(-9, 10):
        s.line(cx + i * 3.4, 541, cx + i * 130, 930, "#3a281a", 1.5, 'opacity=".3"')
    y, dy = 544.0, 4.0
    while y < 930:
        s.line(-50, y, 1650, y, "#3a281a", 1.4, 'opacity=".22"')
        y += dy
        dy *= 1.34
    for k in range(1, 8):
        scale = .13 + (k / 7) ** 1.7 * 1.45
        tone = [None, "#f3dfb8", "#e2c799", "#c9a979", "#a9875c", "#86683f", "#5f4730", "#3a2a1d"][k]
        w, h = 330 * scale, 560 * scale
        top = horizon - h * .72
        base = horizon + h * .28
        d = (f"M-40,-40 L1640,-40 L1640,940 L-40,940 Z M{cx - w},{base} L{cx - w},{top + w * .5} "
             f"A{w},{w * .95} 0 0 1 {cx + w},{top + w * .5} L{cx + w},{base} Z")
        s.path(d, tone, 'fill-rule="evenodd"')
        s.add(f'<path d="M{cx - w},{base} L{cx - w},{top + w * .5} A{w},{w * .95} 0 0 1 {cx + w},{top + w * .5} L{cx + w},{base}" '
              f'fill="none" stroke="#fff1d0" stroke-width="{1 + scale * 5:.1f}" opacity=".45"/>')
        s.rect(cx - w - 16 * scale, top + w * .5, 36 * scale, 10 * scale, "#fff1d0", 'opacity=".4"')
        s.rect(cx + w - 20 * scale, top + w * .5, 36 * scale, 10 * scale, "#fff1d0", 'opacity=".4"')
    for x0, x1 in ((180, 560), (330, 760), (1480, 1120)):
        s.poly([(x0 - 40, -20), (x0 + 70, -20), (x1 + 190, 940), (x1 - 150, 940)],
               s.down([(0, "#fff4d6", .36), (1, "#fff4d6", .02)]), 'filter="url(#blur16)"')
    ink = "#241810"
    s.poly([(1010, 700), (1150, 700), (1162, 830), (998, 830)], "#3c2a1b")
    s.rect(1000, 690, 160, 14, "#57402a")
    s.path("M1034,690 C1024,640 1010,612 1036,572 C1046,552 1046,540 1042,522 L1118,522 C1114,540 1114,552 1124,572 C1150,612 1136,640 1126,690 Z",
           s.along([(0, "#2b4b52"), (.35, "#7fb0ad"), (1, "#1c3439")], 1016, 0, 1144, 0))
    s.path("M1019,620 Q1080,640 1141,620 L1141,632 Q1080,652 1019,632 Z", "#e3c684", 'opacity=".8"')
    s.rect(1036, 514, 88, 11, "#213b41", 'rx="4"')
    for x, k in ((470, 1.12), (530, 1.05), (690, .5)):
        y = 850 if k > 1 else 640
        s.circle(x, y - 196 * k, 19 * k, ink)
        s.path(f"M{x - 26 * k},{y - 96 * k} Q{x - 32 * k},{y - 172 * k} {x},{y - 174 * k} Q{x + 32 * k},{y - 172 * k} {x + 26 * k},{y - 96 * k} "
               f"L{x + 19 * k},{y} L{x + 4 * k},{y} L{x},{y - 80 * k} L{x - 4 * k},{y} L{x - 19 * k},{y} Z", ink)
        s.poly([(x - 19 * k, y), (x + 19 * k, y), (x + 60 * k, y + 46 * k), (x - 2 * k, y + 46 * k)], ink, 'opacity=".25" filter="url(#blur4)"')
    s.vignette(.5)
    return s


def assembly_river():
    s = Scene(107)
    s.sky([(0, "#31456e"), (.35, "#8a86a8"), (.55, "#e9b79f"), (.66, "#f8dcb2")])
    s.glow(800, 560, 620, "#ffe1ad", .9)
    s.clouds(210, 80, "#f7d2c4", 28, .4, 320)
    s.hills(566, 22, "#8b7f92", 3, 1.2)
    for _ in range(60):
        x = s.rnd.uniform(0, W)
        if 300 < x < 1300:
            continue
        s.circle(x, 590 - s.rnd.uniform(0, 26), s.rnd.uniform(18, 40), s.rnd.choice(["#4a4b5f", "#3d4156", "#56536a"]))

    def building(flip=False, op=1.0):
        """Drawn about the water line y = 600; flipped it is its own reflection."""
        s.add(f'<g transform="translate(0 1200) scale(1 -1)" opacity="{op}" filter="url(#blur4)">' if flip else "<g>")
        wall = s.along([(0, "#5a5068"), (.5, "#d9b79b"), (1, "#54495f")], 300, 0, 1300, 0)
        dark = "#3a3347"
        s.rect(300, 470, 1000, 130, wall)
        s.rect(300, 456, 1000, 16, "#8a7783")
        s.rect(590, 430, 420, 170, wall)
        s.poly([(570, 432), (1030, 432), (800, 368)], "#b0957f")
        s.poly([(610, 426), (990, 426), (800, 380)], "#8a7470")
        for i in range(9):
            s.rect(606 + i * 47, 440, 14, 160, "#f0d3b0")
            s.rect(620 + i * 47, 440, 7, 160, dark, 'opacity=".45"')
        for i in range(9):
            for x in (316 + i * 30, 1024 + i * 30):
                s.rect(x, 492, 13, 34, "#ffdf9f", 'opacity=".85"')
                s.rect(x, 544, 13, 34, "#ffdf9f", 'opacity=".6"')
        s.rect(690, 318, 220, 56, wall)
        for i in range(10):
            s.rect(700 + i * 21, 324, 8, 44, dark, 'opacity=".5"')
        s.rect(680, 306, 240, 14, "#c9a98e")
        s.path("M694,308 C700,190 900,190 906,308 Z", s.along([(0, "#2f5a5a"), (.4, "#9cc3b2"), (1, "#284848")], 694, 0, 906, 0))
        for i in (-66, -34, 0, 34, 66):
            s.path(f"M{800 + i * 1.45},308 Q{800 + i * 1.3},232 800,214", "none", 'stroke="#234646" stroke-width="2" opacity=".5"')
        s.rect(782, 186, 36, 36, "#c9a98e")
        s.path("M780,188 Q800,158 820,188 Z", "#3f6f6a")
        s.line(800, 170, 800, 110, dark, 4)
        s.path("M802,112 q22,-8 40,4 l0,22 q-20,-10 -40,-2 Z", "#b6473f")
        for x in (330, 1270):
            s.rect(x - 36, 420, 72, 180, wall)
            s.path(f"M{x - 38},422 Q{x},360 {x + 38},422 Z", "#3f6f6a")
            s.line(x, 392, x, 362, dark, 3)
        s.add("</g>")
    building()
    s.water(600, [(0, "#ecc39d"), (.3, "#a5929c"), (1, "#2c3b5a")], n=0)
    s.add(f'<g clip-path="url(#low)">')
    s.defs.append(f'<clipPath id="low"><rect x="0" y="600" width="{W}" height="300"/></clipPath>')
    building(True, .42)
    s.add("</g>")
    for _ in range(420):
        t = s.rnd.random() ** 1.4
        y, w = 603 + t * 297, 20 + t * 220 * s.rnd.random()
        s.rect(s.rnd.uniform(-80, W), y, w, 1 + t * 2.8, s.rnd.choice(["#f8dcb2", "#2c3b5a", "#e9b79f", "#43486a"]),
               f'opacity="{s.rnd.uniform(.08, .3):.2f}" rx="1"')
    s.rect(0, 594, W, 10, "#3a3347")
    s.vignette(.35)
    return s


def track_lanes():
    s = Scene(118)
    s.rect(0, 0, W, H, s.along([(0, "#d98258"), (.5, "#b9543a"), (1, "#7c2f28")], 0, 0, W, H))
    cx, cy = 260, 1080
    lanes = [360, 470, 580, 690, 800, 910, 1020, 1130]
    s.circle(cx, cy, 1240, "#3d7a56")
    s.circle(cx, cy, 1228, s.round([(.3, "#e0906a"), (.75, "#c4603f"), (1, "#9c4230")], cx, cy, 1228))
    for i, r in enumerate(lanes):
        if i % 2:
            s.circle(cx, cy, r, "#000", 'opacity=".05"')
        s.circle(cx, cy, r, "none", 'stroke="#fff6ea" stroke-width="7" opacity=".92"')
        s.circle(cx + 3, cy + 3, r - 5, "none", 'stroke="#5b1f18" stroke-width="3" opacity=".18"')
    s.circle(cx, cy, 352, s.round([(0, "#5fa06a"), (1, "#2f6e48")], cx, cy, 352))
    for _ in range(1500):
        a, r = s.rnd.uniform(-1.6, .1), s.rnd.uniform(365, 1225)
        s.circle(cx + math.cos(a) * r, cy + math.sin(a) * r, s.rnd.uniform(.8, 2), s.rnd.choice(["#5b1f18", "#ffd9bd"]),
                 f'opacity="{s.rnd.uniform(.06, .22):.2f}"')

    def runner(r, deg, colour):
        a = math.radians(deg)
        x, y = cx + math.cos(a) * r, cy + math.sin(a) * r
        s.add(f'<g transform="translate({x:.1f} {y:.1f}) rotate({deg + 90})">')
        s.path("M-10,6 L120,150 L170,150 L30,-8 Z", "#3b120d", 'opacity=".34" filter="url(#blur4)"')
        skin = s.rnd.choice(["#5d3b2a", "#8a5a3c", "#c08a63", "#3f281d"])
        st = f'stroke-width="13" stroke-linecap="round" stroke-linejoin="round" fill="none"'
        s.add(f'<path d="M-12,4 L-40,24 L-66,10" stroke="{skin}" {st}/>')
        s.add(f'<path d="M14,6 L46,-8 L64,18" stroke="{skin}" {st}/>')
        s.add(f'<path d="M2,-14 L26,-34 L46,-24" stroke="{skin}" stroke-width="9" stroke-linecap="round" fill="none"/>')
        s.add(f'<path d="M-2,18 L-24,36 L-40,26" stroke="{skin}" stroke-width="9" stroke-linecap="round" fill="none"/>')
        s.ellipse(2, 2, 30, 19, colour)
        s.circle(24, 0, 13, skin)
        s.circle(21, 0, 11, "#20140f")
        s.add("</g>")
    for r, deg, c in ((525, -62, "#f3c944"), (635, -58, "#2b6fa8"), (745, -64, "#f2efe6"), (855, -55, "#1f8a70"), (965, -59, "#6b3f8f")):
        runner(r, deg, c)
    s.poly([(1000, 0), (W, 0), (W, 620)], s.along([(0, "#2b0d0a", .5), (1, "#2b0d0a", 0)], W, 0, 1180, 330))
    s.rect(0, 0, W, H, s.along([(0, "#fff0d0", .28), (.5, "#fff0d0", 0)], 0, 0, 1100, 900))
    s.vignette(.35)
    return s


def exchange():
    s = Scene(129)
    s.rect(0, 0, W, H, s.along([(0, "#081b2c"), (.6, "#0f3446"), (1, "#0a2233")], 0, 0, W, H))
    s.glow(1180, 260, 700, "#2f93a0", .45)
    for i in range(0, 17):
        s.line(i * 100, 0, i * 100, H, "#6fb4bd", 1, 'opacity=".10"')
    for i in range(0, 10):
        s.line(0, i * 100, W, i * 100, "#6fb4bd", 1, 'opacity=".10"')
    level, pts = 600.0, []
    for i in range(54):
        level += s.rnd.gauss(-5.6, 30)
        level = max(210, min(720, level))
        pts.append(level)
    prev = pts[0]
    for i, y in enumerate(pts):
        x = 22 + i * 29.6
        up = y < prev
        c = "#58d0b4" if up else "#e8865f"
        lo, hi = min(y, prev) - s.rnd.uniform(10, 46), max(y, prev) + s.rnd.uniform(10, 46)
        s.line(x, lo, x, hi, c, 2, 'opacity=".8"')
        s.rect(x - 8, min(y, prev), 16, max(7, abs(y - prev)), c, 'opacity=".9" rx="2"')
        vol = s.rnd.uniform(20, 120) * (1.4 if abs(y - prev) > 35 else .8)
        s.rect(x - 8, 880 - vol, 16, vol, c, 'opacity=".28"')
        prev = y
    smooth = [sum(pts[max(0, i - 7):i + 1]) / len(pts[max(0, i - 7):i + 1]) for i in range(len(pts))]
    line = " ".join(f"{'M' if i == 0 else 'L'}{22 + i * 29.6:.1f},{y:.1f}" for i, y in enumerate(smooth))
    s.path(line + f" L{22 + 53 * 29.6:.1f},{H} L22,{H} Z", s.down([(0, "#f2c76a", .22), (1, "#f2c76a", 0)], 200, 860))
    s.path(line, "none", 'stroke="#f2c76a" stroke-width="12" opacity=".3" filter="url(#blur8)"')
    s.path(line, "none", 'stroke="#f7d585" stroke-width="4.5" stroke-linejoin="round"')
    x, y = 22 + 53 * 29.6, smooth[-1]
    s.glow(x, y, 90, "#ffe3a1", .8)
    s.circle(x, y, 9, "#fff4d4")
    for _ in range(40):
        s.circle(s.rnd.uniform(0, W), s.rnd.uniform(0, H), s.rnd.uniform(20, 80), s.rnd.choice(["#58d0b4", "#f2c76a", "#9fe3ff"]),
                 f'opacity="{s.rnd.uniform(.015, .05):.3f}" filter="url(#blur8)"')
    s.vignette(.5)
    return s


def lighthouse():
    s = Scene(131)
    s.sky([(0, "#1a2536"), (.45, "#465a6c"), (.7, "#98a19f")])
    s.clouds(140, 90, "#111b28", 60, .55, 420)
    s.clouds(330, 70, "#7d8d97", 40, .4, 380)
    lx, ly = 1130, 262
    s.poly([(lx, ly - 6), (lx, ly + 6), (-60, 470), (-60, 140)], s.along([(0, "#ffeab0", .85), (.5, "#ffeab0", .22), (1, "#ffeab0", .02)], lx, ly, 0, ly), 'filter="url(#blur4)"')
    s.poly([(lx, ly - 5), (lx, ly + 5), (1700, 350), (1700, 210)], s.along([(0, "#ffeab0", .7), (1, "#ffeab0", .06)], lx, ly, 1650, ly), 'filter="url(#blur4)"')
    s.water(600, [(0, "#75878d"), (.3, "#43596a"), (1, "#14222f")], n=320)
    for k in range(7):
        base = 640 + k * 44
        amp, wl, ph = 8 + k * 5, 120 + k * 34, s.rnd.uniform(0, 6)
        pts = [(x, base - amp * (abs(math.sin(x / wl + ph)) ** .7) - 4 * math.sin(x / 37 + ph)) for x in range(0, W + 8, 8)]
        s.poly([(0, H)] + pts + [(W, H)], ["#6d8189", "#5b707c", "#4b606e", "#3c515f", "#2e4251", "#213442", "#172733"][k])
        s.path("M" + " L".join(f"{x},{y:.1f}" for x, y in pts), "none", f'stroke="#dfe8e6" stroke-width="{1.5 + k * .4}" opacity="{.32 - k * .02:.2f}"')
    rock = [(860, 720), (900, 640), (960, 612), (1010, 568), (1080, 556), (1150, 560), (1230, 548), (1290, 590), (1370, 616), (1430, 668), (1500, 730), (1500, 780), (840, 780)]
    s.poly(rock, s.down([(0, "#2c3540"), (1, "#0f161e")], 550, 780))
    for i in range(16):
        x = s.rnd.uniform(900, 1430)
        s.line(x, s.rnd.uniform(610, 640), x + s.rnd.uniform(-40, 40), s.rnd.uniform(680, 770), "#070b10", s.rnd.uniform(2, 6), 'opacity=".5"')
    tower = s.along([(0, "#8f9698"), (.35, "#f3efe4"), (1, "#6f777c")], 1090, 0, 1170, 0)
    s.poly([(1088, 560), (1172, 560), (1156, 300), (1104, 300)], tower)
    band = s.along([(0, "#6d231f"), (.35, "#c4503f"), (1, "#571b18")], 1090, 0, 1170, 0)
    for y0, y1 in ((500, 430), (370, 320)):
        k0, k1 = (560 - y0) / 260 * 16, (560 - y1) / 260 * 16
        s.poly([(1088 + k0, y0), (1172 - k0, y0), (1172 - k1, y1), (1088 + k1, y1)], band)
    s.rect(1092, 290, 76, 12, "#1b242d")
    s.rect(1108, 240, 44, 50, "#fff0bd", 'opacity=".95"')
    for x in (1108, 1122, 1136, 1150):
        s.rect(x, 240, 3, 50, "#1b242d")
    s.path("M1100,240 Q1130,196 1160,240 Z", "#7d2a24")
    s.line(1130, 214, 1130, 186, "#1b242d", 4)
    s.glow(lx, ly, 190, "#fff0bd", .95)
    s.rect(1190, 520, 110, 52, "#cfccc2")
    s.poly([(1180, 522), (1310, 522), (1280, 486), (1210, 486)], "#5b2a26")
    for x in (1210, 1262):
        s.rect(x, 536, 16, 18, "#ffdf95")
    for _ in range(150):
        x, y = s.rnd.gauss(900, 90), s.rnd.gauss(700, 34)
        s.circle(x, y, s.rnd.uniform(1, 6), "#eef3f1", f'opacity="{s.rnd.uniform(.12, .6):.2f}"')
    for _ in range(60):
        s.ellipse(s.rnd.gauss(940, 110), s.rnd.gauss(735, 14), s.rnd.uniform(10, 60), s.rnd.uniform(3, 9), "#e7eeec", f'opacity="{s.rnd.uniform(.1, .4):.2f}"')
    s.vignette(.5)
    return s


def regatta():
    s = Scene(142)
    s.sky([(0, "#4f93bf"), (.4, "#b6d7e0"), (.58, "#f2efdf")])
    s.clouds(200, 80, "#ffffff", 40, .7, 300)
    s.hills(500, 40, "#9db9c0", 2.3, .4)
    s.hills(522, 24, "#7fa3a6", 3.3, 2.1)
    s.water(530, [(0, "#9cc7cc"), (.3, "#4f94a8"), (1, "#12506e")], 300, "#f5fffb", 420)

    def boat(x, y, k, c0, c1, lean):
        s.add(f'<g transform="translate({x} {y}) scale({k}) rotate({lean})">')
        s.path("M-8,-12 L-8,-330 Q120,-150 126,-22 Z", s.along([(0, c0), (1, c1)], -8, -200, 126, -100))
        s.path("M-18,-12 L-18,-300 Q-110,-110 -122,-18 Z", s.along([(0, c1), (1, c0)], -120, -100, -18, -200), 'opacity=".94"')
        for t in (.3, .55, .8):
            s.path(f"M-8,{-330 + 318 * t} Q{80 * t},{-330 + 318 * t + 8} {134 * t ** .6:.0f},{-330 + 308 * t + 12}", "none", 'stroke="#1d3d4c" stroke-width="1.6" opacity=".28"')
        s.line(-13, 0, -13, -338, "#31414b", 4)
        s.path("M-130,-4 L138,-8 Q120,30 84,32 L-86,32 Q-118,24 -130,-4 Z", "#173244")
        s.path("M-126,4 L132,0", "none", 'stroke="#f2efe4" stroke-width="4"')
        for px in (30, 56, 82):
            s.circle(px, -22, 8, "#1c2b34")
            s.path(f"M{px - 11},0 Q{px},-24 {px + 11},0 Z", "#c4503f")
        s.add("</g>")
        s.poly([(x - 100 * k, y + 34 * k), (x + 110 * k, y + 34 * k), (x + 40 * k, y + 200 * k), (x - 30 * k, y + 200 * k)],
               s.down([(0, c0, .5), (1, c0, 0)], y + 34 * k, y + 200 * k), 'filter="url(#blur4)"')
        for _ in range(int(26 * k) + 6):
            s.ellipse(x + s.rnd.gauss(0, 110) * k, y + (34 + s.rnd.uniform(-3, 12)) * k, s.rnd.uniform(8, 34) * k, 3.4 * k, "#f6fbf8",
                      f'opacity="{s.rnd.uniform(.25, .8):.2f}"')
    boat(1480, 548, .2, "#f4f1e6", "#cfd8d6", 4)
    boat(1330, 552, .26, "#f4f1e6", "#cfd8d6", 5)
    boat(150, 556, .28, "#f0d9a8", "#d9b878", 6)
    boat(1120, 580, .46, "#fbf8ee", "#c7d3d3", 7)
    boat(330, 610, .66, "#f3efe4", "#c4d0d2", 8)
    boat(800, 726, 1.36, "#fbf6ea", "#e0b59b", 9)
    boat(1390, 690, .92, "#f6d9a0", "#d98f62", 8)
    s.vignette(.28)
    return s


def shallows():
    """A coast from above: bands of depth from the beach to the deep, with islands in their own rings."""
    s = Scene(153)
    bands = ["#7d9159", "#a9a86c", "#e3cf9d", "#f1e4bf", "#a9dccb", "#7fc9c2", "#55b1b6", "#3a97a6", "#277d94", "#1b6581", "#124e6c", "#0c3a57"]
    s.rect(0, 0, W, H, "#6a8350")
    p = [s.rnd.uniform(0, 6.28) for _ in range(5)]

    def edge(x, k):
        calm = 1 - k / 16
        return (250 + k * 62 + .17 * x * (1 - k / 24)
                + calm * (78 * math.sin(x / 330 + p[0] + k * .09) + 34 * math.sin(x / 141 + p[1] + k * .16)
                          + 11 * math.sin(x / 52 + p[2] + k * .5)) - 130)
    for k, colour in enumerate(bands):
        pts = [(x, edge(x, k)) for x in range(-10, W + 20, 8)]
        s.poly([(-10, H + 10)] + pts + [(W + 20, H + 10)], colour)
        if k == 4:
            d = "M" + " L".join(f"{x},{y:.1f}" for x, y in pts)
            s.path(d, "none", 'stroke="#ffffff" stroke-width="9" opacity=".85" filter="url(#blur2)"')
            d = "M" + " L".join(f"{x},{y + 17 + 4 * math.sin(x / 40):.1f}" for x, y in pts)
            s.path(d, "none", 'stroke="#ffffff" stroke-width="3" opacity=".5"')
    for _ in range(420):
        x = s.rnd.uniform(0, W)
        y = s.rnd.uniform(0, max(10, edge(x, 0) - 12))
        r = s.rnd.uniform(7, 22)
        s.circle(x + 4, y + 5, r, "#2b3f24", 'opacity=".35"')
        s.circle(x, y, r, s.rnd.choice(["#5b7a45", "#4d6d3d", "#6d8a4f", "#3f5f37", "#7f9658"]))

    def island(cx, cy, size, wobble):
        for k, (grow, colour, op) in enumerate(((2.6, "#55b1b6", .35), (2.1, "#7fc9c2", .5), (1.6, "#a9dccb", .8), (1.28, "#ffffff", .8),
                                                (1.22, "#efe0b8", 1), (1.0, "#8b9a60", 1), (.8, "#5f7d48", 1))):
            pts = []
            for i in range(64):
                a = i / 64 * 6.2832
                r = size * grow * (1 + .16 * math.sin(2 * a + wobble) + .08 * math.sin(3 * a + 2 * wobble) + .03 * math.sin(7 * a + k))
                pts.append((cx + math.cos(a) * r * 1.35, cy + math.sin(a) * r * .8))
            s.poly(pts, colour, f'opacity="{op}"')
        for _ in range(int(size / 3)):
            a, r = s.rnd.uniform(0, 6.28), s.rnd.uniform(0, size * .6)
            s.circle(cx + math.cos(a) * r * 1.3, cy + math.sin(a) * r * .75, s.rnd.uniform(4, 11), s.rnd.choice(["#3f5f37", "#4d6d3d"]))
    island(1180, 640, 62, .8)
    island(1300, 712, 26, 2.4)
    island(460, 640, 40, 4.0)
    for _ in range(160):
        x = s.rnd.uniform(0, W)
        y = s.rnd.uniform(edge(x, 5), H)
        s.ellipse(x, y, s.rnd.uniform(14, 80), s.rnd.uniform(.8, 2.2), "#eafaf5", f'opacity="{s.rnd.uniform(.05, .2):.2f}" transform="rotate(9 {x:.0f} {y:.0f})"')
    for x, y, k in ((770, 700, 1.2), (860, 610, .8), (700, 800, .9)):
        s.add(f'<g transform="translate({x} {y}) rotate(-24) scale({k})">')
        s.path("M0,0 L-210,-34 L-190,0 L-210,34 Z", s.along([(0, "#fff", 0), (1, "#fff", .5)], -210, 0, 0, 0), 'filter="url(#blur4)"')
        s.path("M34,0 Q20,-11 -16,-10 L-16,10 Q20,11 34,0 Z", "#fbf7ea")
        s.rect(-8, -5, 18, 10, "#b6473f", 'rx="2"')
        s.add("</g>")
    s.vignette(.35)
    return s


def cinema():
    s = Scene(164)
    s.sky([(0, "#0c0a14"), (.6, "#1f1426"), (1, "#0b0810")])
    sx, sy, sw, sh = 330, 110, 940, 400
    s.glow(800, 310, 820, "#f7c98b", .42)
    s.rect(sx - 14, sy - 14, sw + 28, sh + 28, "#07060b")
    s.defs.append(f'<clipPath id="screen"><rect x="{sx}" y="{sy}" width="{sw}" height="{sh}"/></clipPath>')
    s.add('<g clip-path="url(#screen)">')
    s.rect(sx, sy, sw, sh, s.down([(0, "#e9a66a"), (.5, "#fbe0ae"), (1, "#f6efd6")], sy, sy + sh))
    s.circle(960, 330, 66, "#fffbe8")
    for base, amp, c, p in ((390, 60, "#d99a72", .3), (430, 46, "#a9696a", 1.9), (470, 34, "#6d4560", 3.1), (500, 22, "#3a2846", 4.4)):
        s.hills(base, amp, c, 3.4, p, sy + sh)
    s.circle(610, 452, 7, "#1c1226")
    s.path("M600,500 Q602,460 610,460 Q618,460 620,500 Z", "#1c1226")
    s.circle(642, 464, 5, "#1c1226")
    s.path("M634,500 Q636,470 642,470 Q648,470 650,500 Z", "#1c1226")
    s.add("</g>")
    for x0, x1 in ((0, 250), (1350, 1600)):
        for i in range(10):
            x = x0 + i * 25
            s.rect(x, 0, 25, 640, s.along([(0, "#3b0f18"), (.5, "#8c2c33"), (1, "#2b0a12")], x, 0, x + 25, 0), 'opacity=".9"')
    s.rect(0, 0, W, 64, s.down([(0, "#2b0a12"), (1, "#7a232b")], 0, 64))
    for i in range(16):
        s.path(f"M{i * 100},60 Q{i * 100 + 50},112 {i * 100 + 100},60 Z", "#7a232b")
        s.path(f"M{i * 100},60 Q{i * 100 + 50},112 {i * 100 + 100},60", "none", 'stroke="#d8a05c" stroke-width="3" opacity=".6"')
    s.poly([(sx, sy), (sx + sw, sy + sh), (820, 900), (780, 900)], s.along([(0, "#fff0cf", .16), (1, "#fff0cf", .02)], 800, 300, 800, 900), 'filter="url(#blur8)"')
    for row in range(5):
        t = row / 4
        y, n = 610 + row * 66, 20 - row * 2
        w = W / n
        for i in range(-1, n + 1):
            x = (i + (.5 if row % 2 else 0)) * w
            if s.rnd.random() < .62:
                hx = x + w / 2 + s.rnd.uniform(-6, 6)
                s.ellipse(hx, y - w * .12, w * .17, w * .21, "#0b080d")
                s.path(f"M{hx - w * .14},{y - w * .2} Q{hx},{y - w * .42} {hx + w * .14},{y - w * .2}", "none",
                       f'stroke="#ffcf9a" stroke-width="2" opacity="{.4 - t * .25:.2f}"')
            c = ["#5c2029", "#4a1922", "#38131b", "#260d14", "#16080d"][row]
            s.rect(x + w * .07, y, w * .86, 130, c, f'rx="{w * .2:.0f}"')
            s.rect(x + w * .16, y + 5, w * .68, 4, "#ffcf9a", f'opacity="{.28 - t * .2:.2f}" rx="2"')
        s.rect(0, y + 60, W, 20, "#07050a", 'opacity=".35"')
    s.vignette(.5)
    return s


def ridge_snow():
    s = Scene(175)
    s.sky([(0, "#2e4f83"), (.4, "#8aa6cf"), (.62, "#f3c9c0")])
    s.clouds(250, 60, "#fbe3dc", 20, .4, 340)
    s.stars(30, 160)

    def peak(points, light, dark, snow):
        for x, y, w in points:
            base = 900
            left = [(x, y)]
            right = [(x, y)]
            for i in range(1, 15):
                t = i / 14
                left.append((x - w * t + s.rnd.uniform(-10, 10), y + (base - y) * t * .78))
                right.append((x + w * t + s.rnd.uniform(-10, 10), y + (base - y) * t * .78))
            spine = [(x + 36 * math.sin(t * 7) * t + w * .14 * t, y + (base - y) * t * .78) for t in [i / 14 for i in range(15)]]
            s.poly(left + [(x - w, base)] + [(spine[-1][0], base)] + spine[::-1], light)
            s.poly(right + [(x + w, base)] + [(spine[-1][0], base)] + spine[::-1], dark)
            cut = [(x, y)]
            n = 12
            for i in range(n + 1):
                t = i / n
                px = x - w * .34 + w * .68 * t
                low = y + (base - y) * .78 * (.34 - abs(t - .5) * .1)
                cut.append((px, low + (26 if i % 2 else -34) + s.rnd.uniform(-12, 12)))
            clip_l = [(x, y)] + [p for p in cut[1:] if p[0] <= x + w * .05]
            clip_r = [(x, y)] + [p for p in cut[1:] if p[0] >= x + w * .02]
            s.ids += 1
            outline = " ".join(f"{px:.1f},{py:.1f}" for px, py in left + right[::-1])
            s.defs.append(f'<clipPath id="peak{s.ids}"><polygon points="{outline}"/></clipPath>')
            s.add(f'<g clip-path="url(#peak{s.ids})">')
            s.poly(clip_l, snow)
            s.poly(clip_r, snow, 'opacity=".72"')
            s.add("</g>")
    peak([(260, 330, 420), (1380, 300, 460), (860, 360, 380)], "#9fb0d0", "#8394ba", "#fdeeea")
    s.mist(600, 220, "#f3d3cc", .7)
    peak([(560, 290, 520), (1130, 380, 420)], "#6d86b3", "#4d6596", "#fff7f2")
    s.mist(720, 170, "#dfd5e2", .7)
    s.ridge(760, 80, "#3d5681", .5)
    s.hills(830, 34, "#f0eef5", 2.2, 1.1)
    s.hills(862, 24, "#d3dbea", 2.6, 2.6)
    for i in range(64):
        x = s.rnd.uniform(-20, W + 20)
        if 520 < x < 1000:
            continue
        h, y = s.rnd.uniform(60, 150), s.rnd.uniform(850, 905)
        for j in range(5):
            w = h * (.1 + .06 * j)
            s.poly([(x, y - h * (1.12 - j * .17)), (x - w, y - h * (.72 - j * .17)), (x + w, y - h * (.72 - j * .17))], "#1d3354")
            s.poly([(x, y - h * (1.12 - j * .17)), (x - w * .8, y - h * (.8 - j * .17)), (x, y - h * (.86 - j * .17))], "#eef2f8", 'opacity=".55"')
    s.rect(700, 808, 96, 40, "#3b2a2a")
    s.poly([(684, 812), (812, 812), (784, 768), (712, 768)], "#f6f4f8")
    s.rect(720, 820, 18, 16, "#ffd587")
    s.rect(758, 820, 18, 16, "#ffd587")
    s.glow(750, 828, 90, "#ffd587", .35)
    s.vignette(.28)
    return s


SCENES = {
    "harbour-dawn": harbour_dawn, "bridge-mist": bridge_mist, "stadium-night": stadium_night, "laboratory": laboratory,
    "concert": concert, "valley-layers": valley_layers, "wind-farm": wind_farm, "city-evening": city_evening,
    "observatory": observatory, "terraces": terraces, "oasis": oasis, "viaduct": viaduct, "museum-hall": museum_hall,
    "assembly-river": assembly_river, "track-lanes": track_lanes, "exchange": exchange, "lighthouse": lighthouse,
    "regatta": regatta, "shallows": shallows, "cinema": cinema, "ridge-snow": ridge_snow,
}


def make(name, out):
    with tempfile.TemporaryDirectory() as tmp:
        svg = pathlib.Path(tmp) / "scene.svg"
        svg.write_text(SCENES[name]().svg(), encoding="utf-8")
        flat = pathlib.Path(tmp) / "scene.v"
        subprocess.run(["vips", "flatten", str(svg), str(flat)], check=True)
        for quality in (84, 80, 75, 70, 64, 58):
            target = out / f"{name}.jpg"
            subprocess.run(["vips", "crop", str(flat), f"{target}[Q={quality},strip,optimize_coding,interlace,trellis_quant=false]",
                            str(MARGIN), str(MARGIN), str(W), str(H)], check=True)
            if target.stat().st_size <= 170_000:
                break
        size = target.stat().st_size
        print(f"{name}.jpg {size} bytes, quality {quality}")
        return size <= MAX_BYTES


def main():
    names = sys.argv[1:] or list(SCENES)
    OUT.mkdir(exist_ok=True)
    return 0 if all([make(n, OUT) for n in names]) else 1


if __name__ == "__main__":
    sys.exit(main())
