import type { Embedder, ModelInfo } from "../embedder.ts";
import { type BenchmarkCase, requireClose } from "./cases.ts";

/** Texts this long are compared with the scalar kernels, which take seconds for longer ones. */
const COMPARED_TOKENS = 128;

/** A model on one text of a given count of tokens, text to vector; `scalar` is the same model and dtype on scalar kernels. */
export function modelCases(model: Embedder, label: string, scalar: Embedder): BenchmarkCase[] {
  const cases: BenchmarkCase[] = [];
  for (const tokens of [8, 32, 128, 512]) {
    if (tokens > model.info.maxTokens) continue;
    const text = textOfTokens(model, tokens);
    const name = `${label}: ${model.info.name}, ${tokens} tokens`;
    cases.push({
      name,
      flops: layerFlops(model.info, tokens),
      run: async () => void (await model.encode(text)),
      async verify() {
        const alone = await model.encode(text);
        const [, together] = await model.encode(["another text", text]);
        requireClose(name, together!, alone, 0);
        if (tokens > COMPARED_TOKENS) return;
        const [unit, expected] = [model, scalar].map((each) => each.encode(text, { normalize: true }));
        const other = await expected!;
        const cosine = (await unit!).reduce((sum, value, i) => sum + value * other[i]!, 0);
        if (!(cosine > 0.999))
          throw new Error(`bench: ${name}: expected the vector of the scalar kernels, got a cosine of ${cosine}`);
      },
    });
  }
  return cases;
}

/** A text with exactly that many tokens, special ones included: words are added until it has them. */
function textOfTokens(model: Embedder, tokens: number): string {
  const words = ["one", "two", "river", "stone", "light", "summer", "paper", "garden"];
  let text = "";
  for (let i = 0; ; i++) {
    const longer = `${text} ${words[i % words.length]}`.trim();
    const count = model.tokenizer.encode(longer).ids.length;
    if (count > tokens) return text;
    text = longer;
    if (count === tokens) return text;
  }
}

/** Operations of the layers for one text: the matrix products and the two products of attention. */
function layerFlops({ architecture: { layers, hidden, inner } }: ModelInfo, tokens: number): number {
  return layers * (2 * tokens * (4 * hidden * hidden + 2 * hidden * inner) + 4 * tokens * tokens * hidden);
}
