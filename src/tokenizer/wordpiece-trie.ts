/**
 * A double-array trie over UTF-16 units (Aoe 1989). Units are numbered by how many edges bear them, so that the common ones lie
 * close together; number 0 is kept for units that no token contains.
 *
 * A node is its slot times 2, the root 0. From `node` a unit of code `c` (its number times 2) leads to `next = nodes[node] + c`
 * if `nodes[next + 1] === node`; then `ids[next >> 1]` is the id of the token that ends there, or −1.
 */
export interface Trie {
  /** Base and parent of each slot, [slots, 2]. Bases are even, and every base plus any code is within the array. */
  readonly nodes: Int32Array;
  /** [slots] */
  readonly ids: Int32Array;
  /** The number of each unit, [65536]. */
  readonly numbers: Uint16Array;
}

/** Units of all tokens together over which no trie is built: no vocabulary in use comes near. */
const MAX_UNITS = 1 << 24;

/**
 * The trie of the tokens; undefined when it would take more slots than `maxSlots`. Vocabularies in use take hardly more than they
 * have nodes; one could be made to leave most of them empty.
 */
export function buildTrie(vocabulary: ReadonlyMap<string, number>, maxSlots?: number): Trie | undefined {
  let units = 0;
  for (const token of vocabulary.keys()) units += token.length;
  if (units > MAX_UNITS) return undefined;
  const tree = new Tree(units + 1);
  // while cold, twice as fast as for … of
  vocabulary.forEach((id, token) => {
    tree.add(token, id);
  });

  const alphabet = tree.alphabet();
  if (alphabet.length > 0xffff) return undefined;
  const numbers = new Uint16Array(0x10000);
  for (let i = 0; i < alphabet.length; i++) numbers[alphabet[i]!] = i + 1;
  const array = new Packing(tree, numbers, alphabet.length);
  const limit = maxSlots ?? 16 * tree.count + 4 * 0x10000;
  for (let node = 0; node < tree.count; node++) {
    array.place(node);
    if (array.end / 2 > limit) return undefined;
  }
  const end = array.end + 2 * alphabet.length; // any base plus any code must be within the array
  array.reserve(end);
  return { nodes: array.nodes.slice(0, end), ids: array.ids.slice(0, end / 2), numbers };
}

/** The code of each unit. */
export function unitCodes({ numbers }: Trie): Int32Array {
  const codes = new Int32Array(0x10000);
  for (let unit = 0; unit < 0x10000; unit++) codes[unit] = 2 * numbers[unit]!;
  return codes;
}

/** Nodes in the order in which they are met, so a parent before its children; node 0 is the root. */
class Tree {
  count = 1;
  /** On the edge from the parent. */
  readonly units: Uint16Array;
  readonly ids: Int32Array;
  /** First child and next sibling, 0 being none. */
  readonly children: Int32Array;
  readonly siblings: Int32Array;
  readonly #parents: Int32Array;
  readonly #uses = new Int32Array(0x10000); // edges of each unit
  /** Child by parent and unit: open addressing, 0 being a free place. */
  readonly #table: Int32Array;
  readonly #shift: number;
  // drawn at random, so that no vocabulary can be made to collide; the tree does not depend on them
  readonly #a = randomOdd();
  readonly #b = randomOdd();

  constructor(most: number) {
    this.units = new Uint16Array(most);
    this.ids = new Int32Array(most).fill(-1);
    this.children = new Int32Array(most);
    this.siblings = new Int32Array(most);
    this.#parents = new Int32Array(most);
    this.#shift = Math.clz32(2 * most);
    this.#table = new Int32Array(2 ** (32 - this.#shift));
  }

