// Bytes, and the texts that stand for them.

const utf8 = new TextEncoder();

/** A reason to refuse the ledger: one sentence, and the entry that it is about where one is known. */
class Refused extends Error {
  constructor(sentence, entry = null) {
    super(sentence);
    this.entry = entry;
  }
}

/** Text from strict UTF-8. */
function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused('it is not UTF-8');
  }
}

/** Bytes from base64; null where the text is not the one way of writing them. */
function fromBase64(text) {
  let raw;
  try {
    raw = atob(text);
  } catch {
    return null;
  }
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }
  return btoa(raw) === text ? bytes : null;
}

function toBase64(bytes) {
  let raw = '';
  for (const byte of bytes) {
    raw += String.fromCharCode(byte);
  }
  return btoa(raw);
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function concatenate(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** What stands in this page under an id: raw deflate (RFC 1951) in base64. */
async function inflated(id) {
  const packed = fromBase64(document.getElementById(id).textContent.trim());
  if (packed === null) {
    throw new Refused('the data in this page is damaged');
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Refused('the data in this page is damaged');
  }
}

/** Pieces that stand one after the other, each behind its length in so many big-endian bytes. */
function pieces(bytes, lengthBytes) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) {
      length = length * 256 + (bytes[at + i] ?? 0);
    }
    at += lengthBytes;
    if (at + length > bytes.length) {
      throw new Refused('the data in this page is cut short');
    }
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}
