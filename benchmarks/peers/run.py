#!/usr/bin/env python3
"""Runs peers over workloads, each (peer, workload, threads) in a process of its own.

    python run.py                         # everything, into baseline.jsonl
    python run.py -p jax,torch -c w3 -t 1 # some peers, workload prefixes, thread counts
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = {  # name: (file, variant)
    "gradc-tcc": ("peer_gradc.py", "tcc"), "gradc-cc": ("peer_gradc.py", "cc"),
    "jax": ("peer_jax.py", ""), "jax-scan": ("peer_jax.py", "scan"),
    "torch": ("peer_torch.py", ""), "torch-compile": ("peer_torch.py", "compile"),
    "casadi-vm": ("peer_casadi.py", ""), "casadi-c": ("peer_casadi.py", "c"),
    "tinygrad": ("peer_tinygrad.py", ""),
    "pytensor-c": ("peer_pytensor.py", ""), "pytensor-numba": ("peer_pytensor.py", "numba"),
    "numba-hand": ("peer_hand.py", "numba"), "numexpr-hand": ("peer_hand.py", "numexpr"),
    "numpy-hand": ("peer_hand.py", ""), "autograd": ("peer_autograd.py", ""),
    "iree": ("peer_iree.py", ""), "enzyme": ("peer_enzyme.py", ""),
}
OPTIONAL = ("iree", "enzyme")  # not run unless named
CASES = ("w1/1x4 w1/100x10 w1/100000x100 w2/16 w2/1000 w2/100000 w2/10000000 w3/1 w3/32 w3/256 "
         "w4/64x4096 w5/grad w5/jac w6/128x64 w7/8 w8/sgdm w8/adam u/narrow u/stride u/gather u/jacobians u/lstm").split()


def run_one(python, peer, case, threads, limit):
    file, variant = PEERS[peer]
    env = dict(os.environ, PEER_VARIANT=variant, PYTHONWARNINGS="ignore")
    p = subprocess.Popen([python, HERE / file, case, str(threads)], env=env, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = p.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        p.communicate()
        return {"error": f"ran over the limit of {limit} s"}
    for line in out.splitlines():
        if line.startswith('{"peer"'):
            return json.loads(line)
    return {"error": f"exit {p.returncode}: " + (err.strip().splitlines() or ["no output"])[-1][:200]}


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    a.add_argument("-p", "--peers", default=",".join(p for p in PEERS if p not in OPTIONAL))
    a.add_argument("-c", "--cases", default="w", help="workload prefixes, comma-separated")
    a.add_argument("-t", "--threads", default="1,2")
    a.add_argument("-l", "--limit", type=float, default=120, help="seconds for one process")
    a.add_argument("-o", "--out", default=str(HERE / "baseline.jsonl"), help="appended to")
    a = a.parse_args()
    python = os.environ.get("PEERS_PYTHON", sys.executable)
    for peer in a.peers.split(","):
        for case in [c for c in CASES if c.startswith(tuple(a.cases.split(",")))]:
            for threads in map(int, a.threads.split(",")):
                row = {"peer": peer, "workload": case, "threads": threads}
                row.update(run_one(python, peer, case, threads, a.limit))
                row["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                if "skip" not in row:
                    with open(a.out, "a") as f:
                        f.write(json.dumps(row) + "\n")
                print(peer, case, threads, row.get("compile_ms"), row.get("call_us"),
                      row.get("call_us_min"), row.get("error", row.get("skip", "")), flush=True)


main()
