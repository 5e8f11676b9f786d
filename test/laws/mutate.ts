import type { Random } from './random.ts';

/** JSON as tests change it. */
export type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };
export type Branch = Tree[] | { [key: string]: Tree };
export type TreeObject = { [key: string]: Tree };

export function isBranch(tree: Tree | undefined): tree is Branch {
  return typeof tree === 'object' && tree !== null;
}

export function isTreeObject(tree: Tree | undefined): tree is TreeObject {
  return isBranch(tree) && !Array.isArray(tree);
}

/** A list member of an object; empty where there is none. */
export function listAt(tree: Tree | undefined, key: string): Tree[] {
  const list = isTreeObject(tree) ? tree[key] : undefined;
  return Array.isArray(list) ? list : [];
}

export function objectAt(tree: Tree | undefined, key: string): TreeObject | null {
  const value = isTreeObject(tree) ? tree[key] : undefined;
  return isTreeObject(value) ? value : null;
}

/** Sets a member even where its name is `__proto__`. */
export function put(object: TreeObject, key: string, value: Tree): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

export const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  '0',
  'a.b',
  '*',
  '**',
  '[0]',
] as const;

export const ODD_TEXTS = [
  '',
  ' ',
  'null',
  'production',
  'prod',
  'development',
  'a\nb',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  '::error::x',
  '__proto__',
  'x'.repeat(5000),
  'module.a["b.c"].aws_db_instance.x[0]',
  'aws_db_instance.a["]',
  'arn:aws:rds:eu-central-1:123456789012:db:x',
] as const;

/** A number that JSON.parse would round; `spell` writes it out. */
export const HUGE = '\u0001HUGE\u0001';

const ODD_NUMBERS = [0, -1, 1, 0.1, 1e308, -1e308, 2 ** 53 + 2, -0, 1e-7] as const;

export function oddValue(random: Random): Tree {
  switch (random.below(9)) {
    case 0:
      return null;
    case 1:
      return random.chance(50);
    case 2:
      return random.pick(ODD_NUMBERS);
    case 3:
      return HUGE;
    case 4:
      return [];
    case 5:
      return {};
    case 6: {
      const object: TreeObject = {};
      put(object, random.pick(ODD_KEYS), random.pick(ODD_TEXTS));
      return object;
    }
    case 7: {
      let deep: Tree = random.pick(ODD_TEXTS);
      const depth = random.pick([3, 30, 300, 600]);
      const key = random.pick(['a', 'tags', '__proto__']);
      for (let i = 0; i < depth; i += 1) {
        if (random.chance(50)) deep = [deep];
        else {
          const object: TreeObject = {};
          put(object, key, deep);
          deep = object;
        }
      }
      return deep;
    }
    default:
      return random.pick(ODD_TEXTS);
  }
}

/** JSON text of a tree; huge numbers stand as they are. */
export function spell(tree: Tree): string {
  const numbers = ['123456789012345678901234567890', '1e400', '-1e400', '0.1000000000000000000001', '9007199254740993'];
  let next = 0;
  return JSON.stringify(tree).replaceAll('"\\u0001HUGE\\u0001"', () => numbers[next++ % numbers.length] as string);
}

/** A branch and where it stands: the way down from the root is taken at random, `deeper` percent at each step. */
export function someBranch(root: Branch, random: Random, deeper = 80): Branch {
  let at = root;
  for (let steps = 0; steps < 30 && random.chance(deeper); steps += 1) {
    const children = (Array.isArray(at) ? at : Object.keys(at).map((key) => (at as TreeObject)[key])).filter(isBranch);
    if (children.length === 0) break;
    at = random.pick(children);
  }
  return at;
}

/** Drops, doubles, renames, replaces, moves or swaps something below `root`; in place. */
export function mutateTree(root: Branch, random: Random, deeper = 80): void {
  const branch = someBranch(root, random, deeper);
  if (Array.isArray(branch)) mutateList(branch, random);
  else mutateObject(branch, root, random);
}

function mutateList(list: Tree[], random: Random): void {
  const at = random.below(list.length + 1);
  switch (random.below(6)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      if (list.length > 0) list.splice(at, 0, structuredClone(random.pick(list)));
      break;
    case 2:
      list.length = Math.min(list.length, at);
      break;
    case 3:
      list.reverse();
      break;
    case 4:
      list.splice(at, 0, oddValue(random));
      break;
    default:
      if (at < list.length) list[at] = oddValue(random);
  }
}

function mutateObject(object: TreeObject, root: Branch, random: Random): void {
  const keys = Object.keys(object);
  if (keys.length === 0) {
    put(object, random.pick(ODD_KEYS), oddValue(random));
    return;
  }
  const key = random.pick(keys);
  const other = random.pick(keys);
  const value = object[key] as Tree;
  switch (random.below(8)) {
    case 0:
      delete object[key];
      break;
    case 1:
      delete object[key];
      put(object, random.chance(50) ? random.pick(ODD_KEYS) : `${key}x`, value);
      break;
    case 2:
      put(object, random.pick(ODD_KEYS), structuredClone(value));
      break;
    case 3:
      put(object, key, object[other] as Tree);
      put(object, other, value);
      break;
    case 4:
      put(object, key, null);
      break;
    case 5: {
      const elsewhere = someBranch(root, random);
      put(object, key, structuredClone(elsewhere === root ? value : elsewhere));
      break;
    }
    default:
      put(object, key, oddValue(random));
  }
}

/** Flips, cuts, doubles and inserts bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(out.length + 1);
    switch (random.below(5)) {
      case 0:
        if (at < out.length) out[at] = (out[at] as number) ^ (1 << random.below(8));
        break;
      case 1:
        out = out.subarray(0, at);
        break;
      case 2:
        out = Buffer.concat([
          out.subarray(0, at),
          Buffer.from(
            random.pick(['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '\n', '\ufeff', '0', '-', 'e9', 'null', '\u202e']),
          ),
          out.subarray(at),
        ]);
        break;
      case 3: {
        const length = random.below(200);
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.min(out.length, at + length))]);
        break;
      }
      default: {
        const length = random.below(2000);
        out = Buffer.concat([out.subarray(0, at), out.subarray(at, at + length), out.subarray(at)]);
      }
    }
  }
  return out;
}
