/**
 * Judges what programs wrote down about a folder queue: whether each promise that they were given was kept. It knows nothing
 * of the library, and reads nothing but their ledger, a line of JSON an event, and the names in the folder at the end:
 *
 *   { actor, event, name?, attempt?, text? }        an actor is one process, from its start to its end
 *
 *   put? put!                       name, text: about to be put · put for certain
 *   got                             name, attempt, text: handed to this actor
 *   done? done! release? release! fail? fail! giveUp? giveUp!    name: about to be settled so · settled so for certain
 *   lost                            name: the actor was told that it is not its any more
 *   retry?                          name: what was given up of it is about to be put back to work
 *   kill! stop! cont!               the actor was killed · stopped · let go on: written by whoever did it
 *   cut!                            the disk forgot what was not synced: written by whoever made it forget
 *
 *   node folder-checker.mjs LEDGER FOLDER     prints { violations, figures }, and exits with 1 if there are violations: those of
 *                                             the states that allowed-states.mjs allows too
 *
 * Where a text was noted at the put, what is kept has to be that text, whole; and so has what was handed out, where this was noted.
 * What was put for certain has to be among what is done in the end, or among what was given up if somebody asked for that or
 * was killed. Where nothing is kept of what is done, somebody must have asked for its end.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeStates, namesBelow } from './allowed-states.mjs';
import { isOpen, parseSettling, readLedger, report, RULES } from './checker-rules.mjs';
import { judgeEnd, judgeHolds } from './folder-messages.mjs';
import { judgeDone, judgeGivenUp } from './kept-files.mjs';
import { UntoldAttempts } from './untold-attempts.mjs';

/** One file is taken at a time, or a group of two. */
const FILES_AT_ONCE = 2;

/**
 * @param {string} text the ledger
 * @param {{ left: readonly string[], done: readonly string[] | null, failed?: readonly string[], readDone?: (name: string) => string,
 * readFailed?: (name: string) => string }} folder the names in the folder, where finished files go (null if they are removed), and
 * where those go that were given up; and what tells the text of those that are kept
 * @returns {{ violations: string[], figures: Record<string, number> }}
 */
export function judge(text, folder) {
  const judgement = new Judgement();
  readLedger(text, (event, line) => judgement.read({ line, ...event }), judgement.complain);
  judgement.finish(folder);
  return { violations: judgement.violations, figures: judgement.figures };
}

class Judgement {
  violations = [];
  complain = (what) => void this.violations.push(what);
  figures = { puts: 0, deliveries: 0, repeats: 0, dones: 0, kills: 0, killsOfHolders: 0, stops: 0, lost: 0, untold: 0 };
  /** By name: { asked, acknowledged, putAt, texts, holds: [{ actor, attempt, line, how, isCertain, isDoneAsked }] } */
  messages = new Map();
  killed = new Set();
  stopped = new Set();
  untold = new UntoldAttempts(FILES_AT_ONCE);

  read(event) {
    const { actor, event: what, name, line } = event;
    if (what === 'kill!' || what === 'stop!') this.untold.die(actor, { line });
    if (what === 'kill!') this.kill(actor);
    else if (what === 'stop!') this.stop(actor);
    else if (what === 'cont!') return;
    else if (what === 'cut!') this.cut();
    else if (what === 'put?') this.ask(event);
    else if (what === 'put!') this.put(name);
    else if (what === 'got') this.got(event);
    else if (what === 'retry?') Object.assign(this.message(name), { mayStartAnew: true, givenUps: 0 });
    else if (what === 'lost') this.settle(event, { how: 'lost', isCertain: true });
    else if (parseSettling(what) !== undefined) this.settle(event, parseSettling(what));
    else this.complain(`line ${line}: there is no event ${what}`);
  }

  message(name) {
    if (typeof name !== 'string') throw new TypeError('it has no name');
    if (!this.messages.has(name))
      this.messages.set(name, {
        asked: 0,
        acknowledged: false,
        putAt: 0,
        texts: new Set(),
        holds: [],
        dones: 0,
        givenUps: 0,
        mayStartAnew: false,
      });
    return this.messages.get(name);
  }

  ask({ name, text, line }) {
    const message = this.message(name);
    message.asked += 1;
    message.putAt ||= line;
    if (text !== undefined) message.texts.add(text);
  }

  put(name) {
    this.message(name).acknowledged = true;
    this.figures.puts += 1;
  }

  stop(actor) {
    this.stopped.add(actor);
    this.figures.stops += 1;
  }

  kill(actor) {
    this.killed.add(actor);
    this.figures.kills += 1;
    const holds = [...this.messages.values()].some((message) => message.holds.some((hold) => hold.actor === actor && isOpen(hold)));
    if (holds) this.figures.killsOfHolders += 1;
  }

