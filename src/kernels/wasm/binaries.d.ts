/** `#wasm`: the compiled kernels, as scripts/build-wasm.js writes them. Rejected where compiling is not allowed. */
export function simd(): Promise<WebAssembly.Module>;
export function relaxed(): Promise<WebAssembly.Module>;
