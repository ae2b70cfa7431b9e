// Emits the WebAssembly kernels: runs the generators that the compiler has just built and writes into dist
//
//   wasm.simd.wasm, wasm.relaxed.wasm   the modules
//   wasm.node.js                        #wasm in Node, Bun and Deno: the modules deflated, in base64
//   wasm.emit.js                        #wasm in pages: runs the generators there, which takes 50 ms and saves 7 KB of 67
//   wasm.workerd.js                     #wasm in workerd, which compiles no bytes: it imports the files as modules
import { writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { relaxedModule, simdModule } from "../dist/kernels/wasm/modules.js";
import { packingKernels } from "../dist/kernels/wasm/packing-kernels.js";

const dist = new URL("../dist/", import.meta.url);
const modules = Object.entries({
  simd: simdModule(packingKernels("wide")),
  relaxed: relaxedModule(packingKernels("bytes")),
});

for (const [name, bytes] of modules) write(`wasm.${name}.wasm`, bytes);

const inlined = modules.map(([name, bytes]) => {
  const deflated = deflateRawSync(bytes, { level: 9 }).toString("base64");
  return `export const ${name} = () => compile("${deflated}");\n`;
});
write(
  "wasm.node.js",
  `import { inflateRawSync } from "node:zlib";
const compile = async (base64) => new WebAssembly.Module(inflateRawSync(Buffer.from(base64, "base64")));
${inlined.join("")}`,
);

const emitted = modules.map(([name]) => `export const ${name} = () => WebAssembly.compile(${name}Module([]));\n`);
write("wasm.emit.js", `import { relaxedModule, simdModule } from "./kernels/wasm/modules.js";\n${emitted.join("")}`);

const imported = modules.map(
  ([name]) => `import ${name}Module from "./wasm.${name}.wasm";\nexport const ${name} = async () => ${name}Module;\n`,
);
write("wasm.workerd.js", imported.join(""));

function write(name, content) {
  writeFileSync(new URL(name, dist), content);
}
