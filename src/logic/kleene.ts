/** Kleene's three values. `unknown` never grants and never escapes a guard. */
export type Kleene = true | false | 'unknown';

export function not(a: Kleene): Kleene {
  return a === 'unknown' ? 'unknown' : !a;
}

export function both(a: Kleene, b: Kleene): Kleene {
  if (a === false || b === false) return false;
  return a === true ? b : a;
}

export function either(a: Kleene, b: Kleene): Kleene {
  if (a === true || b === true) return true;
  return a === false ? b : a;
}

export function and(values: Iterable<Kleene>): Kleene {
  let result: Kleene = true;
  for (const value of values) {
    if (value === false) return false;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

export function or(values: Iterable<Kleene>): Kleene {
  let result: Kleene = false;
  for (const value of values) {
    if (value === true) return true;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}
