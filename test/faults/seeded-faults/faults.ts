import { change, type Change } from './package-copy.ts';
import type { ScenarioName } from './scenarios.ts';
import { TASK_FAULTS } from './task-faults.ts';

export interface SeededFault {
  readonly fault: string;
  readonly changes: readonly Change[];
  readonly judge: ScenarioName;
  /** What that has to complain of. */
  readonly complaint: RegExp;
}

const JOURNAL_FAULTS: readonly SeededFault[] = [
  {
    fault: 'a new segment whose directory is not synced',
    changes: [change('fs/append-log.js', 'if (durable)\n', 'if (false)\n')],
    judge: 'a load, cut off',
    complaint: /is lost, though its put was acknowledged/,
  },
  {
    fault: 'no sync before a put or done is acknowledged',
    changes: [change('journals/sync-group.js', 'log.syncNow();', '')],
    judge: 'a load, cut off',
    complaint: /is lost, though its put was acknowledged|comes again, though it was done/,
  },
  {
    fault: 'puts and dones acknowledged before they are written',
    changes: [
      change(
        'fs/append-log.js',
        'const taken = this.#file.write(bytes, written, length - written, this.#size + written);',
        `const [late, at, taken] = [bytes.slice(0, length), this.#size, length];
            setTimeout(() => { try { this.#file.write(late, 0, length, at); } catch { } }, 1);`,
      ),
    ],
    judge: 'killed runs of a queue',
    complaint: /lost: |was delivered after it was done/,
  },
  {
    fault: 'a record that does not begin with a newline',
    changes: [
      change(
        'fs/append-log.js',
        '            this.#write(bytes, length);\n',
        '            if (this.#size > 0) { bytes = bytes.subarray(1); length -= 1; }\n            this.#write(bytes, length);\n',
      ),
    ],
    judge: 'a damaged journal',
    complaint: /no record at|flipped in/,
  },
  {
    fault: 'a checksum that nobody looks at',
    changes: [
      change(
        'formats/checksum.js',
        'export function hasChecksum(bytes, offset, crc) {',
        'export function hasChecksum(bytes, offset, crc) {\n    return true;',
      ),
    ],
    judge: 'a damaged journal',
    complaint: /reports of others|flipped in/,
  },
  {
    fault: 'a torn record that takes the next one along',
    changes: [
      change(
        'formats/record-scan.js',
        'sink.damage(at, end);\n',
        'sink.damage(at, end = Math.max(end, bytes.subarray(0, length).indexOf(NEWLINE, end + 2)));\n',
      ),
    ],
    judge: 'a damaged journal',
    complaint: /flipped in the records at/,
  },
  {
    fault: 'a short write that is taken for a whole one',
    changes: [change('fs/append-log.js', 'written += taken;', 'written = length;')],
    judge: 'a disk that refuses',
    complaint:
      /is lost, though its put was acknowledged|comes again, though it was done|said to be damaged, though nothing but a kill came/,
  },
  {
    fault: 'a full disk that is passed over',
    changes: [
      change(
        'fs/append-log.js',
        'catch (error) {\n            this.cutBack',
        'catch (error) {\n            if (error.code === "ENOSPC")\n                return;\n            this.cutBack',
      ),
    ],
    judge: 'a disk that refuses',
    complaint: /is lost, though its put was acknowledged|comes again, though it was done/,
  },
  {
    fault: 'a sync that failed and is made again as if nothing had happened',
    changes: [
      change(
        'fs/append-log.js',
        'this.#file.syncNow();\n        }\n        catch (error) {\n            throw this.#syncFailed(error);',
        'this.#file.syncNow();\n        }\n        catch {\n            try { this.#file.syncNow(); } catch (error) { throw this.#syncFailed(error); }',
      ),
    ],
    judge: 'a disk that refuses',
    complaint: /is lost, though its put was acknowledged|comes again, though it was done/,
  },
  {
    fault: 'a done that is acknowledged before its line is written',
    changes: [
      change(
        'journals/done-journal.js',
        'batch.items.push(item);\n        this.#writer.schedule();\n        return batch.promise;',
        'batch.items.push(item);\n        this.#writer.schedule();\n        return DONE;',
      ),
    ],
    judge: 'a disk that refuses',
    complaint: /comes again, though it was done/,
  },
  {
    fault: 'a put journal that goes while one of its messages is not done',
    changes: [
      change(
        'journals/holdings.js',
        '        if (segment.unfinished === 0)\n            this.passed(segment);',
        '        if (segment.unfinished <= 1)\n            this.passed(segment);',
      ),
      change('journals/holdings.js', 'if (settled && segment.unfinished === 0', 'if (settled && segment.unfinished <= 1'),
      change('journals/removal.js', 'segment.unfinished === 0', 'segment.unfinished <= 1'),
      change('journals/removal.js', 'segment.unfinished > 0', 'segment.unfinished > 1'),
    ],
    judge: 'the removal of journals, cut off',
    complaint: /delivered, against outstanding\(\)|is lost, though its put was acknowledged/,
  },
  {
    fault: 'done journals that go before the put journal they speak of, which nobody notes to be gone',
    changes: [
      change('journals/removal.js', 'await write([', 'void (['),
      change(
        'journals/removal.js',
        'await removeIfThere(fs, `${directory}/${segment.file}`);\n        if (durability === "power")\n            await fs.syncDirectory(directory);\n        await this.#removeDone();',
        'await this.#removeDone();\n        await removeIfThere(fs, `${directory}/${segment.file}`);\n        await fs.syncDirectory(directory);',
      ),
    ],
    judge: 'the removal of earlier journals, cut off',
    complaint: /comes again, though it was done/,
  },
  {
    fault: 'an owner that does not look whether it still is one before it acknowledges',
    changes: [
      change('journals/sync-group.js', 'this.#guard.assertOurs();', ''),
      change('journals/journal-writer.js', 'this.#options.guard.assertOurs();', ''),
    ],
    judge: 'an owner that sleeps before a call',
    complaint: /is lost, though its put was acknowledged|comes again, though it was done/,
  },
  {
    fault: 'an owner that does not see that it was succeeded',
    changes: [change('fs/ownership.js', 'return this.#fs.exists(this.#stage);', 'return true;')],
    judge: 'an owner that sleeps',
    complaint: /later owner had it|lost: |delivered to another|QueueTakenError/,
  },
  {
    fault: 'an owner that leaves the files of earlier ones where they are',
    changes: [change('fs/owner-chain.js', 'if (path !== stage)', 'if (false)')],
    judge: 'an owner that sleeps',
    complaint: /later owner had it|lost: |delivered to another|QueueTakenError/,
  },
  {
    fault: 'deliveries that are not written down',
    changes: [change('queues/settling.js', 'return this.#queue.dones.take(item);', 'return Promise.resolve(item);')],
    judge: 'killed runs of a queue',
    complaint: /attempt 1 after attempt 1/,
  },
  {
    fault: 'keys that are not synced before their journal goes',
    changes: [change('journals/record-file.js', 'if (!durable ', 'if (true ')],
    judge: 'the removal of journals, cut off',
    complaint: /the key of .* is forgotten/,
  },
];

