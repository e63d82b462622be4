import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecord, parseRecord } from '../../src/formats/json-record.ts';
import { formatManifest, MANIFEST_FILE, MANIFEST_FORMAT, parseManifest } from '../../src/formats/manifest.ts';
import type { Manifest } from '../../src/formats/manifest.ts';
import { anyText } from '../support/any-text.ts';

function written(manifest: Manifest): string {
  return formatRecord(MANIFEST_FORMAT, formatManifest(manifest));
}

function read(text: string): Manifest | null | string {
  const record = parseRecord(MANIFEST_FORMAT, text);
  return record.kind === 'record' ? parseManifest(record.fields) : record.kind;
}

describe('the manifest', () => {
  it('is one line of JSON, with the checksum of the rest last', () => {
    const facts = '{"format":"dibs/persistent-queue","version":1,"name":"queue"}';
    const checksum = crc32(Buffer.from(facts)).toString(16).padStart(8, '0');
    expect(MANIFEST_FILE).toBe('queue.json');
    expect(written({ name: 'queue' })).toBe(`${facts.slice(0, -1)},"checksum":"${checksum}"}\n`);
    expect(checksum).toBe('b2553c5e');
  });

  it('is read as it is written, with the directory that is resumed if there is one', () => {
    const text = anyText(30);
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (name, resumes) => {
        expect(written({ name, resumes })).toMatch(/^[^\n]*\n$/);
        expect(read(written({ name, resumes }))).toEqual({ name, resumes });
      }),
    );
  });

  it('is damaged, and never somebody else’s, whatever byte or bit of it is another', () => {
    const text = written({ name: 'queue', resumes: '/runs/1' });
    const found = new Set<unknown>();
    for (let length = 0; length < text.length; length += 1) found.add(read(text.slice(0, length)));
    for (let bit = 0; bit < 8 * text.length; bit += 1) {
      const bytes = Buffer.from(text);
      bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      found.add(read(bytes.toString()));
    }
    expect([...found]).toEqual(['damaged']);
  });

  it('has a name, and may have fields that a later version adds', () => {
    expect(parseManifest({})).toBeNull();
    expect(parseManifest({ name: 7 })).toBeNull();
    expect(parseManifest({ name: 'queue', later: true })).toEqual({ name: 'queue', resumes: undefined });
    expect(parseManifest({ name: 'queue', resumes: 7 })).toEqual({ name: 'queue', resumes: undefined });
  });
});
