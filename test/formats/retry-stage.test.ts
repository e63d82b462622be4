import { expect, it } from 'vitest';
import { formatRetryStage, parseRetryStage } from '../../src/formats/retry-stage.ts';

const STAGE = { key: '81d0c46ea8b3f5d2', token: 'b27278c5a6c52' };

it.each([
  ['copied', 'retry.81d0c46ea8b3f5d2.b27278c5a6c52'],
  ['judged', 'retry.81d0c46ea8b3f5d2.b27278c5a6c52.judged'],
  ['back', 'retried.81d0c46ea8b3f5d2.b27278c5a6c52'],
] as const)('shows which file was %s', (state, name) => {
  expect(formatRetryStage({ ...STAGE, state })).toBe(name);
  expect(parseRetryStage(name)).toEqual({ ...STAGE, state });
});

it.each([
  'retried.81d0c46ea8b3f5d2.b27278c5a6c52.judged',
  'retry.81d0c46ea8b3f5d.b27278c5a6c52',
  'retry.81d0c46ea8b3f5d2',
  'retry.81d0c46ea8b3f5d2.',
  'retry.81d0c46ea8b3f5d2.x1.x',
  'xretry.81d0c46ea8b3f5d2.x1',
  'stage.81d0c46ea8b3f5d2.x1',
])('is no such stage: %s', (file) => expect(parseRetryStage(file)).toBeNull());
