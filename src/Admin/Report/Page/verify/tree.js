// The Merkle tree of RFC 6962, section 2.1. Hashes are texts in base64 where they are compared, and bytes where they are hashed.

const LEAF_PREFIX = new Uint8Array([0]);
const NODE_PREFIX = new Uint8Array([1]);

/** leaf(d) = SHA-256(0x00 || d) */
function leafHashOf(entry) {
  return sha256(concatenate(LEAF_PREFIX, entry));
}

/** A tree that grows, and remembers the root of each size that it had. */
class Tree {
  constructor() {
    this.peaks = []; // of perfect subtrees, the largest first: { hash, size }
    this.roots = [toBase64(sha256(new Uint8Array(0)))];
  }

  get size() {
    return this.roots.length - 1;
  }

  append(leafHash) {
    let node = { hash: leafHash, size: 1 };
    while (this.peaks.length > 0 && this.peaks[this.peaks.length - 1].size === node.size) {
      node = Tree.join(this.peaks.pop(), node);
    }
    this.peaks.push(node);
    this.roots.push(toBase64(this.peaks.reduceRight((right, left) => Tree.join(left, right)).hash));
  }

  /** The root in base64 of the first so many leaves. */
  rootAt(size) {
    return this.roots[size];
  }

  static join(left, right) {
    return { hash: sha256(concatenate(NODE_PREFIX, left.hash, right.hash)), size: left.size + right.size };
  }
}