  add(token: string, id: number): void {
    const table = this.#table;
    const parents = this.#parents;
    const { units } = this;
    let node = 0;
    for (let i = 0; i < token.length; i++) {
      const unit = token.charCodeAt(i);
      let place = (Math.imul(node, this.#a) + Math.imul(unit, this.#b)) >>> this.#shift;
      let child = table[place]!;
      while (child !== 0 && (parents[child] !== node || units[child] !== unit)) {
        place = (place + 1) % table.length;
        child = table[place]!;
      }
      if (child === 0) {
        child = this.#grow(node, unit);
        table[place] = child;
      }
      node = child;
    }
    this.ids[node] = id;
  }

  /** The units in use, the most frequent first. */
  alphabet(): number[] {
    const uses = this.#uses;
    const used: number[] = [];
    for (let unit = 0; unit < 0x10000; unit++) if (uses[unit]! > 0) used.push(unit);
    return used.sort((a, b) => uses[b]! - uses[a]! || a - b);
  }

  #grow(parent: number, unit: number): number {
    const node = this.count++;
    this.#parents[node] = parent;
    this.units[node] = unit;
    this.siblings[node] = this.children[parent]!;
    this.children[parent] = node;
    this.#uses[unit]!++;
    return node;
  }
}

function randomOdd(): number {
  return (Math.random() * 2 ** 32) | 1;
}

const FREE = -1;
const ROOT = -2; // what stands for the root's parent

/** Where the search for a place for several children may fail before it leaves what it looked at to single children. */
const TRIES = 16;

/** Where the nodes of a tree go. A place is an index of `nodes`, so even. */
class Packing {
  nodes: Int32Array = new Int32Array(0);
  ids: Int32Array = new Int32Array(0);
  /** After the last place in use. */
  end = 2;
  readonly #tree: Tree;
  readonly #numbers: Uint16Array; // of each unit
  readonly #places: Int32Array; // of each node of the tree
  #forOne: number; // from the greatest code to here all places are in use; before that a base could be negative
  #forSeveral = 0; // where to look for a place for several children

  constructor(tree: Tree, numbers: Uint16Array, greatest: number) {
    this.#tree = tree;
    this.#numbers = numbers;
    this.#places = new Int32Array(tree.count);
    this.#forOne = 2 * greatest;
    this.reserve(2 * tree.count + 4 * greatest);
    this.nodes[1] = ROOT;
  }

  /** Writes a node of the tree in its place and finds places for its children. */
  place(treeNode: number): void {
    const { ids, units, children, siblings } = this.#tree;
    const node = this.#places[treeNode]!;
    this.ids[node >> 1] = ids[treeNode]!;
    const first = children[treeNode]!;
    if (first === 0) return;
    const base = siblings[first] === 0 ? this.#baseForOne(first) : this.#baseForSeveral(first);
    const { nodes } = this;
    nodes[node] = base;
    for (let child = first; child !== 0; child = siblings[child]!) {
      const place = base + 2 * this.#numbers[units[child]!]!;
      nodes[place] = 0;
      nodes[place + 1] = node;
      this.#places[child] = place;
    }
  }

  reserve(places: number): void {
    if (places <= this.nodes.length) return;
    const nodes = new Int32Array(2 * places).fill(FREE);
    const ids = new Int32Array(places).fill(-1);
    nodes.set(this.nodes);
    ids.set(this.ids);
    this.nodes = nodes;
    this.ids = ids;
  }

  #baseForOne(child: number): number {
    const { nodes } = this;
    let place = this.#forOne;
    while (place < nodes.length && nodes[place + 1] !== FREE) place += 2;
    this.#forOne = place;
    this.#extend(place + 2);
    return place - 2 * this.#numbers[this.#tree.units[child]!]!;
  }

  #baseForSeveral(first: number): number {
    const { units, siblings } = this.#tree;
    const numbers = this.#numbers;
    let least = 2 * numbers[units[first]!]!;
    let greatest = least;
    for (let child = siblings[first]!; child !== 0; child = siblings[child]!) {
      const code = 2 * numbers[units[child]!]!;
      if (code < least) least = code;
      if (code > greatest) greatest = code;
    }
    let base = Math.max(0, Math.max(this.#forOne, this.#forSeveral) - least);
    for (let tries = 1; ; base += 2, tries++) {
      this.#extend(base + greatest + 2);
      if (this.#areFree(first, base)) break;
      if (tries > TRIES) this.#forSeveral = base + least;
    }
    return base;
  }

  #areFree(first: number, base: number): boolean {
    const { units, siblings } = this.#tree;
    for (let child = first; child !== 0; child = siblings[child]!) {
      if (this.nodes[base + 2 * this.#numbers[units[child]!]! + 1] !== FREE) return false;
    }
    return true;
  }

  #extend(end: number): void {
    this.reserve(end);
    if (end > this.end) this.end = end;
  }
}
