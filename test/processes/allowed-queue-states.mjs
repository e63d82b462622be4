/** What may lie in the directory of a queue of values after a stop: the rows of its table in docs/crashes.md, and what its names are. */

/** Each: the state, the names, the operations in which a stop leaves it. */
export const QUEUE_STATES = [
  ['on its way', '`stage.<random>`', ['open, new directory', 'open, after a crash', 'a journal is removed', 'dispose']],
  ['what the directory is', '`queue.json` or `queue.json` and `stage.<random>`', ['open, new directory']],
  ['owned', '`owner.<n>` and `stage.<random>`', ['open, new directory', 'open, after a crash']],
  ['owned before', '`owner.<n>`', ['open, after a crash', 'dispose']],
  [
    'messages',
    '`<name>.<run>.<first>.put.tsv`',
    ['put', 'putMany', 'put with a key', 'a put journal is full', 'resumeFrom', 'requeueOutstanding', 'fail(reason)'],
  ],
  [
    'what became of them',
    '`<name>.<run>.<ordinal>.done.tsv`',
    [
      'the first put of an owner that found journals',
      'get',
      'done',
      'release',
      'fail, tries left',
      'fail, the last try; poison',
      'retry',
      'markAllDone',
      'close',
      'a worker ends (share)',
    ],
  ],
  [
    'what outlived a journal',
    '`<name>.<run>.kept.tsv` or `<name>.<run>.keys.tsv`',
    ['a journal is removed', 'a finished load is cleared', 'resumeFrom'],
  ],
];

/** What a name is, in the words of the table. */
export const QUEUE_KINDS = [
  ['stage.<random>', /^stage\.[^/]+$/],
  ['queue.json', /^queue\.json$/],
  ['owner.<n>', /^owner\.\d+$/],
  ['<name>.<run>.<first>.put.tsv', /^[^/]+\.\d+\.\d+\.put\.tsv$/],
  ['<name>.<run>.<ordinal>.done.tsv', /^[^/]+\.\d+\.\d+\.done\.tsv$/],
  ['<name>.<run>.kept.tsv', /^[^/]+\.\d+\.kept\.tsv$/],
  ['<name>.<run>.keys.tsv', /^[^/]+\.\d+\.keys\.tsv$/],
];
