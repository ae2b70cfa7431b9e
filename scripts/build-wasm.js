// Emits the WebAssembly kernels: runs the generators that the compiler has just built and writes into dist
//
//   wasm.simd.wasm, wasm.relaxed.wasm   the modules
//   wasm.inline.js                      #wasm everywhere: the modules as base64, compiled on the spot
//   wasm.workerd.js                     #wasm in workerd, which compiles no bytes: it imports the files as modules
import { writeFileSync } from "node:fs";
import { relaxedModule, simdModule } from "../dist/kernels/wasm/modules.js";

const dist = new URL("../dist/", import.meta.url);
const modules = { simd: simdModule(), relaxed: relaxedModule() };

for (const [name, bytes] of Object.entries(modules)) write(`wasm.${name}.wasm`, bytes);

const inlined = Object.entries(modules).map(
  ([name, bytes]) => `export const ${name} = () => compile("${Buffer.from(bytes).toString("base64")}");\n`,
);
write(
  "wasm.inline.js",
  `const compile = (base64) => new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));\n${inlined.join("")}`,
);

const imported = Object.keys(modules).map(
  (name) => `import ${name}Module from "./wasm.${name}.wasm";\nexport const ${name} = () => ${name}Module;\n`,
);
write("wasm.workerd.js", imported.join(""));

function write(name, content) {
  writeFileSync(new URL(name, dist), content);
}
