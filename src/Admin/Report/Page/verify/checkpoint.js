// The signed head of the ledger: C2SP tlog-checkpoint in a signed-note.

const ED25519_TYPE = 1;

/** A key from its vkey: name "+" hex(key id) "+" base64(type || public key). */
function readVerifierKey(vkey) {
  const first = vkey.indexOf('+');
  const second = vkey.indexOf('+', first + 1);
  const name = vkey.slice(0, first);
  const id = vkey.slice(first + 1, second);
  const encoded = fromBase64(vkey.slice(second + 1));
  if (first < 1 || second < 0 || encoded === null || encoded.length !== 33 || encoded[0] !== ED25519_TYPE) {
    throw new Refused('The key in this page is no key of a ledger.');
  }
  if (toHex(sha256(concatenate(utf8.encode(`${name}\n`), encoded)).subarray(0, 4)) !== id) {
    throw new Refused('The key in this page does not belong to its name.');
  }
  return { name, id, publicKey: encoded.subarray(1) };
}

/** A checkpoint from its note: what is signed, what it says, and the signatures. Nothing is verified yet. */
function readCheckpoint(note) {
  const separator = note.lastIndexOf('\n\n');
  const text = note.slice(0, separator + 1);
  const head = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  if (separator < 0 || head === null || fromBase64(head[3]) === null) {
    throw new Refused('The checkpoint is not written as the format says.');
  }
  const signatures = [];
  for (const line of note.slice(separator + 2).split('\n').slice(0, -1)) {
    const parts = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    const bytes = parts === null ? null : fromBase64(parts[2]);
    if (bytes === null || bytes.length <= 4) {
      throw new Refused('A signature line of the checkpoint is not written as the format says.');
    }
    signatures.push({ name: parts[1], id: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) });
  }
  return { text, origin: head[1], size: Number(head[2]), root: head[3], signatures };
}

/** What the browser has for Ed25519: a function that verifies, or null. */
async function ed25519Of(publicKey) {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
    return (signature, text) => crypto.subtle.verify({ name: 'Ed25519' }, key, signature, text);
  } catch {
    return null;
  }
}

/**
 * Whether the ledger's key signed the checkpoint. True, or null where this browser knows no Ed25519.
 * Signatures of others (witnesses) are ignored; a wrong one in the key's own name condemns the whole note.
 */
async function verifyCheckpoint(checkpoint, key) {
  if (checkpoint.origin !== key.name) {
    throw new Refused('The checkpoint is of another ledger than the key.');
  }
  const own = checkpoint.signatures.filter((line) => line.name === key.name && line.id === key.id);
  if (own.length === 0) {
    throw new Refused('The checkpoint is not signed by the key of the ledger.');
  }
  const verify = await ed25519Of(key.publicKey);
  if (verify === null) {
    return null;
  }
  for (const line of own) {
    if (!await verify(line.signature, utf8.encode(checkpoint.text))) {
      throw new Refused('The signature of the checkpoint is wrong: it was not made by the key of the ledger, or the checkpoint was changed.');
    }
  }
  return true;
}
