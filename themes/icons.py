#!/usr/bin/env python3
"""Draws favicon.svg as PNG, for browsers that install the site: icons.py FOLDER. Reads what that one file says: a rectangle and a path of lines and curves. 16 samples a pixel."""
import os, re, struct, sys, zlib

here = os.path.dirname(os.path.abspath(__file__))
svg = open(os.path.join(here, "favicon.svg")).read()
SIDE = float(re.search(r'viewBox="0 0 (\d+)', svg)[1])
RADIUS = float(re.search(r'rx="([\d.]+)"', svg)[1])
colour = lambda s: tuple(int((s * 2 if len(s) == 3 else s)[k:k + 2], 16) for k in (0, 2, 4))
GROUND, INK = (colour(c) for c in re.findall(r'fill="#(\w+)"', svg))
SAMPLES = 4


def outline(d):
    """The path as closed polygons."""
    token = re.findall(r"[A-Za-z]|-?\d*\.?\d+", d)
    out, points, x, y, i, command, control = [], [], 0.0, 0.0, 0, "", None
    def take(n):
        nonlocal i
        i += n
        return [float(t) for t in token[i - n:i]]
    while i < len(token):
        if token[i].isalpha(): command, i = token[i], i + 1
        rel, kind = command.islower(), command.upper()
        if kind == "Z":
            out.append(points)
            x, y = points[0]
            points = []
            continue
        if kind == "M":
            dx, dy = take(2)
            x, y = (x + dx, y + dy) if rel else (dx, dy)
            points = [(x, y)]
        elif kind in "HV":
            d1, = take(1)
            if kind == "H": x = x + d1 if rel else d1
            else: y = y + d1 if rel else d1
            points.append((x, y))
        else:
            base = (x, y) if rel else (0.0, 0.0)
            first = [control] if kind == "S" else []
            n = take(4 if kind == "S" else 6)
            ps = [(n[k] + base[0], n[k + 1] + base[1]) for k in range(0, len(n), 2)]
            (x1, y1), (x2, y2), (x3, y3) = [(2 * x - control[0], 2 * y - control[1]) if control else (x, y)] + ps if kind == "S" else ps
            for k in range(1, 17):
                t = k / 16
                u = 1 - t
                points.append((u**3 * x + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3, u**3 * y + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3))
            x, y, control = x3, y3, (x2, y2)
            continue
        control = None
    return out


def spans(shapes, y):
    """Where a line of samples lies inside, by the non-zero rule."""
    cuts = []
    for s in shapes:
        for (x0, y0), (x1, y1) in zip(s, s[1:] + s[:1]):
            if (y0 <= y) != (y1 <= y): cuts.append((x0 + (y - y0) * (x1 - x0) / (y1 - y0), 1 if y0 < y1 else -1))
    cuts.sort()
    depth, start, out = 0, 0.0, []
    for x, way in cuts:
        if depth == 0: start = x
        depth += way
        if depth == 0: out.append((start, x))
    return out


def ground(y, radius):
    edge = min(y, SIDE - y)
    inset = radius - (radius**2 - (radius - edge)**2)**0.5 if edge < radius else 0.0
    return [(inset, SIDE - inset)]


def draw(size, radius, scale):
    shapes = [[(SIDE / 2 + (x - SIDE / 2) * scale, SIDE / 2 + (y - SIDE / 2) * scale) for x, y in s] for s in outline(re.search(r' d="([^"]+)"', svg)[1])]
    n, rows = size * SAMPLES, b""
    for py in range(size):
        cover = [[0] * size, [0] * size]
        for sy in range(SAMPLES):
            y = (py * SAMPLES + sy + 0.5) / n * SIDE
            for layer, found in enumerate((ground(y, radius), spans(shapes, y))):
                for a, b in found:
                    for sx in range(max(0, round(a / SIDE * n)), min(n, round(b / SIDE * n))): cover[layer][sx // SAMPLES] += 1
        rows += b"\0"
        for g, k in zip(*cover):
            t = k / SAMPLES**2
            rows += bytes(round(GROUND[c] * (1 - t) + INK[c] * t) for c in range(3)) + bytes([round(255 * max(g, k) / SAMPLES**2)])
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


for name, size, radius, scale in (("icon-192.png", 192, RADIUS, 1), ("icon-512.png", 512, RADIUS, 1), ("icon-maskable-512.png", 512, 0, 0.78)):
    with open(os.path.join(sys.argv[1], name), "wb") as f: f.write(draw(size, radius, scale))
