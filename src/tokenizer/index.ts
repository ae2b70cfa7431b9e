export {
  COMPILED_VERSION,
  type CompiledTokenizer,
  compileTokenizer,
  type LoadCompiledOptions,
  loadCompiled,
  tokenizerChecksum,
} from "./compiled.ts";
export type { Tensor, Tensors, TokenSink } from "./pipeline.ts";
export {
  type EncodeTextOptions,
  type Encoding,
  type ParseOptions,
  parseTokenizer,
  type Tokenizer,
} from "./tokenizer.ts";
