/** What is known of the file system a folder lies on, before anything is tried. */
export interface KindFinding {
  /** As `ext`, `nfs` or `fuse.sshfs`; null if the system does not say. */
  readonly name: string | null;
  readonly nature: Nature;
  /** Mount options that matter, as `vers=4.2`. */
  readonly options: readonly string[];
  /** A program that keeps copies of the folder on other machines, by its name; null if the path tells of none. */
  readonly cloud: string | null;
}

/**
 * `local`: a disk of this machine. `memory`: gone at a power cut, whatever is synced. `network`: other machines may see it
 * too. `program`: behind FUSE, where a program may do as it likes. `layered`: what lies below it counts.
 */
export type Nature = 'local' | 'memory' | 'network' | 'program' | 'layered' | 'unknown';

const KINDS: readonly (readonly [number: number, name: string, nature: Nature])[] = [
  [0xef53, 'ext', 'local'],
  [0x58465342, 'xfs', 'local'],
  [0x9123683e, 'btrfs', 'local'],
  [0x2fc12fc1, 'zfs', 'local'],
  [0xf2f52010, 'f2fs', 'local'],
  [0xca451a4e, 'bcachefs', 'local'],
  [0x4d44, 'vfat', 'local'],
  [0x2011bab0, 'exfat', 'local'],
  [0x5346544e, 'ntfs', 'local'],
  [0x7366746e, 'ntfs3', 'local'],
  [0x01021994, 'tmpfs', 'memory'],
  [0x858458f6, 'ramfs', 'memory'],
  [0x6969, 'nfs', 'network'],
  [0x517b, 'smb', 'network'],
  [0xff534d42, 'cifs', 'network'],
  [0xfe534d42, 'smb2', 'network'],
  [0x00c36400, 'ceph', 'network'],
  [0x0bd00bd0, 'lustre', 'network'],
  [0x01161970, 'gfs2', 'network'],
  [0x7461636f, 'ocfs2', 'network'],
  [0x5346414f, 'afs', 'network'],
  [0x01021997, '9p', 'network'],
  [0x786f4256, 'vboxsf', 'network'],
  [0x65735546, 'fuse', 'program'],
  [0x794c7630, 'overlay', 'layered'],
];

const CLOUDS: readonly (readonly [folder: RegExp, name: string])[] = [
  [/^dropbox\b/i, 'Dropbox'],
  [/^onedrive\b/i, 'OneDrive'],
  [/^(google ?drive|my drive|googledrive-.*)$/i, 'Google Drive'],
  [/^(icloud ?drive|mobile documents|com~apple~clouddocs)$/i, 'iCloud'],
  [/^nextcloud$/i, 'Nextcloud'],
  [/^owncloud$/i, 'ownCloud'],
  [/^(box|box sync)$/i, 'Box'],
  [/^cloudstorage$/i, 'a cloud drive'],
];

/** How clients cache, and which version they speak. */
const TELLING = /^(vers=|nfsvers=|ac(reg|dir)(min|max)=|actimeo=|noac$|lookupcache=|nolock$|soft$|cache=|sync$|ro$)/;

/** @param mounts where the folder really lies, and the text of `/proc/self/mountinfo` */
export function kindOf(type: number | null, mounts: { readonly path: string; readonly list: string }): KindFinding {
  const mount = mountOf(mounts.path, mounts.list);
  const [, name, nature] = KINDS.find(([number]) => type !== null && number === type >>> 0) ?? [0, null, natureOf(mount?.type)];
  return {
    // FUSE says by its mount which program it is, and NFS which version.
    name: mount !== null && (name === null || mount.type.startsWith(name)) ? mount.type : name,
    nature,
    options: mount?.options.filter((option) => TELLING.test(option)) ?? [],
    cloud: cloudOf(mounts.path),
  };
}

interface Mount {
  readonly type: string;
  readonly options: readonly string[];
}

/** The mount that a path lies below: of several in the same place the last. */
function mountOf(path: string, list: string): Mount | null {
  let [found, depth]: [Mount | null, number] = [null, -1];
  for (const line of list.split('\n')) {
    const [before = '', after] = line.split(' - ');
    const [point, options] = before.split(' ').slice(4);
    const [type, , more = ''] = after?.split(' ') ?? [];
    if (point === undefined || type === undefined) continue;
    const place = unescapeMount(point);
    if (!`${path}/`.startsWith(place === '/' ? '/' : `${place}/`) || place.length < depth) continue;
    depth = place.length;
    found = { type, options: [...new Set([...(options ?? '').split(','), ...more.split(',')])] };
  }
  return found;
}

/** A space in a path is `\040` there. */
function unescapeMount(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function natureOf(type: string | undefined): Nature {
  return type?.startsWith('fuse') ? 'program' : 'unknown';
}

function cloudOf(path: string): string | null {
  const parts = path.split(/[/\\]/);
  return CLOUDS.find(([folder]) => parts.some((part) => folder.test(part)))?.[1] ?? null;
}
