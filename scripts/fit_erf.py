"""Fits the rational of src/kernels/erf.ts: erf(x) ~ x P(x^2) / Q(x^2) on [0, LIMIT], in 60 digits.

    pip install mpmath==1.4.1 && python scripts/fit_erf.py

Weighted least squares on Chebyshev points, linearised by the last denominator; each round gives the points of large error
more weight, which drives the fit towards the least greatest error (Lawson's algorithm).
"""

import mpmath as mp

mp.mp.dps = 60
LIMIT, P_DEGREE, Q_DEGREE, POINTS, ROUNDS = mp.mpf("4.25"), 6, 6, 400, 25


def fit():
    x = [LIMIT * (1 - mp.cos((i + mp.mpf("0.5")) / POINTS * mp.pi)) / 2 for i in range(POINTS)]
    t = [value * value for value in x]
    target = [mp.erf(value) for value in x]
    weight = [mp.mpf(1)] * POINTS
    denominator = [mp.mpf(1)] * POINTS
    best = None
    for _ in range(ROUNDS):
        rows = mp.matrix(POINTS, P_DEGREE + 1 + Q_DEGREE)
        right = mp.matrix(POINTS, 1)
        for i in range(POINTS):
            scale = mp.sqrt(weight[i]) / denominator[i]
            for j in range(P_DEGREE + 1):
                rows[i, j] = scale * x[i] * t[i] ** j
            for j in range(Q_DEGREE):
                rows[i, P_DEGREE + 1 + j] = -scale * target[i] * t[i] ** (j + 1)
            right[i] = scale * target[i]
        solution = mp.lu_solve(rows.T * rows, rows.T * right)
        p = [solution[j] for j in range(P_DEGREE + 1)]
        q = [mp.mpf(1)] + [solution[P_DEGREE + 1 + j] for j in range(Q_DEGREE)]
        denominator = [mp.polyval(q[::-1], value) for value in t]
        error = [abs(x[i] * mp.polyval(p[::-1], t[i]) / denominator[i] - target[i]) for i in range(POINTS)]
        largest = max(error)
        if best is None or largest < best[0]:
            best = (largest, p, q)
        weight = [w * (mp.mpf("0.05") + e / largest) for w, e in zip(weight, error)]
        total = sum(weight)
        weight = [w * POINTS / total for w in weight]
    return best


largest, p, q = fit()
print("largest error", mp.nstr(largest, 3))
print("P", [mp.nstr(c, 17) for c in p])
print("Q", [mp.nstr(c, 17) for c in q])
