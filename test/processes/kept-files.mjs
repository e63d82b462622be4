/**
 * What is kept in the end of messages that are done or given up, for the checker of folders: whose it is, who asked for that, and
 * whether it is whole. Like the checker this knows nothing of the library.
 */
import { RULES } from './checker-rules.mjs';

/** Done is only what somebody put, and what somebody who had it asked to be done: once for each of those who did. */
export function judgeDone(messages, kept, complain) {
  judgeKept(messages, kept, complain);
  const counts = new Map();
  for (const name of kept.names.flatMap(messageOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) {
    const asked = messages.get(name)?.holds.filter(({ isDoneAsked }) => isDoneAsked).length ?? 0;
    if (count > asked) complain(`${name} is done ${count} times, and that was asked for ${asked} times`);
  }
}

/** Given up is only what somebody put. Whether somebody asked for that is not known where the last of its tries ended with a kill. */
export function judgeGivenUp(messages, kept, complain) {
  judgeKept(messages, kept, complain);
}

/**
 * Whether what is kept nowhere may be done: if the last who got it asked for that, and did not give it back after all. Of what was
 * put twice it is not known which one was meant.
 */
export function mayBeDone({ asked, holds }) {
  if (asked > 1) return holds.some(({ isDoneAsked }) => isDoneAsked);
  const last = holds.at(-1);
  return last !== undefined && last.isDoneAsked && (last.how === 'done' || !last.isCertain);
}

function judgeKept(messages, { names, read }, complain) {
  for (const kept of names) {
    for (const name of messageOf(kept)) {
      const message = messages.get(name);
      if (message === undefined || message.asked === 0) complain(`${kept} is kept, and nobody put it`);
      else if (isReport(kept) ? isTornReport(read?.(kept)) : RULES.isTorn({ text: read?.(kept), texts: message.texts }))
        complain(`${kept} is kept, and is not whole`);
    }
  }
}

/** Whoever reads of a failure is told all of it. Of a report that nobody read nothing is known. */
function isTornReport(text) {
  if (text === undefined) return false;
  try {
    return typeof JSON.parse(text).error.message !== 'string';
  } catch {
    return true;
  }
}

/** The files of one message among those that are kept, without the reasons beside them. */
export function filesOf(name, names) {
  return names.filter((kept) => !isReport(kept) && messageOf(kept).includes(name));
}

const isReport = (kept) => kept.endsWith('.error.json');

/** Whose a file is: of a second one of its name, and of the reason beside it, too. Nobody's, while it is on its way there. */
function messageOf(kept) {
  return kept.startsWith('.') ? [] : [kept.replace(/\.error\.json$/, '').replace(/~\d+$/, '')];
}
