import type { SeededFault } from './faults.ts';
import { change } from './package-copy.ts';

/** Those of tasks and batches. */
export const TASK_FAULTS: readonly SeededFault[] = [
  {
    fault: 'a record of a task whose bytes are not synced before its name counts',
    changes: [change('stores/task-files.js', '{ sync: isDurable }', '{ sync: false }')],
    judge: 'the end of a task, cut off',
    complaint: /A power cut/,
  },
  {
    fault: 'an end that is not synced before it is acknowledged',
    changes: [change('stores/task-outcome.js', '    await secure(folders, `${directory}/${place}`, layout.stages);\n', '')],
    judge: 'the end of a task, cut off',
    complaint: /A power cut/,
  },
  {
    fault: 'a checkpoint that is not staged: its file is written when its name counts already',
    changes: [change('stores/task-checkpoint.js', '{ sync: isDurable }', '{ sync: false }')],
    judge: 'a checkpoint, cut off',
    complaint: /A power cut/,
  },
  {
    fault: 'an end of a claim that was gone',
    changes: [
      change(
        'stores/task-outcome.js',
        '(await claimFile(fs, held.path, settling.path)) || !fs.exists(stage)',
        '(await claimFile(fs, held.path, settling.path)) || true',
      ),
    ],
    judge: 'starters in all orders',
    complaint: /got what was ended|was ended twice/,
  },
  {
    fault: 'a deletion that does not look whether it has the claim',
    changes: [
      change(
        'stores/task-deletion.js',
        'held.isGoing = await claimFile(fs, held.path, going.path);',
        'held.isGoing = (await claimFile(fs, held.path, going.path)) || true;',
      ),
    ],
    judge: 'a deletion by who stands still',
    complaint: /asleep before call/,
  },
  {
    fault: 'an id that is freed without a second look',
    changes: [change('stores/task-ids.js', '(await stampOf(fs, away)) !== stamp', 'false')],
    judge: 'creators in all orders',
    complaint: /created if it is not there|it is lost/,
  },
  {
    fault: 'a part that is counted before its outcome shows',
    changes: [
      change('stores/task-outcome.js', '    await settled?.(settling.id, place, fields);\n', ''),
      change(
        'stores/task-outcome.js',
        '    if (fs.exists(stage)) {\n',
        '    await settled?.(settling.id, place, fields);\n    if (fs.exists(stage)) {\n',
      ),
    ],
    judge: 'parts that are brought',
    complaint: /how often it was reduced: expected/,
  },
  {
    fault: 'a verdict that is written over another',
    changes: [
      change(
        'fs/record-store.js',
        'isCreated = await publishFile(fs, stage, path, { syncDirectory: sync ? dirname(path) : null });',
        'await renameStage(fs, stage, path); isCreated = true;',
      ),
    ],
    judge: 'a verdict in all orders',
    complaint: /failed it/,
  },
];
