/** Pieces by their UTF-16 units, unit after unit: a trie, in one of two forms. Its root is node 0. */
export interface PieceIndex {
  /** What `step` knows a unit by. */
  codeOf(unit: number): number;
  /** The node that the unit of this code leads to, or −1. */
  step(node: number, code: number): number;
  /** The id of the piece that ends at the node, or −1. */
  idAt(node: number): number;
  /** The node before this one and the unit that leads here from there; for any node but the root. */
  parentOf(node: number): number;
  unitOf(node: number): number;
}

/** Pieces with scores, which lie beside the nodes: a step then reads one place of memory. */
export interface ScoredPieces extends PieceIndex {
  /** The score of the piece that ends at the node, NaN where none does. */
  scoreAt(node: number): number;
}

/** The node that a string leads to, or −1. */
export function find(index: PieceIndex, piece: string): number {
  let node = 0;
  for (let i = 0; i < piece.length && node >= 0; i++) node = index.step(node, index.codeOf(piece.charCodeAt(i)));
  return node;
}

const LONGEST = 1 << 16; // units of a piece; a file with a cycle of parents must not keep us

/** The string that leads to a node. */
export function spell(index: PieceIndex, node: number): string {
  const units: number[] = [];
  for (; node > 0 && units.length < LONGEST; node = index.parentOf(node)) units.push(index.unitOf(node));
  let piece = "";
  while (units.length > 0) piece += String.fromCharCode(units.pop()!);
  return piece;
}
