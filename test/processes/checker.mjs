/**
 * Judges what programs wrote down about a queue: whether each promise that they were given was kept. It knows nothing of the
 * library, and reads nothing but their ledger, a line of JSON an event:
 *
 *   { actor, event, value?, key?, id?, attempt?, attempts?, maxAttempts? }
 *
 *   open                  maxAttempts: the actor has opened the queue
 *   put? put! put-        value, key: about to be put · put for certain · refused, since its key was put before
 *   got                   value, id, attempt: delivered to this actor
 *   done? done! release? release! fail? fail! giveUp? giveUp!     id: about to be settled so · settled so for certain
 *   kill? kill!           this actor is about to be killed · is gone: `kill!` is written by whoever saw its end
 *   end? end!             this actor is about to dispose of the queue · has disposed of it
 *   retry?                id: what was given up is about to be put back to work
 *   failed                value, id, attempts: listed as given up, by the last one
 *   drained               by the last one: nothing was left to take
 *
 *   node checker.mjs LEDGER [DIRECTORY]     prints { violations, figures }, and exits with 1 if there are violations: of what lies
 *                                           in the directory too, if it is none of the states that allowed-states.mjs allows
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judgeStates, namesBelow } from './allowed-states.mjs';
import { parseSettling, readLedger, report, RULES } from './checker-rules.mjs';
import { UntoldAttempts } from './untold-attempts.mjs';

/** A queue writes down several deliveries in one go, and whoever asked for them may die before it notes any. */
const DELIVERED_AT_ONCE = 4;

/**
 * @param {string} text the ledger
 * @returns {{ violations: string[], figures: Record<string, number> }}
 */
export function judge(text) {
  const judgement = new Judgement();
  const at = (line) => {
    judgement.line = line;
    return judgement;
  };
  readLedger(
    text,
    (event, line) => at(line).read(event),
    (what, line) => at(line).complain(what),
  );
  judgement.finish();
  return { violations: judgement.violations, figures: judgement.figures };
}

class Judgement {
  line = 0;
  violations = [];
  figures = { runs: 0, puts: 0, refused: 0, deliveries: 0, repeats: 0, dones: 0, kills: 0, held: 0, failed: 0, untold: 0 };
  /** By value: { put: 'asked' | 'acknowledged', key, id, putAt } */
  values = new Map();
  /** Keys for which a put was refused. */
  refusedKeys = new Set();
  /** By id: what became of the message. */
  messages = new Map();
  dying = new Set();
  untold = new UntoldAttempts(DELIVERED_AT_ONCE);
  ending = new Set();
  over = new Set();
  /** By actor: the run in which it spoke first. */
  runs = new Map();
  /** By actor: the line from which on it may have taken something. */
  takers = new Map();
  /** By actor: the last id that was delivered to it for the first time in its run. */
  firsts = new Map();
  maxAttempts = 0;
  isDrained = false;

  complain(what) {
    this.violations.push(`line ${this.line}: ${what}`);
  }

  read(event) {
    const { actor, event: name } = event;
    if (this.isDrained && !/^(end|kill)/.test(name)) this.complain(`${name} after the queue was drained`);
    if (this.over.has(actor) && !name.startsWith('kill')) this.complain(`${actor} speaks after its end: ${name}`);
    if (!this.runs.has(actor)) this.runs.set(actor, this.figures.runs + (name === 'open' ? 1 : 0));
    if (!this.takers.has(actor) && /^(open|got)$/.test(name)) this.takers.set(actor, this.line);
    const settling = parseSettling(name);
    if (settling) this.settle(event, settling);
    else if (Object.hasOwn(EVENTS, name)) EVENTS[name](this, event);
    else this.complain(`unknown event ${name}`);
  }

  die(actor) {
    this.dying.add(actor);
    // A worker has no queue of its own to open: it may have got something before its first word.
    const since = this.takers.get(actor) ?? (actor.startsWith('worker') ? 0 : undefined);
    if (since !== undefined) this.untold.die(actor, { since, line: this.line });
  }

  /** Who is stopped may be succeeded meanwhile: what it was told before, it may write down only when it wakes. */
  isLate(actor) {
    return this.dying.has(actor) && this.runs.get(actor) < this.figures.runs;
  }

  /** The message of a delivery or a listing, known by one id and one value for ever. */
  message({ id, value }) {
    const put = this.values.get(value);
    if (put === undefined) {
      this.complain(`${value} (${id}) is there, and was never put`);
      return undefined;
    }
    if (put.id !== undefined && put.id !== id) this.complain(`${value} has two ids: ${put.id} and ${id}`);
    put.id = id;
    const message = this.messages.get(id) ?? { value, deliveries: [], forgiven: 0, run: 0, done: 'no', givenUp: 'no', listed: undefined };
    if (message.value !== value) this.complain(`${id} has two values: ${message.value} and ${value}`);
    this.messages.set(id, message);
    return message;
  }

