import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange, KnownChange } from '../classify/model.ts';
import { kindOfError } from '../errors.ts';
import { Mentions } from '../plan/mentions.ts';
import type { ResourceChange } from '../plan/model.ts';
import { companionFindings } from './companions.ts';
import { disagreement } from './disagrees.ts';
import type { Finding } from './finding.ts';
import { grantFindings } from './grants.ts';
import { Hanging } from './hanging.ts';
import { type Occasion, occasionOf } from './occasion.ts';
import { replacesFinding } from './replaces.ts';
import { requiredFindings } from './required.ts';

export interface JudgeInput {
  /** Every row of the plan, no-ops included, in plan order: companions are looked for among all of them. */
  readonly rows: readonly ClassifiedChange[];
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
}

/** The tag findings that one plan by itself decides (tags.md 2): in row order, then in the order of the attributes. Pure. */
export function judgeTags({ rows, attributes }: JudgeInput): Finding[] {
  const classified = new Map(rows.map((row) => [row.change, row]));
  const changes = rows.map((row) => row.change);
  const mentions = new Mentions(changes);
  const known = (change: ResourceChange) => classified.get(change) as ClassifiedChange;
  const judge = tagJudge({ rows: changes, known, mentions, attributes, classified: known });
  return rows.flatMap((row) => [...judge(row)]);
}

/** Judges one row after another. */
export function tagJudge({
  rows,
  known,
  mentions,
  attributes,
  classified,
}: {
  /** All rows of the plan, in its order. */
  readonly rows: readonly ResourceChange[];
  readonly known: (row: ResourceChange) => KnownChange;
  /** Of the same rows. */
  readonly mentions: Mentions;
  readonly attributes: JudgeInput['attributes'];
  /** Another row of the plan; null where it is none. */
  readonly classified: (change: ResourceChange) => ClassifiedChange | null;
}): (row: ClassifiedChange) => readonly Finding[] {
  const all = [...attributes.values()];
  const carried = all.filter((attribute) => attribute.carriers !== null && attribute.carriers.size > 0);
  const hanging = new Hanging(rows, known, mentions);
  return (row) => {
    if (row.change.mode !== 'managed') return NONE;
    try {
      const occasion = occasionOf(row);
      const gone = occasion.replace ? [row] : goneFor(row, classified);
      return judgeRow(row, occasion, gone, hanging, all, carried);
    } catch (error) {
      return [notJudged(row, error)];
    }
  };
}

/** What most rows of a large plan have of everything. */
const NONE: readonly never[] = Object.freeze([]);

function goneFor({ recreates }: ClassifiedChange, classified: (change: ResourceChange) => ClassifiedChange | null) {
  return recreates.length === 0 ? NONE : recreates.flatMap((change) => classified(change) ?? []);
}

/** `gone`: the objects that this row's object takes the place of. */
function judgeRow(
  row: ClassifiedChange,
  occasion: Occasion,
  gone: readonly ClassifiedChange[],
  hanging: Hanging,
  attributes: readonly AttributeDefinition[],
  carried: readonly AttributeDefinition[],
): readonly Finding[] {
  let findings: readonly Finding[] = NONE;
  // By number: iterators would take longer here than what they lead to, of rows that stand still.
  for (let at = 0; at < carried.length; at += 1) {
    const attribute = carried[at] as AttributeDefinition;
    findings = joined(findings, requiredFindings(row, attribute, occasion));
    if (gone.length > 0) for (const object of gone) findings = joined(findings, grantFindings(row, object, attribute));
  }
  if (gone.length > 0) for (const object of gone) findings = joined(findings, companionFindings(row, object, hanging, carried));
  for (let at = 0; at < attributes.length; at += 1)
    findings = joined(findings, disagreement(row, attributes[at] as AttributeDefinition));
  return occasion.replace ? joined(findings, replacesFinding(row)) : findings;
}

function joined(findings: readonly Finding[], more: readonly Finding[]): readonly Finding[] {
  if (more.length === 0) return findings;
  return findings.length === 0 ? more : [...findings, ...more];
}

/** What throws while a row's tags are judged denies that row. */
function notJudged({ change: { address, deposed } }: ClassifiedChange, error: unknown): Finding {
  const message = `its tags could not be judged: ${kindOfError(error)}, a defect of inlane`;
  return { code: 'tag-unknown', severity: 'deny', address, deposed, key: null, message, fix: null, enforce: true };
}
