// PROVEN or ASSERTED (ledger format, section 9): a member is PROVEN if and only if nothing stands at or before its leaf that counts for
// somebody's membership and that only the relay vouches for. Such an entry is a gap; its member can close it by ratifying.

/** What an entry rests on besides the relay's word. */
const SIGNED = 'signed';
const RATIFIED = 'ratified';
const NOT_SIGNED = 'not signed';
const STATEMENT_MISSING = 'the statement is missing';
const KEYS_MISSING = 'the signer\u2019s keys are missing';

class Grades {
  constructor() {
    this.support = []; // of each entry
    this.gaps = new Map(); // handle -> entries, of active members
    this.approvals = new Map(); // pending request id -> [{ voter, entry }]
    this.leaves = new Map(); // pending request id -> entry of its submission
    this.openForEver = Infinity;
  }

  /** Takes an event that the circle has taken. */
  take(happened, entry, support, seen) {
    this.support[entry] = support;
    switch (happened.event) {
      case 'FounderRegistered':
      case 'MemberImported':
        this.gaps.set(entry, []);
        this.count(entry, entry);
        break;
      case 'RequestSubmitted':
        this.approvals.set(happened.request, []);
        this.leaves.set(happened.request, entry);
        break;
      case 'VoteCast':
        if (happened.approve) {
          this.approvals.get(happened.request).push({ voter: happened.voter, entry });
        }
        break;
      case 'MemberAdmitted':
        this.gaps.set(entry, []);
        this.count(entry, this.leaves.get(happened.request));
        this.approvals.get(happened.request).forEach((vote) => this.count(vote.voter, vote.entry));
        this.approvals.delete(happened.request);
        break;
      case 'RequestRejected':
      case 'RequestExpired':
        this.approvals.delete(happened.request);
        break;
      case 'MemberLeft':
        this.count(happened.member, entry);
        this.openForEver = this.gaps.get(happened.member).reduce((first, gap) => Math.min(first, gap), this.openForEver);
        this.gaps.delete(happened.member);
        break;
      case 'HistoryRatified':
        this.ratify(happened.member, seen);
        break;
      default:
        break;
    }
  }

  // Of whoever has left, the vote has not been counted.
  count(handle, entry) {
    if (this.isGap(entry)) {
      this.gaps.get(handle)?.push(entry);
    }
  }

  isGap(entry) {
    return this.support[entry] !== SIGNED && this.support[entry] !== RATIFIED;
  }

  ratify(handle, size) {
    const own = this.gaps.get(handle);
    const pending = [...this.approvals.values()].flat().filter((vote) => vote.voter === handle && this.isGap(vote.entry));
    [...own, ...pending.map((vote) => vote.entry)].filter((entry) => entry < size).forEach((entry) => {
      this.support[entry] = RATIFIED;
    });
    this.gaps.set(handle, own.filter((entry) => entry >= size));
  }

  /** The first gap that is open; beyond every entry when there is none. */
  firstGap() {
    return [...this.gaps.values()].flat().reduce((first, gap) => Math.min(first, gap), this.openForEver);
  }
}