  deliver(event) {
    const { actor, id, attempt } = event;
    const message = this.message(event);
    if (message === undefined) return;
    this.figures.deliveries++;
    if (this.isLate(actor)) {
      message.deliveries.unshift({ actor, attempt, how: undefined, isCertain: false });
      return;
    }
    if (RULES.comesAfterItsEnd({ dones: message.done === 'acknowledged' ? 1 : 0, puts: 1 }))
      this.complain(`${id} was delivered after it was done`);
    if (message.givenUp === 'acknowledged') this.complain(`${id} was delivered after it was given up`);
    // Who asked for its end did not reach it.
    if (message.done === 'asked') message.done = 'no';
    const before = message.deliveries.at(-1);
    if (before !== undefined) this.repeat(message, event, before);
    if (!(attempt >= 1)) this.complain(`${id}: attempt ${attempt}, which is none`);
    const isUncounted = before?.how === 'release' && before.isCertain;
    const most = RULES.mostAttempt({ before: before?.attempt ?? 0, isUncounted });
    this.untold.count({ what: id, attempt, most, putAt: this.values.get(message.value).putAt, line: this.line });
    if (attempt > this.maxAttempts) this.complain(`${id}: attempt ${attempt}, though it is to be given up after ${this.maxAttempts}`);
    // Before a worker another one may have had it, and died before it could note that.
    const isFirst = message.run !== this.figures.runs && !actor.startsWith('worker');
    if (isFirst) this.inOrder(actor, id);
    message.run = this.figures.runs;
    message.deliveries.push({ actor, attempt, how: undefined, isCertain: false });
  }

  /** Promise 4: a delivery after another needs a reason, and its attempt follows from it. */
  repeat({ deliveries, forgiven }, { id, attempt }, before) {
    this.figures.repeats++;
    const { actor, how } = before;
    if (how === undefined && this.dying.has(actor)) this.figures.held++;
    // Of what was asked for it is not known whether it was done: it may be somebody else's by then.
    const mayHaveLostIt = how !== undefined || this.dying.has(actor) || this.ending.has(actor);
    if (RULES.isTakenFromTheLiving({ hold: before, mayHaveLostIt })) this.complain(`${id} was delivered to another while ${actor} held it`);
    // What was asked for and refused was in hands still when its taker ended.
    const isUncounted = how === 'release' || (!before.isCertain && this.ending.has(actor));
    const least = RULES.leastAttempt({ before: before.attempt, isUncounted, beginsAnew: forgiven === deliveries.length });
    if (attempt < least) this.complain(`${id}: attempt ${attempt} after attempt ${before.attempt}, which ${how ?? 'its taker left'}`);
  }

  /** What an actor gets that nobody had before in that run comes in put order. */
  inOrder(actor, id) {
    const key = `${this.figures.runs} ${actor}`;
    const last = this.firsts.get(key);
    if (last !== undefined && id < last) this.complain(`${id} was delivered to ${actor} after ${last}`);
    this.firsts.set(key, id);
  }

  settle({ actor, id }, { how, isCertain }) {
    const message = this.messages.get(id);
    const delivery = message?.deliveries.findLast((other) => other.actor === actor);
    if (delivery === undefined) return this.complain(`${how} of ${id}, which ${actor} never got`);
    if (isCertain && delivery.how !== how) this.complain(`${how} of ${id} is certain without having been asked for`);
    const isOthers = message.deliveries.some((other) => this.runs.get(other.actor) > this.runs.get(actor));
    // What was released, or failed and has tries left, before the stop is rightly somebody else's when it is noted.
    if (RULES.isLateCommit({ isCertain: isCertain && /^(done|giveUp)$/.test(how), isLate: this.isLate(actor), isOthers }))
      this.complain(`${how} of ${id} was acknowledged to ${actor}, though a later owner had it`);
    delivery.how = how;
    delivery.isCertain = isCertain;
    // Who got no answer to its done, and gave it back after all, was promised that it comes again.
    if (isCertain && how !== 'done' && message.done === 'asked') message.done = 'no';
    const field = { done: 'done', giveUp: 'givenUp' }[how];
    if (field !== undefined && message[field] !== 'acknowledged') message[field] = isCertain ? 'acknowledged' : 'asked';
    if (how === 'done' && isCertain) this.figures.dones++;
  }

