// The whole verification, over nothing but the bytes in this page.

/** The ledger as it stands in this page. */
async function readLedger() {
  const about = JSON.parse(document.getElementById('ledger').textContent);
  const entries = pieces(await inflated('entries'), 2);
  const addenda = pieces(await inflated('addenda'), 4);
  const hashes = await inflated('leaf-hashes');
  const leafHashes = Array.from({ length: hashes.length / 32 }, (_, i) => hashes.subarray(32 * i, 32 * i + 32));
  return { vkey: about.vkey, checkpoint: about.checkpoint, entries, addenda, leafHashes };
}

/**
 * Verifies a ledger. Each of the checks is made as far as it can be, also after another one has failed.
 * @returns what was found: problems, the state of each check, and the history for those who compare it with what is shown.
 */
async function verifyLedger(ledger) {
  const found = { problems: [], warnings: [], signature: null, statements: null, history: null };
  const attempt = async (name, work) => {
    try {
      found[name] = await work();
    } catch (problem) {
      if (!(problem instanceof Refused)) {
        throw problem;
      }
      found.problems.push({ check: name, entry: problem.entry, sentence: problem.message });
    }
  };
  await attempt('hashing', () => requireHashing(ledger));
  await attempt('checkpoint', () => readCheckpoint(ledger.checkpoint));
  if (found.checkpoint !== undefined) {
    await attempt('signature', () => verifyCheckpoint(found.checkpoint, readVerifierKey(ledger.vkey)));
    await attempt('tree', () => requireTree(ledger, found.checkpoint));
    await attempt('history', () => replay(ledger, found.checkpoint, found.warnings));
  }
  if (found.history !== null && globalThis.crypto?.subtle !== undefined) {
    await attempt('statements', async () => {
      await found.history.statements.verifyAll();
      return true;
    });
  }
  return found;
}

// Our SHA-256 against the browser's own, over every byte that is hashed here.
async function requireHashing(ledger) {
  if (globalThis.crypto?.subtle === undefined) {
    return false;
  }
  const all = concatenate(...ledger.entries, ...ledger.addenda);
  const theirs = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  require(toHex(theirs) === toHex(sha256(all)), 'This page and the browser do not agree on SHA-256; nothing below can be believed.');
  return true;
}

/** Whether the entries have the root that the checkpoint names. Where they have not, the stored leaf hashes may tell which one it is. */
function requireTree(ledger, checkpoint) {
  const tree = new Tree();
  ledger.entries.forEach((entry) => tree.append(leafHashOf(entry)));
  if (tree.size === checkpoint.size && tree.rootAt(tree.size) === checkpoint.root) {
    return true;
  }
  const stored = new Tree();
  ledger.leafHashes.forEach((hash) => stored.append(hash));
  const isStoredRight = stored.size === checkpoint.size && stored.rootAt(stored.size) === checkpoint.root;
  const bad = ledger.leafHashes.findIndex((hash, i) => i >= ledger.entries.length || toHex(leafHashOf(ledger.entries[i])) !== toHex(hash));
  if (isStoredRight && bad >= 0) {
    const here = bad < ledger.entries.length ? toHex(leafHashOf(ledger.entries[bad])) : null;
    throw new Refused(here === null || ledger.leafHashes.some((hash) => toHex(hash) === here)
      ? 'it is not where it was when the checkpoint was signed: entries were removed or put in another order'
      : 'it is not the entry that was there when the checkpoint was signed', bad);
  }
  throw new Refused(tree.size === checkpoint.size
    ? 'The entries do not have the root that the checkpoint signs: some of them are not those that were signed.'
    : `The checkpoint is of ${checkpoint.size} entries, and there are ${tree.size} here.`);
}

/** The history played again from the first entry: refuses what cannot follow, and notes what each entry rests on. */
function replay(ledger, checkpoint, warnings) {
  const documents = new Map(ledger.addenda.map((bytes) => [toBase64(sha256(bytes)), bytes]));
  const tree = new Tree();
  const leafHashes = [];
  const statements = new Statements(checkpoint.origin, tree, leafHashes);
  const history = { circle: new Circle(), grades: new Grades(), statements, events: [], missing: new Map(), leafOf: new Map() };
  ledger.entries.forEach((bytes, entry) => {
    const hash = leafHashOf(bytes);
    try {
      take(history, entry, bytes, documents, warnings);
    } catch (problem) {
      throw problem instanceof Refused ? new Refused(problem.message, entry) : problem;
    }
    leafHashes.push(toBase64(hash));
    tree.append(hash);
  });
  const due = history.circle.dueOutcome();
  if (due !== null) {
    throw new Refused(`it is missing: the outcome ${due.event} of a request is due, and must be the very next`, ledger.entries.length);
  }
  for (const [entry, names] of history.missing) {
    if (names.length > 0) {
      warnings.push(`Entry ${entry}: documents are missing that no entry declares erased (${names.join(', ')}).`);
    }
  }
  return history;
}

function take(history, entry, bytes, documents, warnings) {
  const happened = readEntry(bytes);
  const found = {};
  for (const [name, digest] of Object.entries(happened.digests)) {
    if (documents.has(digest)) {
      found[name] = readAddendum(name, documents.get(digest));
    }
  }
  history.missing.set(entry, Object.keys(happened.digests).filter((name) => !(name in found)));
  if ('profile' in happened.digests) {
    happened.person = { profile: found.profile, keys: found.keys };
  }
  const request = history.circle.pending.get(happened.request);
  const signer = happened.person ?? history.circle.members.get(happened.voter ?? happened.member)?.person;
  const member = history.circle.members.get(happened.voter ?? happened.member);
  noteOddities(history, happened, entry, warnings);
  history.circle.apply(happened);
  let support = NOT_SIGNED;
  let seen = 0;
  if ('proof' in happened.digests) {
    if (found.proof === undefined) {
      support = STATEMENT_MISSING;
    } else {
      seen = history.statements.take(happened, entry, found.proof, signer.keys?.rsa_spki ?? null, request);
      support = signer.keys === undefined ? KEYS_MISSING : SIGNED;
    }
  } else {
    require(
      member?.requiresStatements !== true || !Object.hasOwn(STATEMENTS, happened.event),
      'it is not signed, and its member wants unsigned calls in its name refused');
  }
  history.grades.take(happened, entry, support, seen);
  if (history.circle.members.has(entry)) {
    history.leafOf.set(entry, history.circle.members.get(entry).leaf);
  }
  history.events.push(happened);
}

function noteOddities(history, happened, entry, warnings) {
  if (happened.event === 'RequestSubmitted' && history.circle.locked) {
    warnings.push(`Entry ${entry}: the request was taken although a member had closed the circle for requests.`);
  } else if (happened.event === 'RollbackAccepted') {
    warnings.push(`Entry ${entry}: the operator went on from an old copy; a ledger of ${happened.size} entries is lost.`);
  } else if (happened.event === 'AddendaErased') {
    const missing = history.missing.get(happened.leaf) ?? [];
    const served = happened.erased.filter((name) => name in (history.events[happened.leaf]?.digests ?? {}) && !missing.includes(name));
    if (served.length > 0) {
      warnings.push(`Entry ${entry}: it declares documents of entry ${happened.leaf} erased that are still there (${served.join(', ')}).`);
    }
    history.missing.set(happened.leaf, missing.filter((name) => !happened.erased.includes(name)));
  }
}
