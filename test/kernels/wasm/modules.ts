import * as binaries from "#wasm";

/** The modules that this engine compiles: relaxed SIMD is off in Node 20. */
export const MODULES: (readonly [string, WebAssembly.Module])[] = [["multiply and add", await binaries.simd()]];
try {
  MODULES.push(["relaxed", await binaries.relaxed()]);
} catch (error) {
  if (!String(error).includes("simd opcode")) throw error;
}