  list(event) {
    const message = this.message(event);
    if (message === undefined) return;
    const { id, attempts } = event;
    this.figures.failed++;
    if (message.done === 'acknowledged') this.complain(`${id} is given up, though it was done`);
    if (message.listed !== undefined) this.complain(`${id} is listed twice`);
    message.listed = attempts;
    const counted = message.deliveries
      .slice(message.forgiven)
      .filter(({ actor, how, isCertain }) => how !== 'release' && !(!isCertain && this.ending.has(actor))).length;
    if (attempts < counted) this.complain(`${id} was given up after ${attempts} attempts, and had ${counted}`);
    if (RULES.isGivenUpForNoReason({ isSpent: attempts >= this.maxAttempts, wasAskedFor: message.givenUp !== 'no' }))
      this.complain(`${id} was given up after ${attempts} attempts of ${this.maxAttempts}, and nobody asked for it`);
  }

  finish() {
    this.line = 'last';
    if (!this.isDrained) this.complain('the queue was not drained');
    for (const [value, { put, id }] of this.values) {
      const message = this.messages.get(id);
      const [isDone, isGivenUp] = [message !== undefined && message.done !== 'no', message?.listed !== undefined];
      if (!RULES.isLost({ isPut: put === 'acknowledged', isDone, isGivenUp })) continue;
      if (message === undefined) this.complain(`lost: ${value} was put, and never delivered`);
      else this.complain(`lost: ${value} (${id}) was put, and is neither done nor given up`);
    }
    for (const key of this.refusedKeys) {
      const values = [...this.values.values()].filter((value) => value.key === key);
      if (!values.some(({ id }) => this.messages.has(id)))
        this.complain(`lost: puts of the key ${key} were refused, and none of it was ever delivered`);
    }
    this.figures.untold = this.untold.judge((what) => this.complain(what));
    for (const [id, { deliveries, givenUp, done, listed }] of this.messages) {
      if (givenUp === 'acknowledged' && done === 'no' && listed === undefined) this.complain(`lost: ${id} was given up, and is not listed`);
      const reasons = deliveries.filter(({ actor, how }) => how !== undefined || this.dying.has(actor) || this.ending.has(actor)).length;
      if (RULES.isRepeatedForNoReason({ deliveries: deliveries.length, reasons }))
        this.complain(`${id} was delivered ${deliveries.length} times, for ${reasons} reasons`);
    }
  }
}

const EVENTS = {
  open(judgement, { maxAttempts }) {
    judgement.figures.runs++;
    judgement.maxAttempts = maxAttempts;
  },
  'put?'(judgement, { value, key }) {
    if (judgement.values.has(value)) judgement.complain(`${value} is put twice: the ledger can't tell which is which`);
    judgement.values.set(value, { put: 'asked', key, id: undefined, putAt: judgement.line });
  },
  'put!'(judgement, { value }) {
    const put = judgement.values.get(value);
    if (put === undefined) return judgement.complain(`${value} was put without being asked for`);
    const { key } = put;
    if (key !== undefined && [...judgement.values.values()].some((other) => other.key === key && other.put === 'acknowledged'))
      judgement.complain(`the key ${key} was put twice`);
    put.put = 'acknowledged';
    judgement.figures.puts++;
  },
  'put-'(judgement, { value }) {
    const { key } = judgement.values.get(value) ?? {};
    judgement.values.delete(value);
    judgement.figures.refused++;
    if (key === undefined) judgement.complain(`${value} was refused, and has no key`);
    else judgement.refusedKeys.add(key);
  },
  got: (judgement, event) => judgement.deliver(event),
  'kill?'(judgement, { actor }) {
    judgement.die(actor);
    judgement.figures.kills++;
  },
  'kill!'(judgement, { actor }) {
    judgement.die(actor);
    judgement.over.add(actor);
  },
  'retry?'(judgement, { id }) {
    const message = judgement.messages.get(id);
    if (message === undefined) judgement.complain(`${id} is retried, and was never delivered`);
    else Object.assign(message, { givenUp: 'asked', forgiven: message.deliveries.length });
  },
  'end?': (judgement, { actor }) => judgement.ending.add(actor),
  'end!': (judgement, { actor }) => judgement.over.add(actor),
  failed: (judgement, event) => judgement.list(event),
  drained(judgement) {
    judgement.isDrained = true;
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [ledger, directory] = process.argv.slice(2);
  const { violations, figures } = judge(readFileSync(ledger, 'utf8'));
  const strange = directory === undefined ? [] : judgeStates('queue', namesBelow(directory));
  report({ violations: [...violations, ...strange], figures });
}
