/**
 * What may lie in a store of tasks and batches after a stop: the rows of its table in docs/crashes.md, what its names are, and
 * what must hold of all its files together.
 */
const ID = '`.dibs/ids/<id>.json`';
const WIP = '`running/<id>.json.<consumer>-<k>a<n>.wip`';
const SETTLING = '`running/<id>.json.<consumer>-<k>a<n>.settling`';
const GOING = '`running/<id>.json.<consumer>-<k>a<n>.going`';
const BACK = '`running/<id>.json.<consumer>-<k>a<n>.back`';
const STAGE = '`stage.<random>`';
const CREATED = '`.dibs/stages/<id>.json.<token>`';
const LIFE = '`.dibs/consumers/<consumer>`';
const LIFE_STAGE = '`.dibs/stages/stage.<consumer>`';
const AWAY = '`.dibs/stages/stage.<token>`';
const GONE = '`.gone-<random>/…`';

/** In which a claim is settled. */
const ENDS = [
  'success',
  'failure, tries left',
  'the last failure; a PermanentError',
  "data that can't be written",
  'reopen, retry',
  'a part succeeds, or is given up',
  'the reduce',
  'retry of a batch',
];
/** In which a task is created. */
const MADE = ['create', 'createMany', 'announce', 'the verdict'];

/** Each: the state, the names, the operations in which a stop leaves it. */
export const STORE_STATES = [
  ['what the store is', `\`store.json\` or \`store.json\` and ${STAGE}`, ['open, a store']],
  [
    'a record on its way',
    `${STAGE} or \`plan.json\` and ${STAGE} or \`parts-<token>/000000.json\` and ${STAGE} or \`announced-<token>.json\` and ${STAGE} or \`verdict-<token>.json\` and ${STAGE}`,
    ['open, a store', 'createBatch: the plan', 'createBatch: the plan taken back', 'announce', 'the verdict', 'fail; failBatchOn'],
  ],
  ['being created', `${CREATED} or ${ID} and ${CREATED}`, [...MADE, 'the sweep, at open']],
  ['created', `${ID} and \`<status>/<id>.json\``, [...MADE, 'release; dispose of a tracker']],
  ['settled before', '`<status>/<id>.json`', [...ENDS]],
  ['an id', ID, [...ENDS, 'delete']],
  [
    'had by somebody',
    `${WIP} or ${WIP} and ${ID}`,
    [
      'run, next, work: a start',
      'a start of what a dead process had',
      'checkpoint, progress',
      'release; dispose of a tracker',
      'delete',
      ...ENDS,
    ],
  ],
  ['an outcome', '`.dibs/stages/<id>.json.<consumer>-<k>a<n>.settling`', [...ENDS, 'the sweep, at open']],
  ['decided, and its outcome on its way or there', `${SETTLING} or ${SETTLING} and ${ID}`, [...ENDS]],
  ['being deleted', `${GOING} or ${GOING} and ${ID} or ${GOING} and ${AWAY}`, ['delete']],
  ['being put back, or back', BACK, ['delete', 'reopen, retry', 'retry of a batch', 'the sweep, at open']],
  ['an id that is going', AWAY, ['delete', 'the sweep, at open']],
  [
    'written down in mid-attempt',
    '`.dibs/checkpoints/<id>.json.<token>`',
    ['checkpoint, progress', 'release; dispose of a tracker', 'delete', 'the sweep, at open', 'success'],
  ],
  [
    'a sign of life',
    `${LIFE} or ${LIFE_STAGE} or ${LIFE} and ${LIFE_STAGE}`,
    ['run, next, work: a start', 'a beat', 'release; dispose of a tracker', 'the sweep, at open'],
  ],
  ['a file that a task writes', '`.sales.tsv.<task>-<attempt>.<token>.staged` or `its output`', ['output', 'success']],
  ['what a batch is made of', '`plan.json` or `parts-<token>/000000.json`', ['createBatch: the plan']],
  ['what is left of it', '`left-<token>/00/00/5a`', ['createBatch: the plan', 'a part succeeds, or is given up']],
  ['all of it was told', '`announced-<token>.json`', ['announce']],
  ['what becomes of it', '`verdict-<token>.json`', ['the verdict', 'fail; failBatchOn']],
  ['removed', `${GONE} or ${GONE} and ${GONE}`, ['deleteAll', 'delete of a batch; deleteWhenDone']],
];

/** What the tasks of a use case lie in, or those of a batch. */
const ROOM = String.raw`(?:tasks/[^/.][^/]*|batches/[^/.][^/]*/tasks-[0-9a-f]+)`;
/** A name in it. */
const inRoom = (name) => new RegExp(`^${ROOM}/${name}$`);
/** A name in the directory of a batch, or of a use case. */
const beside = (name) => new RegExp(`^(?:tasks|batches)/[^/]+/${name}$`);
const CLAIM = String.raw`[^/]+\.json\.[a-z0-9-]+-\d+a\d+`;