const FOLDER_FAULTS: readonly SeededFault[] = [
  {
    fault: 'a message that is shown before its bytes are synced',
    changes: [
      change(
        'folders/copy-in.js',
        'await stageFile(context.fs, stage, bytes, { sync: context.durability === "power" });',
        'await stageFile(context.fs, stage, bytes, { sync: false });',
      ),
    ],
    judge: 'a text, cut off',
    complaint: /A power cut.*deep equally contain/,
  },
  {
    fault: 'a put that does not sync the folder',
    changes: [change('folders/show-message.js', '        await secure(context, layout.directory);\n', '')],
    judge: 'a text, cut off',
    complaint: /A power cut.*expected \[\] to deeply equal/,
  },
  {
    fault: 'a put that renames over what is there',
    changes: [change('folders/show-message.js', 'await fs.link(stage, final);', 'await fs.rename(stage, final);')],
    judge: 'a text, cut off',
    complaint: /MessageExistsError|promise resolved/,
  },
  {
    fault: 'a move whose source goes before the message is safe',
    changes: [change('folders/move-in.js', 'await secure(context, directory);\n    await removeSource', 'await removeSource')],
    judge: 'a move, cut off',
    complaint: /A power cut.*expected Set\{\} to deeply equal/,
  },
  {
    fault: 'a done that takes the claim away before the file is kept',
    changes: [
      change(
        'folders/settle.js',
        'async function keep(context, claim, directory) {\n',
        `async function keep(context, claim, directory) {
    const away = \`\${context.layout.own}/\${context.names.next()}\`;
    if (claim.shown === undefined) {
        if (!(await claimFile(context.fs, claim.path, away))) return false;
        claim = { ...claim, path: away };
    }
`,
      ),
    ],
    judge: 'done, killed',
    complaint: /is kept once/,
  },
  {
    fault: 'a done that is not synced',
    changes: [change('folders/keep.js', 'if (context.durability === "power")\n', 'if (false)\n')],
    judge: 'done, cut off',
    complaint: /done is done/,
  },
  {
    fault: 'a claim whose lost answer is taken for a lost race',
    changes: [change('fs/claim.js', 'return (await fs.lstat(to)) !== undefined;', 'return false;')],
    judge: 'answers that are lost',
    complaint: /QueueTimeoutError/,
  },
  {
    fault: 'a claim whose name another one uses too',
    changes: [
      change(
        'folders/claim.js',
        'export async function takeFile(context, file, { consumer, claim: number }) {\n',
        'export async function takeFile(context, file, { consumer, claim: number }) {\n    [consumer, number] = ["one-1-0", 1];\n',
      ),
    ],
    judge: 'killed workers of a folder',
    complaint: /lived, and another one got it|without having been stopped|was late and still|as attempt 1, and attempt 1 was before it/,
  },
  {
    fault: 'a claim that is taken back from the living',
    changes: [change('machines/liveness.js', 'seen.looks >= LOOKS && seen.until - seen.since >= leaseMs', 'true')],
    judge: 'killed workers of a folder',
    complaint: /lived, and another one got it|without having been stopped|was late and still/,
  },
  {
    fault: 'a claim that goes back under its plain name',
    changes: [
      change(
        'folders/claim.js',
        '`${layout.directory}/${formatAgainName({ name, token: names.next(), attempts })}`',
        '`${layout.directory}/${name}`',
      ),
    ],
    judge: 'killed workers of a folder',
    complaint: /attempt .* was before it/,
  },
  {
    fault: 'a dead one’s attempt that is not counted',
    changes: [change('folders/take-back.js', 'putBack(context, claim, claim.attempt)', 'putBack(context, claim, claim.attempt - 1)')],
    judge: 'killed workers of a folder',
    complaint: /was before it/,
  },
  {
    fault: 'a claim of somebody else that is given back as if it were ours',
    changes: [change('folders/strays.js', 'own.has(consumer)', 'true')],
    judge: 'killed workers of a folder',
    complaint: /lived, and another one got it|without having been stopped|was late and still/,
  },
  {
    fault: 'a message that was never to be tried again, and is',
    changes: [change('queues/file-settling.js', ' || isPermanent(error)', '')],
    judge: 'killed workers of a folder',
    complaint: /again, which was given up for certain|given up for certain, and is not among what was given up/,
  },
  {
    fault: 'a reason that is kept in part',
    changes: [change('folders/settle.js', 'new TextEncoder().encode(report)', 'new TextEncoder().encode(report).subarray(0, 40)')],
    judge: 'killed workers of a folder',
    complaint: /error\.json is kept, and is not whole/,
  },
  {
    fault: 'a finished message that comes again, since nobody counts its links',
    changes: [change('folders/claim.js', 'if (isSameFile(await', 'if (false && isSameFile(await')],
    judge: 'done, cut off',
    complaint: /done is done/,
  },
  {
    fault: 'an end without the final look',
    changes: [change('queues/folder-outlook.js', 'this.#endForSure(up)', '"over"')],
    judge: 'the end of a folder',
    complaint: /expected \[\] to deeply equal/,
  },
  {
    fault: 'an end while another one holds a file',
    changes: [
      change('queues/folder-outlook.js', 'isHeldByOthers ? "wait" :', 'false ? "wait" :'),
      change('queues/folder-outlook.js', 'if (last.claims.length > 0)', 'if (false)'),
    ],
    judge: 'the end of a folder',
    complaint: /to be Symbol\(it still waits\)/,
  },
  {
    fault: 'DONE before the last put is safe',
    changes: [change('queues/writing-end.js', 'await putting.flush();', '')],
    judge: 'a producer, cut off',
    complaint: /\.done: expected \[\] to deeply equal/,
  },
];

const GROUP_FAULTS: readonly SeededFault[] = [
  {
    fault: 'a group whose first file is not looked at again',
    changes: [change('folders/group-claim.js', '(await fs.lstat(first.path)) === undefined', 'false')],
    judge: 'a group that is taken back from a sleeper',
    complaint: /it lost it while it settled/,
  },
  {
    fault: 'a group that is done without a decision',
    changes: [change('folders/group-settle.js', 'await decide(context, group, { state: "finished" })', 'group.first')],
    judge: 'a group, killed',
    complaint: /nothing comes in parts/,
  },
  {
    fault: 'a group that is decided before its claims are safe',
    changes: [change('folders/group-settle.js', 'await secure(context, layout.directory);\n        if', 'if')],
    judge: 'a group, cut off when its end is decided',
    complaint: /A power cut.*nothing comes in parts/,
  },
];

/** Faults that somebody could make, each of which has to be caught. */
export const SEEDED_FAULTS: readonly SeededFault[] = [...JOURNAL_FAULTS, ...FOLDER_FAULTS, ...GROUP_FAULTS, ...TASK_FAULTS];
