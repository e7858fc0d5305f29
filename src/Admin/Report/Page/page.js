// What the reader sees of the verification, and whether the page itself says what the ledger says.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LATEST = 253402300799999;
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name as this page shows it. */
function shownName(profile) {
  if (profile === undefined) {
    return '(erased)';
  }
  return profile.display_name.trim() === '' ? '(no name)' : profile.display_name.replace(STEERING, '\ufffd');
}

/** A time as this page shows it. */
function shownTime(milliseconds) {
  const date = new Date(Math.min(milliseconds, LATEST));
  const two = (number) => String(number).padStart(2, '0');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${year}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

function shownFingerprint(keys) {
  return toHex(sha256(fromBase64(keys.rsa_spki))).match(/.{4}/g).join(' ');
}

/** A vote as this page shows it. */
function shownVote({ events, grades, leafOf }, entry, dropped) {
  const { voter, approve, t } = events[entry];
  const how = { [SIGNED]: 'signed', [RATIFIED]: 'ratified' }[grades.support[entry]] ?? 'not signed';
  const left = dropped.has(entry) ? ', left before the decision' : '';
  return `${shownName(events[leafOf.get(voter)].person.profile)} ${approve ? 'approved' : 'rejected'} ${shownTime(t)}, ${how}${left}`;
}

/** A grade as this page shows it: that of a membership, of a rejection by its vote, or of what somebody did. */
function shownGrade(grades, happened, entry, firstGap) {
  const isProven = happened.event === 'MemberAdmitted' ? firstGap > entry
    : !grades.isGap(happened.event === 'RequestRejected' ? happened.vote : entry);
  return isProven ? 'PROVEN' : 'ASSERTED';
}

/** Each request of the history: where it began, its votes, those of them that did not count any more, and where it ended. */
function requestsOf(events) {
  const open = new Map();
  const all = [];
  events.forEach((happened, entry) => {
    if (happened.event === 'RequestSubmitted') {
      open.set(happened.request, { leaf: entry, votes: [], left: [], dropped: [], end: null });
      all.push(open.get(happened.request));
    } else if (happened.event === 'VoteCast') {
      open.get(happened.request).votes.push(entry);
    } else if (happened.event === 'MemberLeft') {
      for (const request of open.values()) {
        request.left.push(...request.votes.filter((vote) => events[vote].voter === happened.member));
      }
    } else if (['MemberAdmitted', 'RequestRejected', 'RequestExpired'].includes(happened.event)) {
      const request = open.get(happened.request);
      request.end = entry;
      request.dropped = happened.event === 'MemberAdmitted' ? request.left : [];
      open.delete(happened.request);
    }
  });
  return all;
}

const shownAs = (name) => [...document.querySelectorAll(`[data-${name}]`)];
const entryOf = (element, name) => Number(element.getAttribute(`data-${name}`));

/** Compares what is shown with the ledger; each difference names the entry, where it is about one. */
function comparePage(ledger, checkpoint, history) {
  const requests = requestsOf(history.events);
  const differences = [...compareTexts(history, requests), ...compareRequests(history, requests)];
  const isShown = (id, text) => document.getElementById(id)?.textContent === text;
  if (!isShown('shown-key', ledger.vkey) || !isShown('shown-size', String(checkpoint.size)) || !isShown('shown-root', checkpoint.root)
      || !isShown('shown-checkpoint', ledger.checkpoint)) {
    differences.push({ entry: null, sentence: 'This page shows another key or checkpoint than those that it has verified.' });
  }
  const members = shownAs('member').map((element) => entryOf(element, 'member'));
  if (members.join() !== [...history.circle.members.keys()].join()) {
    differences.push({ entry: null, sentence: 'This page does not show the members whom the ledger gives.' });
  }
  return differences;
}

// Each piece of text that says which entry it is from.
function compareTexts(history, requests) {
  const differences = [];
  const compare = (name, expected, what) => shownAs(name).forEach((element) => {
    const entry = entryOf(element, name);
    let text;
    try {
      text = expected(history.events[entry], entry);
    } catch {
      text = null;
    }
    if (element.textContent !== text) {
      differences.push({ entry, sentence: `this page shows ${what} that the ledger does not give it` });
    }
  });
  const dropped = new Set(requests.flatMap((request) => request.dropped));
  const firstGap = history.grades.firstGap();
  compare('name', (happened) => shownName(happened.person.profile), 'a name');
  compare('time', (happened) => shownTime(happened.t), 'a time');
  compare('fingerprint', (happened) => shownFingerprint(happened.person.keys), 'the fingerprint of a key');
  compare('vote', (happened, entry) => shownVote(history, entry, dropped), 'a vote');
  compare('grade', (happened, entry) => shownGrade(history.grades, happened, entry, firstGap), 'a grade');
  return differences;
}

// Each request once, with its votes in their order and by whom they are.
function compareRequests(history, requests) {
  const differences = [];
  const shown = shownAs('request').map((element) => entryOf(element, 'request')).sort((one, other) => one - other);
  if (shown.join() !== requests.map((request) => request.leaf).join()) {
    differences.push({ entry: null, sentence: 'This page does not show the requests that the ledger gives.' });
  }
  for (const request of requests) {
    const element = document.querySelector(`[data-request="${request.leaf}"]`);
    const votes = [...element?.querySelectorAll('[data-vote]') ?? []].map((vote) => entryOf(vote, 'vote'));
    const names = [...element?.querySelectorAll('[data-vote] [data-name]') ?? []].map((name) => entryOf(name, 'name'));
    const isRight = votes.join() === request.votes.join()
      && names.join() === votes.map((vote) => history.leafOf.get(history.events[vote].voter)).join()
      && element?.getAttribute('data-end') === String(request.end ?? '');
    if (!isRight) {
      differences.push({ entry: request.leaf, sentence: 'this page does not show the votes on this request as the ledger gives them' });
    }
  }
  return differences;
}

/** Whether an event is something that a member does, and could sign. */
const isAct = (happened) => Object.hasOwn(STATEMENTS, happened.event) || happened.event === 'MemberImported';

const plural = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The checks in sentences: [state, sentence], the state being right, unchecked or note. */
function sentencesOf(found) {
  const lines = [];
  const failed = (name) => found.problems.some((problem) => problem.check === name);
  const size = found.checkpoint?.size ?? 0;
  if (found.tree === true) {
    lines.push(['right', `Tree: all ${plural(size, 'entry', 'entries')} together have the root that the checkpoint names. Nothing was added, changed or taken out.`]);
  }
  if (found.signature === true) {
    lines.push(['right', 'Checkpoint: it is signed by the ledger\u2019s key.']);
  } else if (!failed('signature') && found.checkpoint !== undefined) {
    lines.push(['unchecked', 'Checkpoint: its signature was not checked, because this browser gives this page no Ed25519.']);
  }
  if (found.history !== null) {
    const admissions = found.history.events.filter((happened) => happened.event === 'MemberAdmitted').length;
    lines.push(['right', `Consent: every entry follows from those before it, and for each of the ${plural(admissions, 'admission', 'admissions')} everybody who was a member at that moment had approved.`]);
    const signed = found.history.statements.waiting.length;
    const supports = found.history.grades.support;
    const ratified = supports.filter((support) => support === RATIFIED).length;
    const unsigned = found.history.events.filter((happened, entry) => isAct(happened) && found.history.grades.isGap(entry)).length;
    if (found.statements === true) {
      lines.push(['right', `Signatures: ${plural(signed, 'statement is', 'statements are')} signed by the members in whose names they stand.`]);
    } else if (!failed('statements')) {
      lines.push(['unchecked', `Signatures: ${plural(signed, 'statement was', 'statements were')} not checked, because this browser gives this page no RSA.`]);
    }
    if (ratified > 0) {
      lines.push(['note', `${plural(ratified, 'act', 'acts')} of members were recorded without a signature, and their members stood by them later (ratified).`]);
    }
    if (unsigned > 0) {
      lines.push(['note', `For ${plural(unsigned, 'act', 'acts')} of members there is no signature here, only the relay\u2019s word. What rests on that alone is marked ASSERTED.`]);
    }
    if (!failed('page')) {
      lines.push(['right', 'This page: the names, times, votes, keys and grades in its tables and lists are those of the ledger.']);
    }
  }
  if (found.hashing === false) {
    lines.push(['unchecked', 'The hashes were computed by this page alone; the browser offers none to compare them with.']);
  }
  return lines;
}

function fill(id, items) {
  document.getElementById(id).replaceChildren(...items.map(([state, sentence]) => {
    const item = document.createElement('li');
    item.dataset.state = state;
    item.textContent = sentence;
    return item;
  }));
}

function show(found, milliseconds) {
  const box = document.getElementById('verification');
  const lines = sentencesOf(found);
  const isWrong = found.problems.length > 0;
  const isPartial = lines.some(([state]) => state === 'unchecked');
  const size = found.checkpoint?.size ?? 0;
  const headline = isWrong ? 'No. This record is not whole, or not what it claims to be.'
    : isPartial ? `As far as this browser can tell, this history is whole: ${plural(size, 'entry', 'entries')}. Not everything could be checked.`
      : `Yes. This history is whole: ${plural(size, 'entry', 'entries')}, from the first to the checkpoint.`;
  fill('problems', found.problems.map(({ entry, sentence }) => ['wrong', entry === null ? sentence : `Entry ${entry}: ${sentence}.`]));
  fill('checks', lines);
  fill('warnings', found.warnings.map((warning) => ['warning', warning]));
  document.getElementById('verdict').textContent = headline;
  box.dataset.milliseconds = String(Math.round(milliseconds));
  box.dataset.state = isWrong ? 'wrong' : isPartial ? 'partial' : 'right';
}

async function verifyHere() {
  document.getElementById('verdict').textContent = 'Verifying \u2026';
  const started = performance.now();
  if (globalThis.DecompressionStream === undefined) {
    document.getElementById('verdict').textContent = 'This browser is too old to verify the ledger in this page. Open the file with a newer one.';
    document.getElementById('verification').dataset.state = 'partial';
    return;
  }
  let found;
  try {
    const ledger = await readLedger();
    found = await verifyLedger(ledger);
    if (found.history !== null) {
      found.problems.push(...comparePage(ledger, found.checkpoint, found.history).map((difference) => ({ check: 'page', ...difference })));
    }
  } catch (damaged) {
    const sentence = damaged instanceof Refused ? damaged.message : 'the data in this page cannot be read';
    found = { problems: [{ check: 'data', entry: null, sentence: `${sentence[0].toUpperCase()}${sentence.slice(1)}.` }], warnings: [], history: null };
  }
  show(found, performance.now() - started);
}

// Whoever prints gets everything, also what is folded up.
function unfoldForPrinting() {
  const folded = [];
  addEventListener('beforeprint', () => {
    document.querySelectorAll('details:not([open])').forEach((details) => {
      folded.push(details);
      details.open = true;
    });
  });
  addEventListener('afterprint', () => {
    folded.splice(0).forEach((details) => {
      details.open = false;
    });
  });
}

unfoldForPrinting();
verifyHere();
