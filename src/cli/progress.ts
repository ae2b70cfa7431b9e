/** Work that takes longer than this is worth a line. */
const LONG_MS = 1000;
const BETWEEN_MS = 100;

export interface Progress {
  update(line: string): void;
  /** Takes the line away. */
  end(): void;
}

/** A line on standard error that is rewritten, where that is a terminal and the work is long; nothing elsewhere. */
export function startProgress(): Progress {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  const start = performance.now();
  let last = 0;
  return {
    update(line) {
      const now = performance.now();
      if (now - start < LONG_MS || now - last < BETWEEN_MS) return;
      last = now;
      const width = process.stderr.columns || Number.POSITIVE_INFINITY; // 0: a terminal that does not know its width
      process.stderr.write(`\r\x1b[K${line.slice(0, width - 1)}`);
    },
    end() {
      if (last > 0) process.stderr.write("\r\x1b[K");
    },
  };
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