/** What a name is. Of two that fit the first counts. */
export const STORE_KINDS = [
  ['.gone-<random>/…', /^(?:tasks|batches)\/\.gone-[^/]+\/.+$/],
  ['store.json', /^store\.json$/],
  ['stage.<random>', /^(?:(?:tasks|batches)\/[^/]+\/(?:parts-[^/]+\/)?)?stage\.[0-9a-f]{16}$/],
  ['.dibs/ids/<id>.json', inRoom(String.raw`\.dibs/ids/[^/]+\.json`)],
  ['.dibs/checkpoints/<id>.json.<token>', inRoom(String.raw`\.dibs/checkpoints/[^/]+\.json\.[a-z0-9]+`)],
  ['.dibs/consumers/<consumer>', inRoom(String.raw`\.dibs/consumers/[a-z0-9-]+`)],
  ['.dibs/stages/stage.<token>', inRoom(String.raw`\.dibs/stages/stage\.[a-z0-9]+`)],
  ['.dibs/stages/stage.<consumer>', inRoom(String.raw`\.dibs/stages/stage\.[a-z0-9-]+`)],
  ['.dibs/stages/<id>.json.<token>', inRoom(String.raw`\.dibs/stages/[^/]+\.json\.[a-z0-9]+`)],
  ['.dibs/stages/<id>.json.<consumer>-<k>a<n>.settling', inRoom(String.raw`\.dibs/stages/${CLAIM}\.settling`)],
  ['running/<id>.json.<consumer>-<k>a<n>.wip', inRoom(String.raw`(?:\d+-)?running/${CLAIM}\.wip`)],
  ['running/<id>.json.<consumer>-<k>a<n>.settling', inRoom(String.raw`(?:\d+-)?running/${CLAIM}\.settling`)],
  ['running/<id>.json.<consumer>-<k>a<n>.going', inRoom(String.raw`(?:\d+-)?running/${CLAIM}\.going`)],
  ['running/<id>.json.<consumer>-<k>a<n>.back', inRoom(String.raw`(?:\d+-)?running/${CLAIM}\.back`)],
  ['<status>/<id>.json', inRoom(String.raw`(?:\d+-)?(?:pending|succeeded|failed|ignored)/[^/]+\.json`)],
  ['plan.json', beside(String.raw`plan\.json`)],
  ['parts-<token>/000000.json', beside(String.raw`parts-[0-9a-f]+/\d{6}\.json`)],
  ['left-<token>/00/00/5a', beside('left-[0-9a-f]+/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{2}')],
  ['announced-<token>.json', beside(String.raw`(?:announced|published)-[0-9a-f]+\.json`)],
  ['verdict-<token>.json', beside(String.raw`verdict-[0-9a-f]+\.json`)],
  ['.sales.tsv.<task>-<attempt>.<token>.staged', /^\.\.\/[^/]+\/\.[^/]+\.[0-9a-f]{8}-\d+\.[0-9a-f]{8}\.staged$/],
  ['its output', /^\.\.\/[^/]+\/[^/.][^/]*$/],
];

const IN_ROOM = new RegExp(`^(${ROOM})/(?:\\.dibs/)?([^/]+)/([^/]+)$`);

/**
 * What must hold of all names of a store together, each task by itself: it lies in one place or somebody has it, and it has an id.
 * @param {readonly { readonly path: string, readonly file: string }[]} found
 * @returns {string[]}
 */
export function judgeTasks(found) {
  const tasks = new Map();
  for (const { path, file } of found) {
    const [, room, place, name] = IN_ROOM.exec(path) ?? [];
    const [, id, state] =
      /^([^~]+?)(?:~[a-z0-9]+)?\.json(?:\.[a-z0-9]+|(?:\.[a-z0-9-]+)?\.(wip|settling|going|back))?$/.exec(name ?? '') ?? [];
    if (id === undefined || !/^(?:ids|stages|(?:\d+-)?(?:pending|running|succeeded|failed|ignored))$/.test(place)) continue;
    const key = `${room}: ${id}`;
    const task = tasks.get(key) ?? { lies: [], ends: [], ids: [], stages: [] };
    tasks.set(key, task);
    if (place === 'ids') task.ids.push(file);
    else if (place.startsWith('stages')) task.stages.push(file);
    else if (state !== undefined && state !== 'wip') task.ends.push(path);
    else task.lies.push(path);
  }
  return [...tasks].flatMap(([task, { lies, ends, ids, stages }]) => {
    if (lies.length > 1) return [`${task} lies under ${lies.join(' and ')}`];
    if (lies.length === 1 && ids.length === 0) return [`${task} has no id`];
    const isSomewhere = lies.length > 0 || ends.length > 0 || stages.some((file) => ids.includes(file));
    return ids.length === 1 && !isSomewhere ? [`${task} is lost: there is its id alone`] : [];
  });
}
