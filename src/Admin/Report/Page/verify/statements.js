// What members sign (ledger format, section 7): lines "key SP value LF", which must say what the entry says.

const STATEMENTS = {
  FounderRegistered: ['securechat-founder/v1', ['origin', 'profile', 'keys', 'time']],
  RequestSubmitted: ['securechat-request/v1', ['origin', 'profile', 'keys', 'time']],
  VoteCast: ['securechat-vote/v1', ['origin', 'request', 'subject', 'voter', 'decision', 'seen', 'time']],
  MemberLeft: ['securechat-leave/v1', ['origin', 'member', 'seen', 'time']],
  RequestsLockChanged: ['securechat-lock/v1', ['origin', 'member', 'locked', 'seen', 'time']],
  HistoryRatified: ['securechat-ratify/v1', ['origin', 'member', 'seen', 'time']],
  StatementsRequired: ['securechat-require/v1', ['origin', 'member', 'required', 'seen', 'time']],
};

const SEEN = /^(0|[1-9][0-9]{0,15}) ([A-Za-z0-9+/]{43}=)$/;
const TIME = /^(0|[1-9][0-9]{0,15})$/;

/** The statements of a ledger: compared with their entries one by one, their signatures verified together in the end. */
class Statements {
  constructor(origin, tree, leafHashes) {
    this.origin = origin;
    this.tree = tree;
    this.leafHashes = leafHashes; // in base64, of the entries so far
    this.used = new Set();
    this.waiting = [];
    this.keys = new Map();
  }

  /**
   * Compares the statement of an entry with it, and has its signature verified later; without a key (null) it cannot be.
   * @returns the size of the ledger that the signer had seen; 0 where that is not signed.
   */
  take(happened, entry, proof, spki, request) {
    const [header, keys] = STATEMENTS[happened.event];
    const lines = proof.statement.split('\n');
    require(lines.length === keys.length + 2 && lines[lines.length - 1] === '', 'its statement has not the lines that it should have');
    require(lines[0] === header, 'its statement is of another kind');
    let seen = 0;
    keys.forEach((key, i) => {
      const line = lines[i + 1];
      const value = line.slice(key.length + 1);
      let isRight;
      if (key === 'time') {
        isRight = TIME.test(value);
      } else if (key === 'seen') {
        seen = this.seen(value, entry);
        isRight = true;
      } else {
        isRight = value === this.expected(key, happened, request);
      }
      require(line.startsWith(`${key} `) && isRight, `the line "${key}" of its statement does not say what the entry says`);
    });
    require(!this.used.has(proof.statement), 'its statement stands in the ledger already');
    this.used.add(proof.statement);
    const signature = fromBase64(proof.signature);
    require(signature !== null, 'the signature of its statement is not base64');
    if (spki === null) {
      return 0;
    }
    this.waiting.push({ entry, spki, text: utf8.encode(proof.statement), signature });
    return seen;
  }

  expected(key, happened, request) {
    switch (key) {
      case 'origin': return this.origin;
      case 'profile': return happened.digests.profile;
      case 'keys': return happened.digests.keys;
      case 'request': return happened.request;
      case 'subject': return this.leafHashes[request.leaf];
      case 'voter': return `${happened.voter} ${this.leafHashes[happened.voter]}`;
      case 'member': return `${happened.member} ${this.leafHashes[happened.member]}`;
      case 'decision': return happened.approve ? 'approve' : 'reject';
      case 'locked': return String(happened.locked);
      default: return String(happened.required);
    }
  }

  // The newest head that the signer had verified: a vote of one history cannot be carried into another.
  seen(value, entry) {
    const parts = SEEN.exec(value);
    require(parts !== null && Number(parts[1]) <= entry, 'the line "seen" of its statement names a larger ledger than there was');
    require(
      this.tree.rootAt(Number(parts[1])) === parts[2],
      `the line "seen" of its statement names another history than this one: the first ${parts[1]} entries have another root`);
    return Number(parts[1]);
  }

  /** Verifies every signature that waits; names the first wrong one. */
  async verifyAll() {
    const together = 256;
    for (let at = 0; at < this.waiting.length; at += together) {
      const some = this.waiting.slice(at, at + together);
      const right = await Promise.all(some.map((one) => this.verify(one)));
      const wrong = right.indexOf(false);
      if (wrong >= 0) {
        throw new Refused('the signature of its statement is not that of the member\u2019s key', some[wrong].entry);
      }
    }
  }

  async verify({ entry, spki, text, signature }) {
    if (!this.keys.has(spki)) {
      const der = fromBase64(spki);
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      this.keys.set(spki, crypto.subtle.importKey('spki', der ?? new Uint8Array(0), algorithm, false, ['verify']));
    }
    let key;
    try {
      key = await this.keys.get(spki);
    } catch {
      throw new Refused('the key of whoever signed it is no RSA key that this browser can read', entry);
    }
    return crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, text);
  }
}
