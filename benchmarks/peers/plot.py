#!/usr/bin/env python3
"""Draws the table "Beside other tools" of docs/performance.md: how many times as long as gradc the fastest peer takes.

    benchmarks/peers/plot.py        # writes docs/peers.svg
"""
import math
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (w\S+) \| (tcc|cc) \| [\d.,]+ \| (\S+) \| [\d.,]+ \| ([\d.]+) \| ([\d.]+) \|$", re.M)
COLOURS = {"tcc": "#8fb8de", "cc": "#1f5f99"}
LEFT, WIDTH, BAR, GAP, TOP = 150, 520, 11, 10, 46
LEAST, MOST = 0.2, 20


def x_of(ratio):
    return LEFT + WIDTH * (math.log(ratio) - math.log(LEAST)) / (math.log(MOST) - math.log(LEAST))


def text(x, y, words, anchor="start", weight="normal"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>'


def main():
    page = (ROOT / "docs/performance.md").read_text()
    page = page[page.index("## Beside other tools"):]
    rows = ROW.findall(page[:page.index("\n### ")])
    cases = {}
    for case, tier, peer, ratio, lower in rows:
        cases.setdefault(case, []).append((tier, peer, float(ratio), float(lower)))
    height = TOP + sum(len(bars) * BAR + GAP for bars in cases.values()) + 16
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 90} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 16, "time of the fastest peer by that of gradc; the thin line reaches down to the lower 95% limit", weight="bold"),
        f'<rect x="{LEFT}" y="24" width="10" height="8" fill="{COLOURS["tcc"]}"/>', text(LEFT + 14, 32, "by libtcc"),
        f'<rect x="{LEFT + 80}" y="24" width="10" height="8" fill="{COLOURS["cc"]}"/>', text(LEFT + 94, 32, "by the system's compiler")]
    for mark in (0.2, 0.5, 1, 2, 5, 10, 20):
        x = x_of(mark)
        stroke = "#444" if mark == 1 else "#ddd"
        lines += [f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{height - 16}" stroke="{stroke}"/>',
                  text(x, height - 4, f"{mark:g}", "middle")]
    y = TOP
    for case, bars in cases.items():
        lines.append(text(LEFT - 8, y + len(bars) * BAR / 2 + 4, f"{case} ({bars[0][1]})", "end"))
        for tier, _, ratio, lower in bars:
            start, end = sorted((x_of(1), x_of(ratio)))
            middle = y + BAR / 2
            lines += [f'<rect x="{start:.1f}" y="{y + 1}" width="{end - start:.1f}" height="{BAR - 2}" fill="{COLOURS[tier]}"/>',
                      f'<line x1="{x_of(lower):.1f}" y1="{middle}" x2="{x_of(ratio):.1f}" y2="{middle}" stroke="#d0582b"/>',
                      text(max(end, x_of(1)) + 4, y + BAR - 2, f"{ratio:g}")]
            y += BAR
        y += GAP
    (ROOT / "docs/peers.svg").write_text("\n".join(lines + ["</svg>", ""]))


main()
