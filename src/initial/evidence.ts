import type { CarrierName } from '../../providers/provider.ts';
import type { ClassifiedChange, ObjectView } from '../classify/model.ts';
import type { Operation } from '../logic/fact.ts';
import type { PlanFile } from '../plan/model.ts';

/** One resource of a plan, as far as a proposal needs it; of its after side, or of the before side where it goes. */
export interface SeenObject {
  /** Position of its plan. */
  readonly plan: number;
  readonly type: string;
  readonly provider: string;
  readonly mode: 'managed' | 'data' | 'other';
  /** Under which name of a `tag:` map its tags stand; null = its provider carries none. */
  readonly carrier: CarrierName | null;
  readonly taggable: boolean;
  /** Tag key to its value; null = known only after apply, or sensitive. */
  readonly tags: ReadonlyMap<string, string | null>;
  /** Account, project or subscription id, where all that speaks agrees. */
  readonly account: string | null;
  readonly namespace: string | null;
  /** Primary class first; empty = not known. */
  readonly classes: readonly string[];
  /** False = in no catalog, so that its class is unknown. */
  readonly catalogued: boolean;
  readonly operations: readonly Operation[];
  /** Created, replaced or imported by the plan. */
  readonly made: boolean;
}

export interface SeenPlan {
  /** As the user named it, without folders of the machine. */
  readonly name: string;
  /** Root variables that hold text; sensitive ones are masked at the door and never get here. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What the plans say of what the user has. Pure data: no value that is sensitive, and of the others only tags, variables and places. */
export interface Evidence {
  readonly plans: readonly SeenPlan[];
  readonly objects: readonly SeenObject[];
}

/** Gathers what a proposal is made from. `rows` were classified without any declared attribute. */
export function evidenceOf(
  plans: readonly { readonly plan: PlanFile; readonly rows: readonly ClassifiedChange[] }[],
  primary: (name: string) => boolean,
): Evidence {
  return {
    plans: plans.map(({ plan }) => ({ name: planName(plan.path), variables: textVariables(plan) })),
    objects: plans.flatMap(({ rows }, index) => rows.map((row) => seen(row, index, primary))),
  };
}

/** How a lane file names the plan that it was made from: relative to where the run looks from, never by a path of the machine. */
export function planName(path: string): string {
  if (path === '-') return 'standard input';
  const absolute = path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
  return absolute ? path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) : path;
}

function textVariables(plan: PlanFile): ReadonlyMap<string, string> {
  return new Map([...plan.variables].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
}

function seen(row: ClassifiedChange, plan: number, primary: (name: string) => boolean): SeenObject {
  const { change, provider } = row;
  const side = row.after ?? row.before;
  const [first] = row.classes;
  const mode = change.mode === 'managed' || change.mode === 'data' ? change.mode : 'other';
  return {
    plan,
    type: change.type,
    provider: change.provider,
    mode,
    carrier: provider.carrier,
    taggable: mode === 'managed' && side?.tags.taggable === 'yes',
    tags: new Map([...(side?.tags.tags ?? [])].map(([key, tag]) => [key, tag.state === 'known' ? tag.value : null])),
    account: textOf(side, 'account'),
    namespace: provider.namespace(valuesOf(row), row.row)?.value ?? null,
    classes: first !== undefined && primary(first) ? row.classes : [],
    catalogued: row.row !== null,
    operations: row.operations,
    made: row.operations.includes('create') || row.operations.includes('import'),
  };
}

function valuesOf({ change }: ClassifiedChange) {
  return change.after ?? change.before;
}

function textOf(side: ObjectView | null, key: string): string | null {
  const state = side?.fact(key).state;
  return state?.kind === 'value' && typeof state.value === 'string' ? state.value : null;
}
