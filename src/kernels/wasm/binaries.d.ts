/** `#wasm`: the compiled kernels, as scripts/build-wasm.js writes them. Each call throws where compiling is not allowed. */
export function simd(): WebAssembly.Module;
export function relaxed(): WebAssembly.Module;
