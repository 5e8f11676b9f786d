import type { AttributeDefinition, AttributeSource, GlobMap } from '../classify/attribute.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import type { FactSource } from '../logic/fact.ts';
import { matchGlob } from '../logic/glob.ts';
import type { Finding } from './finding.ts';
import { carrierKey } from './key.ts';
import { finding } from './required.ts';

/** What most rows of a large plan have. */
const NONE: readonly Finding[] = Object.freeze([]);

/** tag-disagrees: two sources of one attribute say different things of one object. The unknown that follows denies where it matters. */
export function disagreement(row: ClassifiedChange, attribute: AttributeDefinition): readonly Finding[] {
  const view = row.after ?? row.before;
  if (view === null || row.change.mode !== 'managed' || view.speaksOnce(attribute)) return NONE;
  const fact = view.fact(attribute.name);
  if (fact.state.kind !== 'unknown') return [];
  const told = fact.sources.flatMap((source) => {
    const value = meaning(source, attribute);
    return value === null ? [] : [{ source, value }];
  });
  if (new Set(told.map(({ value }) => value)).size < 2) return [];
  const text = told.map(
    ({ source, value }) => `${source.name === null ? source.from : `${source.from} ${source.name}`} says \`${value}\``,
  );
  const message = `sources of ${attribute.name} disagree: ${text.join(', ')}`;
  const fix = { text: `make them agree, or take the wrong one out of \`from\` of ${attribute.name}`, insert: null };
  return [finding(row, attribute, 'tag-disagrees', 'warn', carrierKey(row, attribute), message, fix)];
}

/** What a source says after its map; null where it says nothing that is a value of the attribute. */
function meaning(source: FactSource, attribute: AttributeDefinition): string | null {
  if (source.value === null) return null;
  const plain = attribute.values === null ? null : (attribute.values.get(source.value) ?? null);
  for (const map of maps(attribute.sources, source)) {
    for (const [glob, value] of map) if (matchGlob(glob, source.value)) return attribute.values?.get(value) ?? value;
  }
  return attribute.values === null ? source.value : plain;
}

function maps(sources: readonly AttributeSource[], source: FactSource): GlobMap[] {
  return sources.flatMap((definition) => {
    if (definition.map === null) return [];
    const named =
      definition.from === 'tag'
        ? definition.key === source.name
        : definition.from === 'variable'
          ? definition.name === source.name
          : true;
    return definition.from === source.from && named ? [definition.map] : [];
  });
}
