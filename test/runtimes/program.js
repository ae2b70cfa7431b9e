// What every runtime runs.

/**
 * Embeds the texts in each dtype, by default and with the deterministic kernels. `load` is siskin's, `model` is a folder or a URL,
 * `options` are those of `load`. What fails gives its error, and the others go on.
 */
export async function embed(load, { model, texts, dtypes, ...options }) {
  const runs = [];
  for (const dtype of dtypes) {
    for (const deterministic of [false, true]) {
      const result = await embedOnce(load, model, texts, { ...options, dtype, deterministic }).catch(({ stack }) => ({
        error: stack,
      }));
      runs.push({ dtype, deterministic, ...result });
    }
  }
  return runs;
}

async function embedOnce(load, source, texts, options) {
  const model = await load(source, options);
  try {
    const vectors = await model.encode(texts);
    return { info: model.info, bits: vectors.map(bitsOf) };
  } finally {
    model.dispose();
  }
}

/** As integers, since JSON has neither -0 nor NaN. */
function bitsOf(vector) {
  return [...new Uint32Array(vector.buffer, vector.byteOffset, vector.length)];
}
