import type { Side } from '../logic/fact.ts';
import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import type { BlockAddress, ConfigBlock, ConfigExpression, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { objectKey } from './address.ts';
import { closestOfBlock } from './instances.ts';
import { type CatalogOf, NamedRows, valuesAt } from './named-rows.ts';
import type { PlanIndex } from './plan-index.ts';

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
  /** By the rows that the configuration refers to. */
  private readonly referred = new WeakMap<readonly ResourceChange[], NamedRows>();
  private readonly rowsOfBlocks = new Map<readonly BlockAddress[], readonly ResourceChange[]>();
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
    const byReference = configured ? this.byReference(row, attribute) : NO_ROWS;
    const all = () => this.byValues(byReference, row, attribute, side);
    return byReference.length === 1 ? new Configured(byReference, all) : all();
  }

  private byReference(row: ResourceChange, attribute: string): readonly ResourceChange[] {
    const blocks = row.block === null ? NO_BLOCKS : blocksAt(row.block, attribute);
    return blocks.length === 0 ? NO_ROWS : closestOfBlock(row, this.rowsOf(blocks));
  }

  private rowsOf(blocks: readonly BlockAddress[]): readonly ResourceChange[] {
    const { byBlock } = this.index;
    const [only] = blocks;
    if (blocks.length === 1 && only !== undefined) return byBlock.get(only) ?? NO_ROWS;
    let rows = this.rowsOfBlocks.get(blocks);
    if (rows === undefined) {
      rows = blocks.flatMap((block) => byBlock.get(block) ?? NO_ROWS);
      this.rowsOfBlocks.set(blocks, rows);
    }
    return rows;
  }

  /** By what the attribute holds, among the rows that the configuration refers to where there are any. */
  private byValues(byReference: readonly ResourceChange[], row: ResourceChange, attribute: string, side: Side): Referred {
    const texts = valuesAt(side === 'before' ? row.before : row.after, attribute);
    if (byReference.length === 1 && texts.length <= 1) return { rows: byReference, missing: false };
    const found = texts.map((text) => {
      if (text === null) return [];
      return byReference.length > 0 ? this.among(byReference, text) : this.byValue(row, text, attribute);
    });
    const [only = NO_ROWS, ...more] = found;
    const rows = more.length === 0 ? only : [...new Set(found.flat())];
    if (rows.length === 0) return { rows: byReference, missing: byReference.length === 0 };
    return { rows, missing: found.some((of) => of.length === 0) };
  }

  /** Of several instances that the configuration refers to, those whose id or name is the value or stands in it. */
  private among(rows: readonly ResourceChange[], text: string): readonly ResourceChange[] {
    let named = this.referred.get(rows);
    if (named === undefined) {
      named = new NamedRows(rows, this.catalogOf);
      this.referred.set(rows, named);
    }
    const exact = named.meantBy(text);
    if (exact.length > 0) return exact;
    const equal = named.byName(text);
    return equal.length > 0 ? equal : named.mentionedIn(text);
  }

  /** Rows that own the value: equal to their id, ARN or self link; or naming them in an attribute that the catalog says refers to their type; or holding their name where prior state says they depend. */
  private byValue(row: ResourceChange, text: string, attribute: string): readonly ResourceChange[] {
    const { all, byAddress } = this.lookUps;
    const others = (rows: readonly ResourceChange[]) => where(rows, (r) => r !== row);
    const whole = all.byGlobalName(text);
    const exact = others(text.startsWith('//') ? [...new Set([...whole, ...all.byFullName(text)])] : whole);
    const types = new Set((this.catalogOf(row).row?.refers ?? []).filter((r) => r.attribute === attribute).map((r) => r.type));
    // What belongs to an object often has its very id, as all that is set of a bucket.
    const meant = exact.length > 1 ? where(exact, (r) => types.has(r.type)) : exact;
    if (exact.length > 0) return meant.length > 0 ? meant : exact;
    const named = types.size === 0 ? [] : where(others(all.byName(text)), (r) => types.has(r.type));
    if (named.length > 0) return named;
    const depends = this.index.dependsOn(objectKey(row.address, row.deposed));
    const mentioned = depends.map((address) => byAddress(address)?.mentionedIn(text) ?? NO_ROWS);
    return others(mentioned.length === 1 ? (mentioned[0] ?? NO_ROWS) : [...new Set(mentioned.flat())]);
  }

  private get lookUps(): Tables {
    if (this.tables === null) {
      const objects = this.index.objects.filter((r) => r.mode === 'managed' && r.deposed === null);
      let blocks: ReadonlyMap<string, NamedRows> | null = null;
      this.tables = {
        all: new NamedRows(objects, this.catalogOf),
        byAddress: (address) => {
          blocks ??= this.byAddress(objects);
          return blocks.get(address);
        },
      };
    }
    return this.tables;
  }

  private byAddress(objects: readonly ResourceChange[]): ReadonlyMap<string, NamedRows> {
    const rows = new Map<string, ResourceChange[]>();
    for (const row of objects) append(rows, stripKeys(row.address), row);
    return new Map([...rows].map(([address, own]) => [address, new NamedRows(own, this.catalogOf)]));
  }
}

/** By side and attribute. */
type Answers = Readonly<Record<Side, Map<string, Map<ResourceChange, Referred>>>>;

function noAnswers(): Answers {
  return { before: new Map(), after: new Map() };
}

interface Tables {
  /** Every object that can be referred to. */
  readonly all: NamedRows;
  /** Those of one block, by its address without keys. */
  byAddress(address: string): NamedRows | undefined;
}

const NO_BLOCKS: readonly BlockAddress[] = [];
const NO_ROWS: readonly ResourceChange[] = [];

/** Those for which something holds; the very list where that is all of them, so that who has the same ones is told by it. */
function where(rows: readonly ResourceChange[], holds: (row: ResourceChange) => boolean): readonly ResourceChange[] {
  return rows.every(holds) ? rows : rows.filter(holds);
}

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
