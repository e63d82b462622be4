/** What may lie in a folder after a stop: the rows of its table in docs/crashes.md, and what its names are. */

const READY = '`sales.tsv`';
const CLAIM = '`sales.tsv.<consumer>-<k>a<n>.wip`';
const COPY = '`.dibs/stages/copy.<inode>.<token>`';
const RETRY = '`.dibs/stages/retry.<key>.<token>`';
const STAGE = '`.dibs/stages/stage.…`';

/** Each: the state, the names, the operations in which a stop leaves it. */
export const FOLDER_STATES = [
  [
    'on its way',
    `${STAGE} or \`.dibs/stage.<random>\` or \`its source\` or \`failed/.stage-<token>\``,
    [
      'open, any folder queue',
      'WritableFolderQueue.open',
      'putText, putStream, put with copy',
      'put, a move',
      'put, a move from another device',
      'close',
      'fail',
      'fail, the last try; poison',
    ],
  ],
  ['ready', READY, ['putText, putStream, put with copy', 'put, a move', 'put, a move from another device']],
  [
    'claimed',
    CLAIM,
    [
      'put of a file that another process moves too',
      'get: a claim',
      'get of a group',
      'done({ moved: true })',
      'markAllDone',
      'taking back a group from the dead',
    ],
  ],
  [
    'ready again',
    '`sales.tsv.<token>a<n>.again`',
    [
      'release, dispose',
      'fail, tries left',
      'maxRuntimeMs is over',
      'taking back from the dead',
      'retry',
      'release of a group; fail, tries left',
      'taking back a group from the dead',
      'releaseClaims, clearControlFiles, reset',
    ],
  ],
  ['done, its claim still there', `${CLAIM} and \`done/sales.tsv\``, ['done, done(path)', 'done of a group', 'markAllDone']],
  [
    'ended at the moment at which it was taken back',
    '`sales.tsv.<token>a<n>.again` and `done/sales.tsv` or `sales.tsv.<token>a<n>.again` and `failed/sales.tsv`',
    ['taking back from the dead', 'retry', 'releaseClaims, clearControlFiles, reset'],
  ],
  ['done', '`done/sales.tsv`', ['done, done(path)', 'done of a group', 'markAllDone']],
  ['about to be removed', '`.dibs/<token>.gone`', ['done, doneDir: null']],
  ['given up, its claim still there', `${CLAIM} and \`failed/sales.tsv\``, ['fail, the last try; poison', 'fail of a group, the last try']],
  ['given up', '`failed/sales.tsv`', ['fail, the last try; poison', 'fail of a group, the last try', 'retry']],
  [
    'of a group that is done, the first',
    '`sales.tsv.<consumer>-<k>a<n>.finished` or `sales.tsv.<consumer>-<k>a<n>.finished` and `done/sales.tsv`',
    ['done of a group'],
  ],
  [
    'of a group that is given up, the first',
    '`sales.tsv.<consumer>-<k>a<n>.failing` or `sales.tsv.<consumer>-<k>a<n>.failing` and `failed/sales.tsv`',
    ['fail of a group, the last try'],
  ],
  [
    'being copied to another device',
    `${CLAIM} and ${COPY} or ${COPY} or \`done/.stage-<token>\` or \`done/.stage-<token>\` and \`done/sales.tsv\` or \`failed/.stage-<token>\` and \`failed/sales.tsv\``,
    ['done, doneDir on another device', 'fail, the last try; poison'],
  ],
  ['being put back from another device', `${RETRY} or any other and ${RETRY}`, ['retry, failedDir on another device']],
  [
    'shown, and still where it came from',
    `any other and ${STAGE} or any other and \`its source\``,
    ['putText, putStream, put with copy', 'put, a move'],
  ],
  ['said by a producer', '`<stamp>__<pid>.helo`', ['WritableFolderQueue.open', 'close', 'fail', 'releaseClaims, clearControlFiles, reset']],
  ['a sign of life', '`.dibs/consumers/<name>`', ['open, any folder queue', 'dispose without either', 'taking back from the dead']],
  [
    'why',
    '`failed/sales.tsv.error.json` or `.dibs/stages/reason.<consumer>-<k>`',
    ['fail, the last try; poison', 'fail of a group, the last try', 'retry'],
  ],
  ['what the folder is', '`.dibs/queue.json` or `.dibs/queue.json` and `.dibs/stage.<random>`', ['open, any folder queue', 'purge']],
];

/** What a name is, in the words of the table. Of two that fit the first counts. */
export const FOLDER_KINDS = [
  ['.dibs/queue.json', /^\.dibs\/queue\.json$/],
  ['.dibs/stage.<random>', /^\.dibs\/stage\.[^/]+$/],
  ['.dibs/stages/reason.<consumer>-<k>', /^\.dibs\/stages\/reason\.[a-z0-9-]+-\d+$/],
  ['.dibs/stages/retry.<key>.<token>', /^\.dibs\/stages\/retr(y|ied)\.[^/]+$/],
  ['.dibs/stages/copy.<inode>.<token>', /^\.dibs\/stages\/copy\.\d+\.[^/]+$/],
  ['.dibs/stages/stage.…', /^\.dibs\/stages\/stage\.[^/]+$/],
  ['.dibs/consumers/<name>', /^\.dibs\/(consumers|producers)\/[^/]+$/],
  ['.dibs/<token>.gone', /^\.dibs\/[^/]+\.gone$/],
  ['failed/.stage-<token>', /^failed\/\.stage-[^/]+$/],
  ['done/.stage-<token>', /^done\/\.stage-[^/]+$/],
  ['failed/sales.tsv.error.json', /^failed\/[^/]+\.error\.json$/],
  ['done/sales.tsv', /^done\/[^/.][^/]*\.tsv(~\d+)?$/],
  ['failed/sales.tsv', /^failed\/[^/.][^/]*\.tsv(~\d+)?$/],
  ['<stamp>__<pid>.helo', /^\d{8}_\d{6}_\d{6}__\d+\.(helo|done|failed)$/],
  ['sales.tsv.<consumer>-<k>a<n>.wip', /^[^/.][^/]*\.tsv\.[a-z0-9-]+-\d+a\d+\.wip$/],
  ['sales.tsv.<consumer>-<k>a<n>.finished', /^[^/.][^/]*\.tsv\.[a-z0-9-]+-\d+a\d+\.finished$/],
  ['sales.tsv.<consumer>-<k>a<n>.failing', /^[^/.][^/]*\.tsv\.[a-z0-9-]+-\d+a\d+\.failing$/],
  ['sales.tsv.<token>a<n>.again', /^[^/.][^/]*\.tsv\.[a-z0-9]+a\d+\.again$/],
  ['sales.tsv', /^[^/.][^/]*\.tsv$/],
  ['its source', /^\.\.\/source\/[^/]+$/],
];
