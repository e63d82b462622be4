import { expect, it } from 'vitest';
import { newRunToken, parseRunToken } from '../../src/doctor/run-token.ts';

it('tells whose it is, has no dots, and is never given twice', () => {
  const [one, other] = [newRunToken(), newRunToken()];
  expect(parseRunToken(one)).toEqual({ host: expect.stringMatching(/^[a-z0-9-]*$/), pid: process.pid });
  expect(one).not.toContain('.');
  expect(one).not.toBe(other);
});

it.each(['', 'meeting', 'host-12', 'host-x-00000000', 'host-1-0000000g', 'Host-1-00000000', 'a.b-1-00000000'])('refuses %j', (text) => {
  expect(parseRunToken(text)).toBeNull();
});

it('reads a host with dashes in its name', () => {
  expect(parseRunToken('web-01-4711-0a1b2c3d')).toEqual({ host: 'web-01', pid: 4711 });
});
