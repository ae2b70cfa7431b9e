import { type Arithmetic, polynomial } from "./arithmetic.ts";
import { forElements } from "./elements.ts";
import { exp2 } from "./exp2.ts";
import { type Func, type FunctionBuilder, func, type Local } from "./function.ts";
import { f32x4, i32, type V128, v128 } from "./instructions.ts";

/**
 * erf(x/√2) ≈ x · P(x²) / Q(x²), from the fit of scripts/fit_erf.py with these degrees: 1.3e-8, and 3.5e-7 with float32's
 * rounding. The limit is one at which both ways of rounding give 1, so that GELU far out is exactly 0 or x.
 */
const P = [0.797884480747, 0.0672121704679, 0.00932709247483, 0.000332996756214, 1.27088602663e-5, 4.61289305583e-8];
const Q = [1, 0.250903972576, 0.0285083400194, 0.00187127253739, 7.29945334263e-5, 1.20683308995e-6];
const GELU_LIMIT = 5.46;

/** x = x/2 · (1 + erf(x/√2)), in place; `../activation.ts` is its definition. */
export function gelu(arithmetic: Arithmetic): Func {
  return activation("gelu", (f) => {
    const numerator = polynomial(f, arithmetic, P);
    const denominator = polynomial(f, arithmetic, Q);
    const limit = limiter(f, GELU_LIMIT);
    const half = f.local(v128, f32x4.splat(0.5));
    const [limited, square, halved] = [f.local(v128), f.local(v128), f.local(v128)];
    return (x) => {
      f.set(limited, limit(x));
      f.set(square, f32x4.mul(limited, limited));
      f.set(halved, f32x4.mul(x, half));
      const erf = f32x4.mul(limited, f32x4.div(numerator(square), denominator(square)));
      return arithmetic.multiplyAdd(halved, erf, halved);
    };
  });
}

const SLOPE = (-2 * Math.sqrt(2 / Math.PI)) / Math.LN2; // tanh(u) = 1 − 2 / (e^2u + 1), and e^2u is a power of two
const CUBIC = 0.044715;

/** x = x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))) = x / (1 + 2^(SLOPE · (x + 0.044715·x³))), in place. */
export function geluTanh(arithmetic: Arithmetic): Func {
  return activation("geluTanh", (f) => {
    const slope = polynomial(f, arithmetic, [SLOPE, SLOPE * CUBIC]);
    const limit = limiter(f, 126);
    const power = exp2(f, arithmetic);
    const one = f.local(v128, f32x4.splat(1));
    const square = f.local(v128);
    return (x) => {
      f.set(square, f32x4.mul(x, x));
      return f32x4.div(x, f32x4.add(one, power(limit(f32x4.mul(x, slope(square))))));
    };
  });
}

/** x = max(x, 0), in place. */
export function relu(): Func {
  return activation("relu", (f) => {
    const zero = f.local(v128);
    return (x) => f32x4.pmax(x, zero);
  });
}

type Formula = (x: Local<"v128">) => V128;

/** A function of each of `length` values at x; what the formula needs in every turn is made once, before the loop. */
function activation(name: string, prepare: (f: FunctionBuilder) => Formula): Func {
  return func(name, { x: i32, length: i32 }, (f, p) => {
    const formula = prepare(f);
    const address = f.local(i32);
    const x = f.local(v128);
    forElements(f, p.length, (k, { load, store }) => {
      f.set(address, i32.add(p.x, k));
      f.set(x, load(address));
      f.do(store(address, formula(x)));
    });
  });
}

/** x held between −bound and bound. */
function limiter(f: FunctionBuilder, bound: number): (x: V128) => V128 {
  const lowest = f.local(v128, f32x4.splat(-bound));
  const highest = f.local(v128, f32x4.splat(bound));
  return (x) => f32x4.pmin(f32x4.pmax(x, lowest), highest);
}
