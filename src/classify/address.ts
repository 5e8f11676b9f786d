/** (address, deposed) is what is unique in a plan (plan-json.md 3). */
export function objectKey(address: string, deposed: string | null): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

/** An address without its instance keys: how configuration and `depends_on` spell it. Keys may hold any character, quoted. */
export function withoutKeys(address: string): string {
  let out = '';
  let at = 0;
  while (at < address.length) {
    if (address[at] !== '[') {
      out += address[at];
      at += 1;
      continue;
    }
    let quoted = false;
    at += 1;
    while (at < address.length && (quoted || address[at] !== ']')) {
      if (quoted && address[at] === '\\') at += 1;
      else if (address[at] === '"') quoted = !quoted;
      at += 1;
    }
    at += 1;
  }
  return out;
}

/** Splits an address at its last two steps outside brackets: module path (with keys), type, name. */
export function splitAddress(address: string): { module: string | null; type: string; name: string } {
  const dots: number[] = [];
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < address.length; at += 1) {
    const c = address[at];
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '[') depth += 1;
    else if (!quoted && c === ']') depth -= 1;
    else if (!quoted && depth === 0 && c === '.') dots.push(at);
  }
  const name = dots[dots.length - 1] ?? -1;
  const type = dots[dots.length - 2] ?? -1;
  return {
    module: type < 0 ? null : address.slice(0, type),
    type: address.slice(type + 1, name),
    name: withoutKeys(address.slice(name + 1)),
  };
}
