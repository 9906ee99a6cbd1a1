"""gradc, by its command. PEER_VARIANT=cc: the system's compiler; else libtcc. GRADC: the command, `gradc` if unset.

`gradc bench` calls the compiled C entry on arrays that stay where they are; `gradc run` gives the outputs that are summed. The dims are
fixed by -D, as the peers compile for the shapes at hand; with PEER_DIMS=open the code takes any.
"""
import json
import os
import re
import subprocess
from common import CASE, SCRATCH, THREADS, Case, np, resource
from pathlib import Path

GRADC = os.environ.get("GRADC", "gradc")
BACKEND = os.environ.get("PEER_VARIANT") or "tcc"
MODELS = {"w1": "w1_neuron", "w2": "w2_elementwise", "w3": "w3_mlp", "w4": "w4_linear", "w5/grad": "w5_quadrotor",
          "w5/jac": "w5_jacobian", "w6": "w6_attention", "w7": "w7_convolution", "w8/sgdm": "w8_sgd_momentum", "w8/adam": "w8_adam",
          "u/narrow": "u_narrow", "u/stride": "u_stride", "u/gather": "u_gather", "u/jacobians": "u_jacobians", "u/lstm": "u_lstm"}
LAYERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
NAMES = {"w1": ["x", "y", "w", "b"], "w2": ["x", "a", "b", "c"], "w3": ["x", "label"] + LAYERS, "w4": ["x", "w", "g"],
         "w5": ["start", "controls"], "w6": ["q", "k", "v", "gain", "bias"], "w7": ["image", "kernel"], "w8": ["x", "label"] + LAYERS,
         "u/narrow": ["x", "s", "b", "a"], "u/stride": ["x"], "u/gather": ["table", "w", "ids"], "u/jacobians": ["x"],
         "u/lstm": ["x", "W", "b"]}


def command(*words):
    # A cache of its own, empty at the start: the first compile is a cold one.
    done = subprocess.run([GRADC, *words], env=dict(os.environ, XDG_CACHE_HOME=SCRATCH), text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or f"exit {done.returncode}").splitlines()[0])
    return done.stdout


def inputs(case):
    arrays = dict(zip(NAMES.get(case.name) or NAMES[case.family], case.args))
    if case.family == "w8":
        for name in LAYERS:
            for prefix in ["m_"] + ["s_"] * (case.variant == "adam"):
                arrays[prefix + name] = np.zeros_like(arrays[name])
        arrays["t"] = np.float32(1)
    return {k: v for k, v in arrays.items() if k != "t" or case.variant == "adam"}


def fixed_dims(model, arrays):
    """-D for each dim that the shape of an array gives."""
    text = Path(model).read_text()
    dims = set(re.search(r"^dim (.*)$", text, re.M)[1].split(", ")) if re.search(r"^dim ", text, re.M) else set()
    found = {}
    for name, shape in re.findall(r"^(?:input|param) (\w+): \w*\[([^\]]*)\]", text, re.M):
        found |= {d: n for d, n in zip(shape.split(", "), arrays[name].shape) if d in dims}
    return [word for d, n in sorted(found.items()) for word in ("-D", f"{d}={n}")]


def main():
    row = {"peer": f"gradc-{BACKEND}", "workload": CASE, "threads": THREADS}
    try:
        case = Case(CASE)
        model = str(Path(__file__).parent / "workloads" / (MODELS.get(CASE) or MODELS[case.family])) + ".gd"
        given, made = SCRATCH + "/in.npz", SCRATCH + "/out.npz"
        arrays = inputs(case)
        np.savez(given, **arrays)
        row["version"] = command("--version").strip()
        options = ["--inputs", given, "--backend", BACKEND]
        if os.environ.get("PEER_DIMS") != "open":
            options += fixed_dims(model, arrays)
        # A step's state is carried on, as the peers do: what is made of an input takes its place. What shrinks from step to step then ends as
        # subnormal numbers, which count as 0 here as they do in XLA.
        carried = set(re.findall(r"\b(\w+)_next\b", Path(model).read_text())) & set(arrays)
        steps = [word for name in sorted(carried) for word in ("--in-place", f"{name}={name}_next")] + ["--flush-subnormals"] * bool(carried)
        measured = json.loads(command("bench", model, *options, *steps, "--threads", str(THREADS), "--json"))
        command("run", model, *options, "--outputs", made)
        with np.load(made) as outputs:
            loss = outputs["loss"] if "loss" in outputs else None
            wanted = [n + "_next" for n in LAYERS] if case.family == "w8" else [n for n in outputs if n != "loss"]
            grads = [outputs[n] for n in wanted]
        row.update(compile_ms=round(measured["compile_first_ms"], 2), compile_warm_ms=round(measured["compile_ms"], 3),
                   loss=None if loss is None else float(loss),
                   grad_sum=float(sum(g.sum(dtype=np.float64) for g in grads)),
                   grad_abs=float(sum(np.abs(g).sum(dtype=np.float64) for g in grads)), dtype=str(grads[0].dtype),
                   call_us=round(measured["call_us_median"], 4), call_us_min=round(measured["call_us_min"], 4),
                   max_rss_mb=round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1))
    except Exception as e:  # a failure is a result too
        row["error"] = f"{type(e).__name__}: {e}".splitlines()[0][:300]
    print(json.dumps(row), flush=True)


main()
