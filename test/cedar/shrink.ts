import { isMap, type Node, type NodeMap } from './document.ts';

/** The smallest map found for which `fails` still holds: parts are taken away one by one, from the top down. */
export async function shrink(start: NodeMap, fails: (smaller: NodeMap) => Promise<boolean>): Promise<NodeMap> {
  let best = start;
  for (let at = 0; ; ) {
    const smaller = without(best, at);
    if (smaller === null) return best;
    if (await fails(smaller as NodeMap)) best = smaller as NodeMap;
    else at += 1;
  }
}

/** The tree without its n-th part (breadth first), or null where there are fewer. */
function without(tree: Node, n: number): Node | null {
  const paths: (readonly (string | number)[])[] = [[]];
  for (let at = 0; at < paths.length; at += 1) {
    const path = paths[at] as readonly (string | number)[];
    const node = path.reduce<Node>((inner, key) => (inner as NodeMap)[key as string] as Node, tree);
    const keys = Array.isArray(node) ? node.map((_, index) => index) : isMap(node) ? Object.keys(node) : [];
    for (const key of keys) paths.push([...path, key]);
    if (paths.length > n + 1) break;
  }
  const found = paths[n + 1];
  return found ? remove(tree, found) : null;
}

function remove(node: Node, [key, ...rest]: readonly (string | number)[]): Node {
  if (Array.isArray(node)) {
    return rest.length === 0
      ? node.filter((_, at) => at !== key)
      : node.map((item: Node, at) => (at === key ? remove(item, rest) : item));
  }
  const entries = Object.entries(node as NodeMap);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(entries.map(([name, value]) => [name, name === key ? remove(value, rest) : value]));
}
