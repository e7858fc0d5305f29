// The rules of the circle: who is a member, and whether each entry can follow on what stands before it.

function require(holds, otherwise) {
  if (!holds) {
    throw new Refused(otherwise);
  }
}

/** The circle as it follows from the events that were applied. */
class Circle {
  constructor() {
    this.size = 0;
    this.imported = 0;
    this.locked = false;
    this.members = new Map(); // handle -> member
    this.byId = new Map(); // member id -> member
    this.pending = new Map(); // request id -> request, in the order of submission
  }

  /** Takes the next event. Its person (profile, keys) is there for events that bring somebody. */
  apply(happened) {
    require((happened.event === 'FounderRegistered') === (this.size === 0), 'a circle starts with its founder, and only once');
    this.requireNothingOverdue(happened);
    this.requireOutcome(happened);
    this[happened.event](happened);
    this.size++;
  }

  /**
   * The outcome that must be the next entry, or null: one rejection denies a request at once; a request is admitted as soon as everybody
   * who is a member at that moment has approved it. The first one submitted comes first.
   */
  dueOutcome() {
    for (const request of this.pending.values()) {
      if (request.rejection !== null) {
        return { event: 'RequestRejected', request: request.id, vote: request.rejection };
      }
      if (this.members.size > 0 && request.approvals.size === this.members.size) {
        return { event: 'MemberAdmitted', request: request.id };
      }
    }
    return null;
  }

  requireOutcome(happened) {
    const due = this.dueOutcome();
    const isOutcome = happened.event === 'MemberAdmitted' || happened.event === 'RequestRejected';
    if (due === null) {
      require(!isOutcome, happened.event === 'MemberAdmitted'
        ? 'somebody is admitted whom not every member has approved' : 'a request is rejected that nobody rejected');
    } else {
      require(
        due.event === happened.event && due.request === happened.request && due.vote === happened.vote,
        `the outcome ${due.event} of a request is due here and does not follow at once`);
    }
  }

  // What the operator alone does has no bearing on who is a member.
  requireNothingOverdue(happened) {
    if (!['RequestExpired', 'MemberAdmitted', 'RequestRejected', 'AddendaErased', 'RollbackAccepted'].includes(happened.event)) {
      for (const request of this.pending.values()) {
        require(happened.t <= request.expires, 'a request was overdue and must have expired before');
      }
    }
  }

  FounderRegistered(founding) {
    this.admit(founding.person, this.size);
  }

  MemberImported(imported) {
    this.imported++;
    require(this.size === this.imported, 'members are imported directly after the founder');
    this.admit(imported.person, this.size);
  }

  RequestSubmitted(submission) {
    const id = submission.person.profile?.member_id;
    require(!this.pending.has(submission.request), 'two pending requests have the same id');
    if (id !== undefined) {
      require(!this.byId.has(id), 'a member asks to be let in');
      require(![...this.pending.values()].some((other) => other.person.profile?.member_id === id), 'somebody who asks already asks again');
    }
    this.pending.set(submission.request, {
      id: submission.request, leaf: this.size, expires: submission.expires, person: submission.person, approvals: new Set(), rejection: null,
    });
  }

  VoteCast(vote) {
    const request = this.pending.get(vote.request);
    require(request !== undefined, 'the request that it votes on is not pending');
    require(vote.t <= request.expires, 'it was cast after the time of the request');
    require(this.members.has(vote.voter), 'the voter is no active member');
    require(!request.approvals.has(vote.voter), 'the voter has voted before');
    if (vote.approve) {
      request.approvals.add(vote.voter);
    } else {
      request.rejection = this.size;
    }
  }

  MemberAdmitted(admission) {
    const request = this.resolve(admission.request);
    require(admission.t <= request.expires, 'the request was admitted after its time');
    this.admit(request.person, request.leaf);
  }

  RequestRejected(rejection) {
    this.resolve(rejection.request);
  }

  RequestExpired(expiry) {
    require(expiry.t > this.resolve(expiry.request).expires, 'the request expired before its time');
  }

  MemberLeft(departure) {
    const member = this.active(departure.member);
    this.members.delete(member.handle);
    this.byId.delete(member.id);
    for (const request of this.pending.values()) {
      request.approvals.delete(member.handle);
    }
  }

  RequestsLockChanged(change) {
    this.active(change.member);
    this.locked = change.locked;
  }

  HistoryRatified(ratification) {
    this.active(ratification.member);
  }

  StatementsRequired(requirement) {
    this.active(requirement.member).requiresStatements = requirement.required;
  }

  AddendaErased(erasure) {
    const isNeeded = [...this.members.values(), ...this.pending.values()].some((person) => person.leaf === erasure.leaf);
    require(erasure.leaf < this.size && !isNeeded, 'whoever is erased is an active member, or asks to be one');
  }

  RollbackAccepted() {
  }

  active(handle) {
    require(this.members.has(handle), `whoever is named as entry ${handle} is no active member`);
    return this.members.get(handle);
  }

  admit(person, leaf) {
    const id = person.profile?.member_id ?? `erased-${this.size}`;
    require(!this.byId.has(id), 'the newcomer is a member already');
    const member = { handle: this.size, leaf, id, person, requiresStatements: false };
    this.members.set(member.handle, member);
    this.byId.set(id, member);
  }

  resolve(id) {
    const request = this.pending.get(id);
    require(request !== undefined, 'the request is not pending');
    this.pending.delete(id);
    return request;
  }
}
