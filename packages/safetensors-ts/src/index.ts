/** Read and write safetensors: https://github.com/huggingface/safetensors */
export { bitsPerElement, type DType, dtypes } from "./dtype.ts";
export { SafetensorsError, type SafetensorsErrorCode } from "./errors.ts";
export { decodeBF16, decodeF16 } from "./half.ts";
export { type Header, parseHeader } from "./header.ts";
export { type HttpOptions, httpSource } from "./http.ts";
export type { TensorInfo } from "./layout.ts";
export { open, type SafetensorsFile } from "./open.ts";
export { checkRelativePath } from "./path.ts";
export { openSharded } from "./sharded.ts";
export { type ByteSource, blobSource, bytesSource } from "./source.ts";
export { parse, type Tensor, type TensorView, toFloat32, type Views, view } from "./tensor.ts";
export { type Metadata, serialize, serializeParts, type TensorInput } from "./write.ts";