  /** What was given back was not synced: its attempt may count after all. */
  cut() {
    for (const { holds } of this.messages.values()) for (const hold of holds) hold.isUndone = true;
  }

  got({ actor, name, attempt, text, line }) {
    const message = this.message(name);
    this.figures.deliveries += 1;
    if (message.holds.length > 0) this.figures.repeats += 1;
    if (message.asked === 0) this.complain(`line ${line}: ${actor} got ${name}, which nobody put`);
    if (RULES.isTorn({ text, texts: message.texts })) this.complain(`line ${line}: ${actor} got ${name}, and it is not whole`);
    // Put again, because the first put was killed before it was acknowledged: two messages of one name.
    if (RULES.comesAfterItsEnd({ ends: message.dones + message.givenUps, puts: message.asked }))
      this.complain(`line ${line}: ${actor} got ${name} again, which was ${message.givenUps > 0 ? 'given up' : 'done'} for certain`);
    const last = message.holds.at(-1);
    // A release that was not acknowledged may have been made.
    const least = RULES.leastAttempt({
      before: last?.attempt ?? 0,
      isUncounted: last?.how === 'release',
      beginsAnew: last === undefined || message.mayStartAnew,
    });
    const most = RULES.mostAttempt({
      before: last?.attempt ?? 0,
      isUncounted: last?.how === 'release' && last.isCertain && !last.isUndone,
    });
    message.mayStartAnew = false;
    if (message.asked === 1 && attempt < least)
      this.complain(`line ${line}: ${actor} got ${name} as attempt ${attempt}, and attempt ${last?.attempt} was before it`);
    if (message.asked === 1) this.untold.count({ what: name, attempt, most, putAt: message.putAt, line });
    message.holds.push({ actor, attempt, line, how: undefined, isCertain: false, isDoneAsked: false, isUndone: false });
  }

  settle({ actor, event, name, line }, { how, isCertain }) {
    const message = this.message(name);
    const hold = message.holds.findLast((one) => one.actor === actor);
    if (hold === undefined) return this.complain(`line ${line}: ${actor} settles ${name}, which it never got`);
    if (!isOpen(hold)) return this.complain(`line ${line}: ${actor} settles ${name} twice`);
    Object.assign(hold, { how, isCertain });
    if (!isCertain) hold.askedAt = line;
    if (how === 'lost') this.figures.lost += 1;
    if (how === 'done') hold.isDoneAsked = true;
    if (event === 'done!') message.dones += 1;
    if (event === 'giveUp!') message.givenUps += 1;
    if (event === 'done!') this.figures.dones += 1;
    if (event === 'done!' && message.dones > message.asked) this.complain(`line ${line}: ${name} is done more often than it was put`);
    // What was given back may be with another before that is noted: late is who asked when it was another's already.
    const isBack = how === 'release' || how === 'fail';
    const isLate = message.holds.slice(message.holds.indexOf(hold) + 1).some((next) => !isBack || next.line < hold.askedAt);
    if (RULES.isLateCommit({ isCertain: isCertain && how !== 'lost', isLate, isOthers: message.asked === 1 }))
      this.complain(`line ${line}: ${actor} was late and still ${event} ${name}, which ${message.holds.at(-1).actor} had got meanwhile`);
  }

  finish({ left, done, failed = [], readDone, readFailed }) {
    judgeDone(this.messages, { names: done ?? [], read: readDone }, this.complain);
    judgeGivenUp(this.messages, { names: failed, read: readFailed }, this.complain);
    for (const [name, message] of this.messages) {
      judgeEnd(name, message, { done, failed }, this);
      judgeHolds(name, message, this);
    }
    this.figures.untold = this.untold.judge(this.complain);
    if (left.length > 0) this.complain(`left in the folder: ${left.slice(0, 5).join(', ')} (${left.length} in all)`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [ledger, folder] = process.argv.slice(2);
  const left = readdirSync(folder).filter((name) => /\.(tsv|wip|again|finished|failing)$/.test(name));
  const { violations, figures } = judge(readFileSync(ledger, 'utf8'), {
    left,
    done: readdirSync(join(folder, 'done')),
    failed: readdirSync(folder).includes('failed') ? readdirSync(join(folder, 'failed')) : [],
    readDone: (name) => readFileSync(join(folder, 'done', name), 'utf8'),
    readFailed: (name) => readFileSync(join(folder, 'failed', name), 'utf8'),
  });
  report({ violations: [...violations, ...judgeStates('folder', namesBelow(folder))], figures });
}
