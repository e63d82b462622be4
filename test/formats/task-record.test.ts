import { describe, expect, it } from 'vitest';
import { formatRecord, parseRecord } from '../../src/formats/json-record.ts';
import { formatTaskRecord, newTaskRecord, parseTaskRecord, type TaskRecord, withError } from '../../src/formats/task-record.ts';

const FORMAT = { name: 'dibs/task', version: 1 } as const;
const ERROR = {
  name: 'TypeError',
  message: 'no rows',
  stack: 'at x',
  attempt: 2,
  at: '2026-11-27T10:00:00.000Z',
  cause: { name: 'Error', message: 'EIO' },
};
const RECORD: TaskRecord = {
  data: { rows: [1, null, 'ä'] },
  attempts: 3,
  failures: 1,
  createdAt: '2026-11-27T09:00:00.000Z',
  updatedAt: '2026-11-27T10:00:00.000Z',
  notBefore: '2026-11-27T11:00:00.000Z',
  errors: [ERROR],
  errorsDropped: 4,
  outputs: [{ stage: '/out/.a', path: '/out/a' }],
};

/** As it comes back from a disk. */
function again(record: TaskRecord): TaskRecord {
  const parsed = parseRecord(FORMAT, formatRecord(FORMAT, formatTaskRecord(record)));
  if (parsed.kind !== 'record') throw new Error(parsed.reason);
  return parseTaskRecord(parsed.fields);
}

describe('the record of a task', () => {
  it('goes there and back', () => {
    expect(again(RECORD)).toEqual(RECORD);
    const fresh = newTaskRecord({ n: 1 }, '2026-11-27T09:00:00.000Z');
    expect(again(fresh)).toMatchObject({ data: { n: 1 }, attempts: 0, failures: 0, errors: [], errorsDropped: 0 });
  });

  it('says nothing of what there is none of', () => {
    const fields = formatTaskRecord({ ...RECORD, notBefore: undefined, errorsDropped: 0, outputs: [] });
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['notBefore']));
    expect('errorsDropped' in fields || 'outputs' in fields).toBe(false);
  });

  it.each([
    { attempts: -1, failures: 'two', errorsDropped: 1.5 },
    { createdAt: 7, updatedAt: null, notBefore: [] },
    { errors: 'none', outputs: { stage: 'x' } },
    { errors: [null, 'x', 7], outputs: [null, { stage: 'x' }, { path: 'x' }] },
    {},
  ])('takes what %j says in another way as if it was never there', (fields) =>
    expect(parseTaskRecord(fields)).toMatchObject({
      attempts: 0,
      failures: 0,
      createdAt: '',
      updatedAt: '',
      notBefore: undefined,
      errors: [],
      errorsDropped: 0,
    }),
  );

  it('keeps of an error what makes sense', () => {
    const { errors } = parseTaskRecord({ errors: [{ name: 7, message: 'm', stack: 8, attempt: 'x', at: 9, cause: { name: 'C' } }] });
    expect(errors).toEqual([{ name: '', message: 'm', attempt: 0, at: '', cause: { name: 'C', message: '' } }]);
  });

  it('keeps the last twenty errors, and counts those before', () => {
    let record: TaskRecord = { ...RECORD, errors: [], errorsDropped: 0 };
    for (let attempt = 1; attempt <= 23; attempt += 1) record = withError(record, { ...ERROR, attempt });
    expect(record.errors.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, index) => index + 4));
    expect(record.errorsDropped).toBe(3);
  });
});
