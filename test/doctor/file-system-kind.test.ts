import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/doctor/file-system-kind.ts';

const MOUNTS = [
  '22 1 0:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
  '23 22 0:2 / /mnt/share\\040one rw,relatime shared:2 - nfs4 server:/export rw,vers=4.2,rsize=1048576,hard,acregmax=60',
  '24 22 0:3 / /mnt/remote rw,nosuid - fuse.sshfs me@host:/data rw,user_id=0',
  '25 22 0:4 / /mnt/over rw - ext4 /dev/vdb1 rw',
  '26 22 0:5 / /mnt/over rw - cifs //server/share rw,vers=3.1.1,cache=strict,username=me',
  'garbage',
].join('\n');

const at = (type: number | null, path: string, list = MOUNTS) => kindOf(type, { path, list });

describe('the kind of a file system', () => {
  it.each([
    [0xef53, '/data', 'ext4', 'local'],
    [0x6969, '/mnt/share one/inbox', 'nfs4', 'network'],
    [0x65735546, '/mnt/remote', 'fuse.sshfs', 'program'],
    [0xff534d42, '/mnt/over/x', 'cifs', 'network'],
    [-0xacb2be, '/elsewhere', 'cifs', 'network'], // as a 32-bit system gives it
    [0x01021994, '/dev/shm', 'tmpfs', 'memory'],
    [0x794c7630, '/', 'overlay', 'layered'],
    [0x01021997, '/', '9p', 'network'],
    [0x7366746e, '/', 'ntfs3', 'local'],
  ])('%s at %s is %s', (type, path, name, nature) => {
    expect(at(type, path)).toMatchObject({ name, nature, cloud: null });
  });

  it('is what the mount says where the number is not known', () => {
    expect(at(0x12345, '/mnt/remote/x')).toMatchObject({ name: 'fuse.sshfs', nature: 'program' });
    expect(at(null, '/data')).toMatchObject({ name: 'ext4', nature: 'unknown' });
    expect(at(null, '/data', '')).toEqual({ name: null, nature: 'unknown', options: [], cloud: null });
  });

  it('comes with the options that tell how a machine caches, and with no others', () => {
    expect(at(0x6969, '/mnt/share one').options).toEqual(['vers=4.2', 'acregmax=60']);
    expect(at(0xff534d42, '/mnt/over').options).toEqual(['vers=3.1.1', 'cache=strict']);
    expect(at(0x6969, '/mnt/share oneself').options).toEqual([]);
  });
});

it.each([
  ['/home/me/Dropbox/work', 'Dropbox'],
  ['/home/me/OneDrive - Firm/work', 'OneDrive'],
  ['/Users/me/Library/Mobile Documents/x', 'iCloud'],
  ['C:\\Users\\me\\Google Drive\\x', 'Google Drive'],
  ['/Users/me/Library/CloudStorage/x', 'a cloud drive'],
  ['/srv/nextcloud', 'Nextcloud'],
  ['/srv/dropboxes', null],
  ['/srv/inbox', null],
])('a path like %s is a folder of %s', (path, cloud) => {
  expect(at(0xef53, path).cloud).toBe(cloud);
});
