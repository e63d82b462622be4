/**
 * What may lie on a disk after a stop, whatever was under way: for each file that is there, the names that it may have at once.
 * docs/crashes.md shows the same rows, and a test compares them. Like the checkers this knows nothing of the library.
 *
 * `and`: one file has all of these names. `or`: one of these ways. `any other`: the names of any state that does not say so itself.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { judgeTasks, STORE_KINDS, STORE_STATES } from './allowed-store-states.mjs';

const READY = '`sales.tsv`';
const CLAIM = '`sales.tsv.<consumer>-<k>a<n>.wip`';
const COPY = '`.dibs/stages/copy.<inode>.<token>`';
const RETRY = '`.dibs/stages/retry.<key>.<token>`';
const STAGE = '`.dibs/stages/stage.…`';

/** Each: the state, the names, the operations in which a stop leaves it. */
export const ALLOWED_STATES = {
  queue: [
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
  ],
  folder: [
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
      ['taking back from the dead', 'releaseClaims, clearControlFiles, reset'],
    ],
    ['done', '`done/sales.tsv`', ['done, done(path)', 'done of a group', 'markAllDone']],
    ['about to be removed', '`.dibs/<token>.gone`', ['done, doneDir: null']],
    [
      'given up, its claim still there',
      `${CLAIM} and \`failed/sales.tsv\``,
      ['fail, the last try; poison', 'fail of a group, the last try'],
    ],
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
    [
      'said by a producer',
      '`<stamp>__<pid>.helo`',
      ['WritableFolderQueue.open', 'close', 'fail', 'releaseClaims, clearControlFiles, reset'],
    ],
    ['a sign of life', '`.dibs/consumers/<name>`', ['open, any folder queue', 'dispose without either', 'taking back from the dead']],
    [
      'why',
      '`failed/sales.tsv.error.json` or `.dibs/stages/reason.<consumer>-<k>`',
      ['fail, the last try; poison', 'fail of a group, the last try', 'retry'],
    ],
    ['what the folder is', '`.dibs/queue.json` or `.dibs/queue.json` and `.dibs/stage.<random>`', ['open, any folder queue', 'purge']],
  ],
  store: STORE_STATES,
};

/** What a name is, in the words of the tables. Of two that fit the first counts. */
const KINDS = {
  queue: [
    ['stage.<random>', /^stage\.[^/]+$/],
    ['queue.json', /^queue\.json$/],
    ['owner.<n>', /^owner\.\d+$/],
    ['<name>.<run>.<first>.put.tsv', /^[^/]+\.\d+\.\d+\.put\.tsv$/],
    ['<name>.<run>.<ordinal>.done.tsv', /^[^/]+\.\d+\.\d+\.done\.tsv$/],
    ['<name>.<run>.kept.tsv', /^[^/]+\.\d+\.kept\.tsv$/],
    ['<name>.<run>.keys.tsv', /^[^/]+\.\d+\.keys\.tsv$/],
  ],
  folder: [
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
  ],
  store: STORE_KINDS,
};

/**
 * @param {'queue' | 'folder' | 'store'} kind
 * @param {readonly { readonly path: string, readonly file: string }[]} found every name, from the queue's directory on, and what
 * tells its file from others
 * @returns {string[]} what no row of the table allows
 */
export function judgeStates(kind, found) {
  const files = Map.groupBy === undefined ? groupBy(found) : Map.groupBy(found, ({ file }) => file);
  const allowed = allowedSets(kind);
  const alone = [...files.values()].flatMap((names) => {
    const kinds = names.map(({ path }) => kindOf(kind, path));
    if (allowed.has(keyOf(kinds))) return [];
    return [`no stop may leave a file under ${names.map(({ path }, index) => `${path} (${kinds[index]})`).join(' and ')}`];
  });
  return kind === 'store' ? [...alone, ...judgeTasks(found)] : alone;
}

/**
 * Every name below a directory, and beside it where files came from.
 * @param {string} directory
 * @param {string} [source]
 */
export function namesBelow(directory, source) {
  return [directory, ...(source === undefined ? [] : [source])].flatMap((place) =>
    readdirSync(place, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(directory, path), file: fileOf(path) })),
  );
}

function fileOf(path) {
  const { dev, ino } = lstatSync(path, { bigint: true });
  return `${dev} ${ino}`;
}

function groupBy(found) {
  const files = new Map();
  for (const one of found) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}

function kindOf(kind, path) {
  return KINDS[kind].find(([, pattern]) => pattern.test(path))?.[0] ?? 'nothing that is known';
}

/** All sets of names that one file may have, by `keyOf`. */
function allowedSets(kind) {
  const ways = ALLOWED_STATES[kind].flatMap(([, names]) => waysOf(names));
  const alone = ways.filter((names) => !names.includes(ANY));
  const beside = ways.filter((names) => names.includes(ANY)).map((names) => names.filter((name) => name !== ANY));
  return new Set([...alone, ...alone.flatMap((names) => beside.map((more) => [...names, ...more]))].map(keyOf));
}

const ANY = 'any other';

function waysOf(names) {
  return names.split(' or ').map((way) => way.split(' and ').map((name) => name.replaceAll('`', '')));
}

function keyOf(kinds) {
  return kinds.toSorted().join(' + ');
}
