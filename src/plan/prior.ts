import { objectSection } from './document.ts';
import { Held } from './held.ts';
import { isJsonObject, type Json } from './json.ts';
import type { PriorObject, PriorObjects } from './model.ts';
import { items } from './module-tree.ts';
import type { TopLevel } from './recognise.ts';
import { type RowMasks, type StateContext, StatePrior } from './state-prior.ts';
import type { StateObject } from './streamed-state.ts';
import type { ObjectValue } from './value.ts';

/** Whether there is a prior state. Throws `plan-unreadable` where it is no object. */
export function priorState(top: TopLevel): boolean {
  if (top.streamed === null || top.streamed.shapeOf(STATE) !== 'object') return objectSection(top, STATE) !== undefined;
  return true;
}

/** Objects of `prior_state`, current and deposed ones, values masked. */
export function readPrior(top: TopLevel, rowMasks: RowMasks, marksSchema: boolean): PriorObjects {
  const { streamed } = top;
  if (streamed === null) return objectsOf(objectSection(top, STATE), rowMasks, marksSchema);
  const context = { rowMasks, marksSchema, held: new Held<StatePrior, ObjectValue | null>() };
  return {
    get length() {
      return streamed.state.length;
    },
    [Symbol.iterator]: () => priorObjects(streamed.state, context),
  };
}

/** Objects of a state in the shape that `show -json` gives it, values masked. */
export function objectsOf(state: Json | undefined, rowMasks: RowMasks, marksSchema: boolean): PriorObject[] {
  return [...priorObjects(stateObjects(state), { rowMasks, marksSchema, held: null })];
}

function* priorObjects(objects: Iterable<StateObject>, context: StateContext): Generator<PriorObject> {
  for (const object of objects) yield new StatePrior(object, context);
}

const STATE = 'prior_state';

/** In plan order: a module's resources, then its children. */
function* stateObjects(section: Json | undefined): Generator<StateObject> {
  const values = isJsonObject(section) ? section.values : undefined;
  const root = isJsonObject(values) ? values.root_module : undefined;
  const open: { module: Json | undefined }[] = [{ module: root }];
  while (open.length > 0) {
    const next = (open.pop() as { module: Json | undefined }).module;
    if (!isJsonObject(next)) continue;
    const module = typeof next.address === 'string' && next.address !== '' ? next.address : null;
    for (const resource of items(next.resources)) {
      if (isJsonObject(resource))
        yield { member: (name) => resource[name], values: () => resource.values, module, json: () => null };
    }
    const children = items(next.child_modules);
    for (let i = children.length - 1; i >= 0; i -= 1) open.push({ module: children[i] });
  }
}
