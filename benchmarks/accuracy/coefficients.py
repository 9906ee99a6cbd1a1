"""The polynomials of Runtime/functions/*.h: weighted minimax fits by Remez exchange in high precision, printed as hex floats.

Run: python3 coefficients.py [name…]   (needs mpmath). Each line of the table below names the fit, the function, the interval, the
number of coefficients and the weight of the error: the printed error is that of the value in which the polynomial is used,
relative to the result, as a power of two.
"""
import sys
from mpmath import mp, mpf, exp, expm1, log, sqrt, sin, cos, asin, atan, atanh, erf, erfc, pi, matrix, lu_solve, linspace

mp.dps = 60


def remez(function, weight, low, high, count, exponents=None):
    """Coefficients c with max |weight(x) (function(x) - Σ c_i x^e_i)| least on [low, high], and that maximum."""
    low, high = mpf(low), mpf(high)
    exponents = exponents or list(range(count))
    n = len(exponents)
    nodes = [(low + high) / 2 - (high - low) / 2 * mp.cos(pi * i / n) for i in range(n + 1)]
    dense = [(low + high) / 2 - (high - low) / 2 * mp.cos(pi * i / (24 * n)) for i in range(24 * n + 1)]
    # the ends may be removable singularities of the function
    tiny = (high - low) * mpf(2) ** -60
    dense[0] += tiny
    dense[-1] -= tiny
    values = [(x, function(x), weight(x)) for x in dense]
    nodes[0] += tiny
    nodes[-1] -= tiny
    for _ in range(12):
        a, b = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for row, x in enumerate(nodes):
            w = weight(x)
            for column, e in enumerate(exponents):
                a[row, column] = x**e
            a[row, n] = (-1) ** row / w
            b[row] = function(x)
        solution = lu_solve(a, b)
        c = [solution[i] for i in range(n)]
        errors = [w * (f - sum(k * x**e for k, e in zip(c, exponents))) for x, f, w in values]
        extrema, start = [], 0
        for i in range(1, len(errors) + 1):
            if i == len(errors) or (errors[i] > 0) != (errors[start] > 0):
                extrema.append(max(range(start, i), key=lambda j: abs(errors[j])))
                start = i
        while len(extrema) > n + 1:
            if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]):
                extrema.pop(0)
            else:
                extrema.pop()
        worst = max(abs(e) for e in errors)
        if len(extrema) < n + 1:
            break
        nodes = [values[i][0] for i in extrema]
        if worst < abs(solution[n]) * mpf("1.02"):
            break
    return c, worst


def hexadecimal(x):
    """The nearest double as a C99 hex float."""
    text = float(x).hex()
    mantissa, power = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{int(power)}"


def mills(x):
    """Φ(-x) exp(x² / 2)."""
    return erfc(x / sqrt(2)) * exp(x * x / 2) / 2


def even(f):
    """A function of z = x² given by one of x, for fits in z."""
    return lambda z: f(sqrt(z))


def exp_rest(r):
    return (expm1(r) - r) / r**2 if abs(r) > mpf("1e-20") else mpf(1) / 2


T = sqrt(mpf(2)) - 1
LN2_HALF = log(2) / 2 * mpf("1.0001")
S = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1) * mpf("1.0001")
# name: (function, weight of its error, low, high, number of coefficients)
FITS = {
    # exp(r) = 1 + r + r² Q(r)
    "exp": (exp_rest, lambda r: LN2_HALF, -LN2_HALF, LN2_HALF, 11),
    # log((1 + s) / (1 - s)) = 2 s + s z L(z), z = s²
    "log": (even(lambda s: (2 * atanh(s) - 2 * s) / s**3), lambda z: z, 0, S**2, 7),
    # log((1 + s) / (1 - s)) = 2 s + 2/3 s³ + s⁵ L(z)
    "log_precise": (even(lambda s: (2 * atanh(s) - 2 * s - 2 * s**3 / 3) / s**5), lambda z: z**2, 0, S**2, 8),
    "sin": (even(lambda r: (sin(r) - r) / r**3), lambda z: z, 0, (pi / 4 * mpf("1.0001")) ** 2, 6),
    "cos": (even(lambda r: (cos(r) - 1 + r * r / 2) / r**4), lambda z: z * z, 0, (pi / 4 * mpf("1.0001")) ** 2, 6),
    "asin": (even(lambda x: (asin(x) - x) / x**3), lambda z: z, 0, mpf("0.2501"), 13),
    "atan": (even(lambda x: (atan(x) - x) / x**3), lambda z: z, 0, (T * mpf("1.0001")) ** 2, 12),
    "erf": (even(lambda x: (erf(x) - x) / x), lambda z: 1, 0, mpf("1.0001"), 13),
    # for f32: exp is exp_short; log(1 + f) = f - f² / 2 + f³ P(f)
    "log_f32": (lambda f: (log(1 + f) - f + f * f / 2) / f**3 if abs(f) > mpf("1e-15") else mpf(1) / 3, lambda f: f * f,
                sqrt(mpf(2)) / 2 - 1, T, 8),
    # for f32, in double
    "exp_short": (exp_rest, lambda r: LN2_HALF, -LN2_HALF, LN2_HALF, 6),
    "sin_short": (even(lambda r: (sin(r) - r) / r**3), lambda z: z, 0, (pi / 4 * mpf("1.0001")) ** 2, 4),
    "cos_short": (even(lambda r: (cos(r) - 1 + r * r / 2) / r**4), lambda z: z * z, 0, (pi / 4 * mpf("1.0001")) ** 2, 4),
    "asin_short": (even(lambda x: (asin(x) - x) / x**3), lambda z: z, 0, mpf("0.2501"), 7),
    "atan_short": (even(lambda x: (atan(x) - x) / x**3), lambda z: z, 0, (T * mpf("1.0001")) ** 2, 7),
    "erf_short": (even(lambda x: (erf(x) - x) / x), lambda z: 1, 0, mpf("1.0001"), 8),
    # Φ(-x) = exp(-x² / 2) M(t) / (x + 4/5), t = (x - 2) / (x + 2), 0 ≤ x ≤ 16
    "mills_short": (lambda t: mills(2 * (1 + t) / (1 - t)) * (2 * (1 + t) / (1 - t) + mpf(4) / 5), lambda t: 2, -1, mpf(14) / 18, 13),
}


def mills_table(count):
    """Φ(-x) exp(x² / 2) about the middle of each quarter of an octave of x + 2, up to x + 2 = 42."""
    for octave in range(1, 6):
        for quarter in range(4):
            low = 2**octave * (1 + mpf(quarter) / 4) - 2
            high = 2**octave * (1 + mpf(quarter + 1) / 4) - 2
            if low > 39:
                return
            middle = (low + high) / 2
            c, error = remez(
                lambda u: mills(middle + u), lambda u: 1 / mills(middle + u), low - middle, high - middle, count)
            yield middle, c, error


if __name__ == "__main__":
    chosen = sys.argv[1:]
    for name, (function, weight, low, high, count) in FITS.items():
        if chosen and name not in chosen:
            continue
        c, error = remez(function, weight, low, high, count)
        print(f"{name}: error 2^{float(log(error, 2)):.1f}")
        print("  " + ", ".join(hexadecimal(k) for k in c))
    if not chosen or "mills" in chosen:
        for middle, c, error in mills_table(15):
            print(f"mills about {hexadecimal(middle)}: error 2^{float(log(error, 2)):.1f}")
            print("  {" + ", ".join(hexadecimal(k) for k in c) + "}")
            print("  the first lost " + hexadecimal(c[0] - mpf(float(c[0]))))
