/** First bytes of other kinds of file, as Latin-1 text, and what to call them. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs/, "a Git-LFS pointer (the file itself was never downloaded: git lfs pull)"],
  [/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|!--)/i, "an HTML page"],
  [/^(\xef\xbb\xbf)?\s*<\?xml/i, "an XML document"],
  [/^(\xef\xbb\xbf)?\s*[{[]/, "a JSON text"],
  [/^PK\x03\x04/, "a zip archive (PyTorch's .bin and .pt files are such)"],
  [/^\x80[\x02-\x05]/, "a Python pickle (an old PyTorch file)"],
  [/^GGUF/, "a GGUF file"],
  [/^\x93NUMPY/, "a NumPy .npy file"],
  [/^\x89HDF/, "an HDF5 file"],
  [/^\x1f\x8b/, "gzip data"],
];

/** What these first bytes of a file look like, if that is not safetensors: "an HTML page", "a Git-LFS pointer …". */
export function otherKind(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "an empty file";
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return KINDS.find(([pattern]) => pattern.test(start))?.[1];
}
