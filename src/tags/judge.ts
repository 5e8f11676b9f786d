import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { companionFindings } from './companions.ts';
import { disagreement } from './disagrees.ts';
import type { Finding } from './finding.ts';
import { grantFindings } from './grants.ts';
import { occasionOf } from './occasion.ts';
import { replacesFinding } from './replaces.ts';
import { requiredFindings } from './required.ts';

export interface JudgeInput {
  /** Every row of the plan, no-ops included, in plan order: companions are looked for among all of them. */
  readonly rows: readonly ClassifiedChange[];
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
}

/** The tag findings that one plan by itself decides (tags.md 2): in row order, then in the order of the attributes. Pure. */
export function judgeTags({ rows, attributes }: JudgeInput): Finding[] {
  const carried = [...attributes.values()].filter((attribute) => attribute.carriers !== null && attribute.carriers.size > 0);
  const findings: Finding[] = [];
  const classified = new Map(rows.map((row) => [row.change, row]));
  for (const row of rows) {
    if (row.change.mode !== 'managed') continue;
    const occasion = occasionOf(row);
    const gone = occasion.replace ? [row] : row.recreates.flatMap((change) => classified.get(change) ?? []);
    for (const attribute of carried) {
      findings.push(...requiredFindings(row, attribute));
      for (const object of gone) findings.push(...grantFindings(row, object, attribute));
    }
    for (const object of gone) findings.push(...companionFindings(row, object, rows, carried));
    for (const attribute of attributes.values()) findings.push(...disagreement(row, attribute));
    findings.push(...replacesFinding(row));
  }
  return findings;
}
