import fc from 'fast-check';

/** Mostly ASCII, so that what has a meaning of its own comes often. */
const character = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
  { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xd7ff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
);

/** Any well-formed text, control characters too. (What fast-check calls a binary string takes a second to set up.) */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.array(character, { maxLength }).map((codes) => String.fromCodePoint(...codes));
}
