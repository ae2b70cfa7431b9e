/** What both modules export: pointers and strides in bytes, counts in elements, as the generator of each name says. */
export interface Exports {
  linear(
    out: number,
    outStride: number,
    x: number,
    panels: number,
    biases: number,
    tokens: number,
    inputs: number,
    count: number,
  ): void;
  attention(
    out: number,
    qkv: number,
    scratch: number,
    tokens: number,
    heads: number,
    headSize: number,
    scale: number,
  ): void;
  layerNorm(out: number, x: number, weight: number, bias: number, tokens: number, hidden: number, eps: number): void;
  addLayerNorm(x: number, y: number, weight: number, bias: number, tokens: number, hidden: number, eps: number): void;
  gelu(x: number, length: number): void;
  geluTanh(x: number, length: number): void;
  relu(x: number, length: number): void;
  peak(steps: number): number;
}
