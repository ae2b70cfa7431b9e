import type { FunctionBuilder, Local } from "./function.ts";
import { i32x4, type V128, v128 } from "./instructions.ts";

/** The transpose of four vectors of four: element [i][j] goes to [j][i]. */
export function transpose(f: FunctionBuilder, rows: readonly V128[]): Local<"v128">[] {
  const locals = rows.map((row) => f.local(v128, row));
  const [a, b, c, d] = [locals[0]!, locals[1]!, locals[2]!, locals[3]!];
  const local = (x: V128, y: V128, lanes: readonly [number, number, number, number]) =>
    f.local(v128, i32x4.shuffle(x, y, lanes));
  const abLow = local(a, b, [0, 4, 1, 5]); // a0 b0 a1 b1
  const abHigh = local(a, b, [2, 6, 3, 7]);
  const cdLow = local(c, d, [0, 4, 1, 5]);
  const cdHigh = local(c, d, [2, 6, 3, 7]);
  return [
    local(abLow, cdLow, [0, 1, 4, 5]), // a0 b0 c0 d0
    local(abLow, cdLow, [2, 3, 6, 7]),
    local(abHigh, cdHigh, [0, 1, 4, 5]),
    local(abHigh, cdHigh, [2, 3, 6, 7]),
  ];
}
