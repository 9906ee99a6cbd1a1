#!/usr/bin/env python3
"""gradc and a peer in turn, round by round, so that the machine's moods meet both alike.

    GRADC=… python3 compare.py -c w1,w3/32 -p jax,torch -b cc          # at 1 thread, 9 rounds
    GRADC=… python3 compare.py -c w2/1000 --limit ./limit -b tcc,cc     # against limit.c

Ratio: the peer's median over the rounds by gradc's. Its lower 95% limit comes from drawing the rounds again, with replacement, 2,000 times:
rounds, not pairs, so that a slow stretch counts for the side that it met. A row agrees where the sums of the gradients differ by less
than 2e-5 of their magnitudes (w8: see table.py).
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = {"jax": ("peer_jax.py", ""), "jax-scan": ("peer_jax.py", "scan"), "torch": ("peer_torch.py", ""),
         "torch-compile": ("peer_torch.py", "compile"), "casadi-vm": ("peer_casadi.py", ""), "casadi-c": ("peer_casadi.py", "c"),
         "tinygrad": ("peer_tinygrad.py", ""), "pytensor-c": ("peer_pytensor.py", ""), "pytensor-numba": ("peer_pytensor.py", "numba"),
         "gradc-tcc": ("peer_gradc.py", "tcc"), "gradc-cc": ("peer_gradc.py", "cc")}
CASES = ("w1/1x4 w1/100x10 w1/100000x100 w2/16 w2/1000 w2/100000 w2/10000000 w3/1 w3/32 w3/256 "
         "w4/64x4096 w5/grad w5/jac w6/128x64 w7/8 w8/sgdm w8/adam u/narrow u/stride u/gather u/jacobians u/lstm").split()
W8_START = 0.5879566576727484


def rows_of(words, **env):
    done = subprocess.run(words, env=dict(os.environ, PYTHONWARNINGS="ignore", **env), text=True, capture_output=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"peer"')]
    return [r for r in rows if "call_us" in r] or [{"error": (rows and rows[-1].get("error")) or done.stderr.strip()[-200:]}]


def measure(peer, case, threads, limit):
    if peer == "limit":
        rows = rows_of(["taskset", "-c", "1" if threads == 1 else "0,1", limit, str(threads), case.split("/")[0]])
        # Of equal accuracy: by exact quotients, where there is a choice.
        rows = [r for r in rows if r.get("workload") == case and r["peer"].startswith("c-fused")]
        rows = [r for r in rows if r["peer"] == "c-fused-exact"] or rows
        return min(rows, key=lambda r: r["call_us"]) if rows else {"error": "no row"}
    file, variant = FILES[peer]
    return rows_of([os.environ.get("PEERS_PYTHON", sys.executable), HERE / file, case, str(threads)], PEER_VARIANT=variant)[0]


def lower(peer, own):
    draws = sorted(statistics.median(random.choices(peer, k=len(peer))) / statistics.median(random.choices(own, k=len(own)))
                   for _ in range(2000))
    return draws[100]


def agree(a, b, case):
    if "grad_sum" not in a or "grad_sum" not in b:
        return "-"
    scale, bound = (abs(a["grad_sum"] - W8_START), 1e-3) if case.startswith("w8") else (a["grad_abs"], 2e-5)
    return "yes" if abs(a["grad_sum"] - b["grad_sum"]) <= bound * scale else "NO"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    a.add_argument("-c", "--cases", default="w")
    a.add_argument("-p", "--peers", default="")
    a.add_argument("-b", "--backends", default="tcc,cc")
    a.add_argument("-t", "--threads", type=int, default=1)
    a.add_argument("-r", "--rounds", type=int, default=9)
    a.add_argument("--limit", default="", help="the program made of limit.c, as one more peer")
    a = a.parse_args()
    random.seed(1)
    own = ["gradc-" + b for b in a.backends.split(",")]
    peers = [p for p in a.peers.split(",") if p] + (["limit"] if a.limit else [])
    print("| workload | gradc | us | peer | us | ratio | lower 95% | agrees |\n| --- | --- | ---: | --- | ---: | ---: | ---: | --- |")
    for case in [c for c in CASES if c.startswith(tuple(a.cases.split(",")))]:
        rows = {name: [] for name in own + peers}
        for _ in range(a.rounds):
            for name in rows:
                rows[name].append(measure(name, case, a.threads, a.limit))
        for name in own:
            for peer in peers:
                failed = [r["error"] for r in rows[name] + rows[peer] if "error" in r]
                if failed:
                    print(f"| {case} | {name} | | {peer} | | | | {failed[0]} |", flush=True)
                    continue
                mine, theirs = [r["call_us"] for r in rows[name]], [r["call_us"] for r in rows[peer]]
                print(f"| {case} | {name} | {statistics.median(mine):.4g} | {peer} | {statistics.median(theirs):.4g} | "
                      f"{statistics.median(theirs) / statistics.median(mine):.2f} | {lower(theirs, mine):.2f} | "
                      f"{agree(rows[peer][0], rows[name][0], case)} |", flush=True)


main()
