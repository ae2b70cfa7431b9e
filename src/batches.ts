/**
 * Groups texts by length so that a batch has at most `limit` tokens, longest first: neighbours then have like lengths. A text
 * over the limit is a batch by itself.
 *
 * Gives the indices of the texts, batch by batch; every text is in exactly one.
 */
export function planBatches(lengths: ArrayLike<number>, limit: number): number[][] {
  const order = Array.from(lengths, (_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let room = 0;
  for (const text of order) {
    const length = lengths[text]!;
    if (batches.length === 0 || length > room) {
      batches.push([]);
      room = Math.max(limit, length);
    }
    batches.at(-1)!.push(text);
    room -= length;
  }
  return batches;
}
