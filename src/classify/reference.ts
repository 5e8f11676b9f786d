import type { CatalogRow, Provider } from '../../providers/provider.ts';
import type { Side } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import type { BlockAddress, ConfigBlock, ConfigExpression, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { isList, member, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { mentions } from '../plan/words.ts';
import { objectKey } from './address.ts';
import { closestInstances, closestOfBlock } from './instances.ts';
import { lookup } from './lookup.ts';
import type { PlanIndex } from './plan-index.ts';

type CatalogOf = (row: ResourceChange) => { readonly row: CatalogRow | null; readonly provider: Provider };

/** Attributes whose value names the whole object wherever it stands. */
const GLOBAL_NAMES = ['arn', 'self_link', 'id', 'unique_id', 'resource_id', 'urn', 'fully_qualified_name'];

/** What an attribute refers to. */
export interface Referred {
  /** Several for one value = it cannot be told which. */
  readonly rows: readonly ResourceChange[];
  /** Some value refers to an object that is neither in this plan nor in its state, or that cannot be told. */
  readonly missing: boolean;
}

/** That one, whatever the value, which is read only where somebody asks whether it holds others besides. */
class Configured implements Referred {
  readonly rows: readonly ResourceChange[];
  private readonly all: () => Referred;

  constructor(rows: readonly ResourceChange[], all: () => Referred) {
    this.rows = rows;
    this.all = all;
  }

  get missing(): boolean {
    return this.all().missing;
  }
}

/** Finds what attributes refer to, over one plan. Look-ups are built once. */
export class References {
  private readonly index: PlanIndex;
  private readonly catalogOf: CatalogOf;
  private answers: Answers = noAnswers();
  private readonly named = new Map<string, readonly ResourceChange[]>();
  private tables: Tables | null = null;

  constructor(index: PlanIndex, catalogOf: CatalogOf) {
    this.index = index;
    this.catalogOf = catalogOf;
  }

  /**
   * The rows whose object an attribute of `row` refers to: by reference in configuration, or by value in state (lanes.md 2,
   * "parent"). A list refers to one object per element.
   */
  of(row: ResourceChange, attribute: string, side: Side): Referred {
    let answers = this.answers[side].get(attribute);
    if (answers === undefined) {
      answers = new Map();
      this.answers[side].set(attribute, answers);
    }
    let answer = answers.get(row);
    if (answer === undefined) {
      answer = this.find(row, attribute, side);
      answers.set(row, answer);
    }
    return answer;
  }

  /** Forgets the answers; the look-ups stay. */
  rest(): void {
    this.answers = noAnswers();
  }

  private find(row: ResourceChange, attribute: string, side: Side): Referred {
    const configured = side === 'after' || !hasSide(row, 'before') || hasSide(row, 'after');
    const byReference = configured ? rowsByReference(row, attribute, this.index) : [];
    const all = () => this.byValues(byReference, row, attribute, side);
    return byReference.length === 1 ? new Configured(byReference, all) : all();
  }

  /** By what the attribute holds, among the rows that the configuration refers to where there are any. */
  private byValues(byReference: readonly ResourceChange[], row: ResourceChange, attribute: string, side: Side): Referred {
    const texts = valuesAt(side === 'before' ? row.before : row.after, attribute);
    if (byReference.length === 1 && texts.length <= 1) return { rows: byReference, missing: false };
    const found = texts.map((text) => {
      if (text === null) return [];
      return byReference.length > 0 ? this.among(byReference, text) : this.byValue(row, text, attribute);
    });
    const rows = [...new Set(found.flat())];
    if (rows.length === 0) return { rows: byReference, missing: byReference.length === 0 };
    return { rows, missing: found.some((of) => of.length === 0) };
  }

  /** Of several instances that the configuration refers to, those whose id or name is the value or stands in it. */
  private among(rows: readonly ResourceChange[], text: string): ResourceChange[] {
    const exact = rows.filter((r) => globalNames(r).includes(text) || this.isNamed(text, r));
    if (exact.length > 0) return exact;
    const names = (r: ResourceChange) => namesOf(r, this.catalogOf(r).row);
    const equal = rows.filter((r) => names(r).includes(text));
    return equal.length > 0 ? equal : rows.filter((r) => names(r).some((name) => mentions(text, name)));
  }

  /** Rows that own the value: equal to their id, ARN or self link; or naming them in an attribute that the catalog says refers to their type; or holding their name where prior state says they depend. */
  private byValue(row: ResourceChange, text: string, attribute: string): ResourceChange[] {
    const { byGlobalName, byName, byAddress } = this.lookUps;
    const others = (rows: readonly ResourceChange[] | undefined) => (rows ?? []).filter((r) => r !== row);
    const exact = others([...(byGlobalName.get(text) ?? []), ...this.byFullName(text)]);
    if (exact.length > 0) return exact;
    const types = new Set((this.catalogOf(row).row?.refers ?? []).filter((r) => r.attribute === attribute).map((r) => r.type));
    const named = others(byName.get(text)).filter((r) => types.has(r.type));
    if (named.length > 0) return named;
    const depends = this.index.dependsOn(objectKey(row.address, row.deposed));
    return others(depends.flatMap((address) => byAddress.get(address) ?? [])).filter((r) =>
      namesOf(r, this.catalogOf(r).row).some((name) => mentions(text, name)),
    );
  }

  /** Full resource names (`//sqladmin.googleapis.com/...`) are the provider's to read. */
  private byFullName(text: string): readonly ResourceChange[] {
    if (!text.startsWith('//')) return [];
    const rows = this.named.get(text) ?? this.lookUps.objects.filter((r) => this.isNamed(text, r));
    this.named.set(text, rows);
    return rows;
  }

  private isNamed(text: string, row: ResourceChange): boolean {
    const { isNamedBy } = this.catalogOf(row).provider;
    if (isNamedBy === undefined) return false;
    const names = (values: ObjectValue | Unknown | null) =>
      values !== null && values !== UNKNOWN && isNamedBy(text, row.type, values);
    const { before, after } = row;
    return names(before) || (after !== before && names(after));
  }

  private get lookUps(): Tables {
    if (this.tables === null) {
      const objects = this.index.objects.filter((r) => r.mode === 'managed' && r.deposed === null);
      const tables = { objects, byGlobalName: new Map(), byName: new Map(), byAddress: new Map() };
      for (const row of objects) {
        for (const name of globalNames(row)) append(tables.byGlobalName, name, row);
        for (const name of namesOf(row, this.catalogOf(row).row)) append(tables.byName, name, row);
        append(tables.byAddress, stripKeys(row.address), row);
      }
      this.tables = tables;
    }
    return this.tables;
  }
}

/** By side and attribute. */
type Answers = Readonly<Record<Side, Map<string, Map<ResourceChange, Referred>>>>;

function noAnswers(): Answers {
  return { before: new Map(), after: new Map() };
}

interface Tables {
  readonly objects: readonly ResourceChange[];
  readonly byGlobalName: ReadonlyMap<string, readonly ResourceChange[]>;
  readonly byName: ReadonlyMap<string, readonly ResourceChange[]>;
  readonly byAddress: ReadonlyMap<string, readonly ResourceChange[]>;
}

/** The texts at an attribute: one, or those of a list; null for one that is not known. */
function valuesAt(values: ObjectValue | Unknown | null, attribute: string): (string | null)[] {
  if (values === null || values === UNKNOWN) return [];
  const state = lookup(values, parsePattern(attribute));
  if (state.kind === 'value') return isList(state.value) ? state.value.map(textOf) : [textOf(state.value)];
  if (state.kind === 'members') return [...[...state.members.keys()].map(textOf), ...(state.open === null ? [] : [null])];
  return [];
}

/** The one text at an attribute, or null. */
function singleValue(values: ObjectValue | Unknown | null, attribute: string): string | null {
  const texts = valuesAt(values, attribute);
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

function textOf(value: Value): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function rowsByReference(row: ResourceChange, attribute: string, index: PlanIndex): readonly ResourceChange[] {
  const blocks = row.block === null ? NO_BLOCKS : blocksAt(row.block, attribute);
  if (blocks.length === 0) return NO_ROWS;
  const [only] = blocks;
  if (blocks.length === 1 && only !== undefined) return closestOfBlock(row, index.byBlock.get(only) ?? NO_ROWS);
  return closestInstances(
    row,
    blocks.flatMap((block) => index.byBlock.get(block) ?? NO_ROWS),
  );
}

const NO_BLOCKS: readonly BlockAddress[] = [];
const NO_ROWS: readonly ResourceChange[] = [];

const referred = new WeakMap<ConfigBlock, Map<string, readonly BlockAddress[]>>();

/** The blocks that the expression of an attribute refers to. */
function blocksAt(block: ConfigBlock, attribute: string): readonly BlockAddress[] {
  let attributes = referred.get(block);
  if (attributes === undefined) {
    attributes = new Map();
    referred.set(block, attributes);
  }
  let blocks = attributes.get(attribute);
  if (blocks === undefined) {
    const [first = '', ...rest] = attribute.split('.');
    const expression = expressionAt(block.expressions.get(first), rest);
    blocks = expression?.kind === 'references' ? [...new Set(expression.targets.map((target) => target.block))] : NO_BLOCKS;
    attributes.set(attribute, blocks);
  }
  return blocks;
}

/** The expression below a nested block: `metadata.0.namespace` looks into the first `metadata` block. */
function expressionAt(expression: ConfigExpression | undefined, rest: readonly string[]): ConfigExpression | null {
  let at = expression;
  let i = 0;
  while (at && i < rest.length) {
    if (at.kind !== 'blocks') return at;
    const step = rest[i] as string;
    const number = Number(step);
    const block: ReadonlyMap<string, ConfigExpression> | undefined = at.blocks[Number.isInteger(number) ? number : 0];
    i += Number.isInteger(number) || step === '*' ? 1 : 0;
    if (i >= rest.length) break;
    at = block?.get(rest[i] as string);
    i += 1;
  }
  return at ?? null;
}

/** The names that mean the object wherever they stand, on either side. */
function globalNames(row: ResourceChange): string[] {
  const names = new Set<string>();
  for (const values of [row.before, row.after] as readonly (ObjectValue | Unknown | null)[]) {
    if (values === null || values === UNKNOWN) continue;
    for (const attribute of GLOBAL_NAMES) {
      const text = textOf(member(values, attribute) ?? null);
      if (text !== null) names.add(text);
    }
  }
  return [...names];
}

/** The names an object goes by: its catalog identity, on either side. */
function namesOf(row: ResourceChange, catalog: CatalogRow | null): string[] {
  return catalog?.identity === undefined ? [] : namesIn([row.before, row.after], catalog);
}

export function namesIn(sides: readonly (ObjectValue | Unknown | null)[], catalog: CatalogRow | null): string[] {
  const names = new Set<string>();
  for (const attribute of catalog?.identity ?? []) {
    for (const values of sides) {
      const text = values === null ? null : singleValue(values, attribute);
      if (text !== null) names.add(text);
    }
  }
  return [...names];
}
