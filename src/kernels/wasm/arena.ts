const PAGE = 65536;
const MAXIMUM_PAGES = 65536; // 4 GiB, all that 32-bit pointers reach
const ENOUGH_PAGES = 4096; // 256 MiB: the embedded model takes 100 MB in float32
const GROWTH_PAGES = 16;
const ALIGNMENT = 64; // a cache line

/**
 * One WebAssembly memory, given out from the bottom up. What lies above is scratch: it belongs to a kernel for the length
 * of a call.
 *
 * The memory is shared, since views of a shared memory outlive its growth.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** The address of that many bytes, aligned to 64, with whatever is in them. */
  alloc(bytes: number): number;
  floats(address: number, length: number): Float32Array;
  /** The address of as many bytes above all that is allocated; the next call of either function may give them again. */
  scratch(bytes: number): number;
  /** The address of an array in the memory, undefined for one outside. */
  addressOf(array: Float32Array): number | undefined;
  /** Gives back, when called, all that was allocated after this. */
  mark(): () => void;
}

export function createArena(mostPages: number = MAXIMUM_PAGES): Arena {
  const { memory, maximumPages } = reserve(mostPages);
  const buffers = new WeakSet<ArrayBufferLike>(); // growth makes new objects of the same memory
  let top = ALIGNMENT; // no array is at address 0

  function ensure(end: number): void {
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    const room = maximumPages - memory.buffer.byteLength / PAGE;
    try {
      memory.grow(Math.max(missing, Math.min(GROWTH_PAGES, room)));
    } catch (cause) {
      throw new RangeError(`wasm memory: expected room for ${end} bytes, got ${memory.buffer.byteLength}`, { cause });
    }
  }

  return {
    memory,
    alloc(bytes) {
      const address = top;
      ensure(address + bytes);
      top = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
      return address;
    },
    floats(address, length) {
      const { buffer } = memory;
      buffers.add(buffer);
      return new Float32Array(buffer, address, length);
    },
    scratch(bytes) {
      ensure(top + bytes);
      return top;
    },
    addressOf: (array) => (buffers.has(array.buffer) ? array.byteOffset : undefined),
    mark() {
      const marked = top;
      return () => {
        top = marked;
      };
    },
  };
}

/** JavaScriptCore reserves the maximum at once: where addresses are limited it refuses 4 GiB, and grants less. */
function reserve(mostPages: number): { memory: WebAssembly.Memory; maximumPages: number } {
  for (let pages = mostPages; ; pages /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum: pages, shared: true }), maximumPages: pages };
    } catch (error) {
      if (pages / 2 < ENOUGH_PAGES) throw error;
    }
  }
}
