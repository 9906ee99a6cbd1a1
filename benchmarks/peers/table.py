#!/usr/bin/env python3
"""Writes the Markdown tables for a JSONL file of run.py and limit: python table.py [FILE]

Several runs of one key become one: the median of their medians (so that a peer run
more often gains nothing by it) and the least of all. Rows marked "disturbed" (another
process was measured on the other core) count only where there is no other, with a *.
"""
import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

PATH = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "baseline.jsonl"
FUSED = ["c-fused-inline", "c-fused-stream", "c-fused-libm", "c-fused-malloc", "c-fused-openblas",
         "c-fused-openblas-4k", "c-fused-dnnl", "c-fused-dnnl-4k"]  # limit.c
ORDER = FUSED + ["gradc-tcc", "gradc-cc", "jax", "jax-scan", "torch", "torch-compile", "casadi-vm",
         "casadi-c", "tinygrad", "pytensor-c", "pytensor-numba", "iree", "enzyme", "numba-hand",
         "numexpr-hand", "numpy-hand", "autograd"]


W8_START = 0.5879566576727484  # the sum of w8's parameters before the update


def allowed(case):
    """In w8 the rounding of the parameters alone is some 1e-3 of the update's sum."""
    return 1e-3 if case.startswith("w8") else 2e-5


def pick(rows):
    good = [r for r in rows if "call_us" in r]
    good = [r for r in good if "disturbed" not in r] or good
    if not good:
        return rows[-1]
    row = dict(good[-1], runs=len(good), call_us_min=min(r["call_us_min"] for r in good))
    for f in ("call_us", "compile_ms", "init_ms", "max_rss_mb", "rate"):
        if f in row:
            row[f] = statistics.median(r[f] for r in good)
    if "rate_best" in row:
        row["rate_best"] = max(r["rate_best"] for r in good)
    row["off"] = max((check(r) for r in good), default=None)
    return row


def check(r):
    """How far from the median over all rows of the workload: gradient sum and magnitudes."""
    if "grad_sum" not in r:
        return 0
    s, m = centre[r["workload"]]
    # w8's sums are of parameters: what counts is how far the update moved them
    scale = abs(s - W8_START) if r["workload"].startswith("w8") else m
    return max(abs(r["grad_sum"] - s) / scale, abs(r["grad_abs"] - m) / m)


def us(v):
    return f"{v:,.0f}" if v >= 1000 else f"{v:.3g}"


def table(head, body):
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join([" --- "] + [" ---: "] * (len(head) - 1)) + "|")
    for line in body:
        print("| " + " | ".join(line) + " |")
    print()


rows = defaultdict(list)
for line in PATH.read_text().splitlines():
    r = json.loads(line)
    rows[r["peer"], r["workload"], r["threads"]].append(r)
centre = {}
for name in {k[1] for k in rows}:
    done = [r for k, v in rows.items() if k[1] == name for r in v if "grad_sum" in r]
    if done:
        centre[name] = [statistics.median(r[f] for r in done) for f in ("grad_sum", "grad_abs")]
best = {k: pick(v) for k, v in rows.items()}
for name in {k[1] for k in best}:  # the yardstick of a workload: the fastest of limit.c's rows
    for t in (1, 2):
        found = [best[p, name, t] for p in FUSED if (p, name, t) in best]
        if found:
            best["hand-fused C", name, t] = min(found, key=lambda r: r["call_us"])
cases = list(dict.fromkeys(k[1] for k in best if k[0] != "limit"))
cases.sort(key=lambda c: c.split("/")[0])

print("## The machine's limits\n")
limits = [k for k in best if k[0] == "limit" and k[2] == 1]
table(["what", "1 thread, median (best)", "2 threads, median (best)", "unit"],
      [[k[1]] + [f"{best[k[:2] + (t,)]['rate']:.1f} ({best[k[:2] + (t,)]['rate_best']:.1f})" for t in (1, 2)]
       + [best[k]["unit"]] for k in limits])

MAIN = ["hand-fused C", "jax", "torch", "torch-compile", "tinygrad", "pytensor-c", "iree", "casadi-c"]


def cell(p, case, field, show):
    vals = [best.get((p, case, t), {}).get(field) for t in (1, 2)]
    return " / ".join("-" if v is None else show(v) for v in vals) if any(vals) else ""


print("## Summary: one call, median us, 1 thread / 2 threads\n")
table(["workload"] + MAIN, [[c] + [cell(p, c, "call_us", us) for p in MAIN] for c in cases])
print("## Summary: cold compile, ms, 1 core\n")
table(["workload"] + MAIN[1:],
      [[c] + [cell(p, c, "compile_ms", us).split(" / ")[0] for p in MAIN[1:]] for c in cases])

compilers = {}
if (PATH.parent / "compilers.jsonl").exists():
    for line in (PATH.parent / "compilers.jsonl").read_text().splitlines():
        r = json.loads(line)
        compilers.setdefault(r["compiler"], {})[r["workload"]] = r
if compilers:
    print("## What a C compiler costs and buys (compilers.py): the same C, 1 core\n")
    what = list(dict.fromkeys(w for v in compilers.values() for w in v))
    table(["compiler"] + [f"{w}: compile ms" for w in what] + [f"{w}: call us" for w in what],
          [[c] + [us(v[w][f]) if f in v.get(w, {}) else v.get(w, {}).get("error", "-")
                  for f in ("compile_ms", "call_us") for w in what] for c, v in compilers.items()])

print("## Every workload\n\nTimes of one call in microseconds, median (least). Compile: first call, cold, at "
      "1 thread.\n*: another process was measured on the other core. Differs by: the larger of the\n"
      "differences in grad_sum and grad_abs from the median over peers, relative to grad_abs (w8: the\n"
      "sum of the parameters relative to how far the update moved it).\nRSS: the process's peak at 1 thread. `x limit`: median over the fastest c-fused row at as "
      "many threads.\n")
for case in cases:
    present = [p for p in ORDER if any((p, case, t) in best for t in (1, 2))]
    ref, mag = centre.get(case, (0, 1))
    floor = {t: best.get(("hand-fused C", case, t), {}).get("call_us") for t in (1, 2)}
    body = []
    for p in present:
        got = {t: best.get((p, case, t), {}) for t in (1, 2)}
        one = got[1] if "call_us" in got[1] else got[2]
        cells = [p]
        for t in (1, 2):
            g = got[t]
            cells.append(f"{us(g['call_us'])} ({us(g['call_us_min'])}){'*' * ('disturbed' in g)}"
                         if "call_us" in g else
                         g.get("error", "not run")[:60])
        cells.append(us(one["compile_ms"]) if "compile_ms" in one else "")
        cells.append(us(one["init_ms"]) if "init_ms" in one else "")
        cells.append(f"{one['max_rss_mb']:.0f}" if "max_rss_mb" in one else "")
        if floor[1]:
            cells.append(" / ".join(f"{got[t]['call_us'] / floor[t]:.1f}" if "call_us" in got[t] else "-"
                                    for t in (1, 2)))
        cells.append(" / ".join(str(got[t].get("runs", "-")) for t in (1, 2)))
        off = [g["off"] for g in got.values() if "off" in g]
        cells.append("" if not off else f"{max(off):.0e}" if max(off) < allowed(case) else f"OFF by {max(off):.1e}")
        body.append(cells)
    print(f"### {case}\n\ngradient sum {ref:.6g}, sum of magnitudes {mag:.6g}\n")
    table(["peer", "1 thread us", "2 threads us", "compile ms", "init ms", "RSS MB"]
          + (["x limit 1T / 2T"] if floor[1] else []) + ["runs", "differs by"], body)
