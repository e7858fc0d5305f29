// The bytes of an entry and of its addenda (ledger format, section 6): entry = JSON || digests || offsets || N.

const NEWCOMER = ['profile', 'keys'];

/** What each event has besides event, nonce, t and v; a question mark where it may be missing. */
const FIELDS = {
  FounderRegistered: {},
  MemberImported: { joined: 'integer?' },
  RollbackAccepted: { root: 'hash', size: 'integer' },
  RequestSubmitted: { expires: 'integer', request: 'text' },
  VoteCast: { approve: 'boolean', request: 'text', voter: 'integer' },
  MemberAdmitted: { request: 'text' },
  RequestRejected: { request: 'text', vote: 'integer' },
  RequestExpired: { request: 'text' },
  MemberLeft: { member: 'integer' },
  RequestsLockChanged: { locked: 'boolean', member: 'integer' },
  HistoryRatified: { member: 'integer' },
  StatementsRequired: { member: 'integer', required: 'boolean' },
  AddendaErased: { erased: 'names', leaf: 'integer' },
};

/** The addenda that each event has; those that are not here have none. */
const ADDENDA = {
  FounderRegistered: [NEWCOMER, [...NEWCOMER, 'proof']],
  MemberImported: [NEWCOMER],
  RequestSubmitted: [NEWCOMER, [...NEWCOMER, 'proof']],
  VoteCast: [[], ['proof']],
  MemberLeft: [[], ['proof']],
  RequestsLockChanged: [[], ['proof']],
  HistoryRatified: [['proof']],
  StatementsRequired: [['proof']],
};

const isInteger = (value) => Number.isSafeInteger(value) && value >= 0;

const IS_OF_TYPE = {
  integer: isInteger,
  'integer?': (value) => value === undefined || isInteger(value),
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  hash: (value) => typeof value === 'string' && fromBase64(value)?.length === 32,
  names: (value) => Array.isArray(value) && value.every((name) => [...NEWCOMER, 'proof'].includes(name)),
};

function readObject(bytes) {
  let value;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    throw new Refused('it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused('it is no JSON object');
  }
  return value;
}

/** The event in an entry, with the digests of its addenda by their names. */
function readEntry(bytes) {
  const count = bytes[bytes.length - 1];
  const jsonLength = bytes.length - 1 - 36 * count;
  if (bytes.length === 0 || jsonLength < 0) {
    throw new Refused('it is too short');
  }
  const happened = readObject(bytes.subarray(0, jsonLength));

  // Keys in their order and no blanks: there is one way to write an event.
  if (JSON.stringify(happened, Object.keys(happened).sort()) !== textOf(bytes.subarray(0, jsonLength))) {
    throw new Refused('it is not written as the format says');
  }
  requireFields(happened);
  const names = happened.addenda ?? [];
  const variants = ADDENDA[happened.event] ?? [[]];
  if (names.length !== count || !variants.some((variant) => variant.join() === names.join()) || (count === 0 && 'addenda' in happened)) {
    throw new Refused('its addenda are not those of such an event');
  }
  happened.digests = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  names.forEach((name, i) => {
    const offset = jsonLength + 32 * i;
    if (view.getUint32(jsonLength + 32 * count + 4 * i) !== offset) {
      throw new Refused('its addenda do not stand where they should');
    }
    happened.digests[name] = toBase64(bytes.subarray(offset, offset + 32));
  });
  return happened;
}

function requireFields(happened) {
  const own = Object.hasOwn(FIELDS, happened.event) ? FIELDS[happened.event] : null;
  if (own === null) {
    throw new Refused('its event is unknown');
  }
  const known = ['addenda', 'event', 'nonce', 't', 'v', ...Object.keys(own)];
  const isRight = happened.v === 1
    && isInteger(happened.t)
    && typeof happened.nonce === 'string' && fromBase64(happened.nonce)?.length === 16
    && Object.keys(happened).every((key) => known.includes(key))
    && Object.entries(own).every(([key, type]) => IS_OF_TYPE[type](happened[key]));
  if (!isRight) {
    throw new Refused(`the fields of ${happened.event} are not exactly those of the format`);
  }
}

const DOCUMENT_FIELDS = {
  profile: ['display_name', 'kind', 'member_id', 'nonce'],
  keys: ['curve25519', 'kind', 'nonce', 'rsa_spki'],
  proof: ['kind', 'nonce', 'signature', 'statement'],
};

/** A document beside an entry. Its bytes are those of the digest; only its form is looked at here. */
function readAddendum(name, bytes) {
  const document = readObject(bytes);
  const keys = Object.keys(document).filter((key) => name !== 'keys' || key !== 'public_key').sort();
  const isRight = keys.join() === DOCUMENT_FIELDS[name].join()
    && Object.values(document).every((value) => typeof value === 'string')
    && document.kind === `securechat-${name}/v1`
    && fromBase64(document.nonce)?.length === 32;
  if (!isRight) {
    throw new Refused(`its addendum "${name}" is not one of the format`);
  }
  return document;
}
