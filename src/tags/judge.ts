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
  return rows.flatMap(tagJudge({ rows: changes, known, mentions, attributes, classified: known }));
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
}): (row: ClassifiedChange) => Finding[] {
  const carried = [...attributes.values()].filter((attribute) => attribute.carriers !== null && attribute.carriers.size > 0);
  const hanging = new Hanging(rows, known, mentions);
  return (row) => {
    if (row.change.mode !== 'managed') return [];
    try {
      const occasion = occasionOf(row);
      const gone = occasion.replace ? [row] : row.recreates.flatMap((change) => classified(change) ?? []);
      return judgeRow(row, occasion, gone, hanging, attributes, carried);
    } catch (error) {
      return [notJudged(row, error)];
    }
  };
}

/** `gone`: the objects that this row's object takes the place of. */
function judgeRow(
  row: ClassifiedChange,
  occasion: Occasion,
  gone: readonly ClassifiedChange[],
  hanging: Hanging,
  attributes: JudgeInput['attributes'],
  carried: readonly AttributeDefinition[],
): Finding[] {
  const findings: Finding[] = [];
  for (const attribute of carried) {
    findings.push(...requiredFindings(row, attribute, occasion));
    for (const object of gone) findings.push(...grantFindings(row, object, attribute));
  }
  for (const object of gone) findings.push(...companionFindings(row, object, hanging, carried));
  for (const attribute of attributes.values()) findings.push(...disagreement(row, attribute));
  if (occasion.replace) findings.push(...replacesFinding(row));
  return findings;
}

/** What throws while a row's tags are judged denies that row. */
function notJudged({ change: { address, deposed } }: ClassifiedChange, error: unknown): Finding {
  const message = `its tags could not be judged: ${kindOfError(error)}, a defect of inlane`;
  return { code: 'tag-unknown', severity: 'deny', address, deposed, key: null, message, fix: null, enforce: true };
}
