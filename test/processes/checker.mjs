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
import { judgeGivenUp, judgeLife, judgeRepeat } from './message-history.mjs';
import { PutOrder } from './put-order.mjs';
import { PutValues } from './put-values.mjs';
import { QueueActors } from './queue-actors.mjs';
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
  complain = (what) => void this.violations.push(`line ${this.line}: ${what}`);
  figures = { runs: 0, puts: 0, refused: 0, deliveries: 0, repeats: 0, dones: 0, kills: 0, held: 0, failed: 0, untold: 0 };
  values = new PutValues(this.complain);
  order = new PutOrder(this.complain);
  /** By id: what became of the message. */
  messages = new Map();
  actors = new QueueActors();
  untold = new UntoldAttempts(DELIVERED_AT_ONCE);
  maxAttempts = 0;
  isDrained = false;

  read(event) {
    const { actor, event: name } = event;
    if (this.isDrained && !/^(end|kill)/.test(name)) this.complain(`${name} after the queue was drained`);
    if (this.actors.isOver(actor) && !name.startsWith('kill')) this.complain(`${actor} speaks after its end: ${name}`);
    this.actors.speak(event, { run: this.figures.runs, line: this.line });
    const settling = parseSettling(name);
    if (settling) this.settle(event, settling);
    else if (Object.hasOwn(EVENTS, name)) EVENTS[name](this, event);
    else this.complain(`unknown event ${name}`);
  }

  die(actor) {
    this.actors.die(actor);
    const since = this.actors.takesSince(actor);
    if (since !== undefined) this.untold.die(actor, { since, line: this.line });
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
    if (this.actors.isLate(actor, this.figures.runs)) {
      message.deliveries.unshift({ actor, attempt, how: undefined, isCertain: false });
      return;
    }
    if (RULES.comesAfterItsEnd({ ends: message.done === 'acknowledged' ? 1 : 0, puts: 1 }))
      this.complain(`${id} was delivered after it was done`);
    if (message.givenUp === 'acknowledged') this.complain(`${id} was delivered after it was given up`);
    // Who asked for its end did not reach it.
    if (message.done === 'asked') message.done = 'no';
    const before = message.deliveries.at(-1);
    if (before !== undefined) {
      this.figures.repeats++;
      if (before.how === undefined && this.actors.isDying(before.actor)) this.figures.held++;
      judgeRepeat(message, event, this);
    }
    if (!(attempt >= 1)) this.complain(`${id}: attempt ${attempt}, which is none`);
    const isUncounted = before?.how === 'release' && before.isCertain;
    const most = RULES.mostAttempt({ before: before?.attempt ?? 0, isUncounted });
    this.untold.count({ what: id, attempt, most, putAt: this.values.get(message.value).putAt, line: this.line });
    if (attempt > this.maxAttempts) this.complain(`${id}: attempt ${attempt}, though it is to be given up after ${this.maxAttempts}`);
    // Before a worker another one may have had it, and died before it could note that.
    const isFirst = message.run !== this.figures.runs && !actor.startsWith('worker');
    if (isFirst) this.order.deliver(event, this.figures.runs);
    message.run = this.figures.runs;
    message.deliveries.push({ actor, attempt, how: undefined, isCertain: false });
  }

  settle({ actor, id }, { how, isCertain }) {
    const message = this.messages.get(id);
    const delivery = message?.deliveries.findLast((other) => other.actor === actor);
    if (delivery === undefined) return this.complain(`${how} of ${id}, which ${actor} never got`);
    if (isCertain && delivery.how !== how) this.complain(`${how} of ${id} is certain without having been asked for`);
    const isOthers = message.deliveries.some((other) => this.actors.isLaterThan(other.actor, actor));
    const isLate = this.actors.isLate(actor, this.figures.runs);
    // What was released, or failed and has tries left, before the stop is rightly somebody else's when it is noted.
    if (RULES.isLateCommit({ isCertain: isCertain && /^(done|giveUp)$/.test(how), isLate, isOthers }))
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
    this.figures.failed++;
    judgeGivenUp(message, event, this);
  }

  finish() {
    this.line = 'last';
    if (!this.isDrained) this.complain('the queue was not drained');
    this.values.judge(this.messages);
    this.figures.untold = this.untold.judge(this.complain);
    for (const [id, message] of this.messages) judgeLife(id, message, this);
  }
}

const EVENTS = {
  open(judgement, { maxAttempts }) {
    judgement.figures.runs++;
    judgement.maxAttempts = maxAttempts;
  },
  'put?': (judgement, event) => judgement.values.ask(event, judgement.line),
  'put!'(judgement, event) {
    if (judgement.values.acknowledge(event)) judgement.figures.puts++;
  },
  'put-'(judgement, event) {
    judgement.figures.refused++;
    judgement.values.refuse(event);
  },
  got: (judgement, event) => judgement.deliver(event),
  'kill?'(judgement, { actor }) {
    judgement.die(actor);
    judgement.figures.kills++;
  },
  'kill!'(judgement, { actor }) {
    judgement.die(actor);
    judgement.actors.leave(actor);
  },
  'retry?'(judgement, { id }) {
    const message = judgement.messages.get(id);
    if (message === undefined) judgement.complain(`${id} is retried, and was never delivered`);
    else Object.assign(message, { givenUp: 'asked', forgiven: message.deliveries.length });
  },
  'end?': (judgement, { actor }) => judgement.actors.end(actor),
  'end!': (judgement, { actor }) => judgement.actors.leave(actor),
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
