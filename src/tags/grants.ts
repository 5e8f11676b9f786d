import type { TagReading } from '../../providers/provider.ts';
import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import type { Finding } from './finding.ts';
import { fixFor, wantedTag } from './fix.ts';
import { canonical, carrierKey, tagReading } from './key.ts';
import { occasionOf } from './occasion.ts';
import { finding } from './required.ts';

/**
 * grant-lost and grant-changed: what the object that goes carries, against what the one that comes carries. `ended` is the row
 * itself on a replace, another one on a recreation in disguise.
 */
export function grantFindings(row: ClassifiedChange, ended: ClassifiedChange, attribute: AttributeDefinition): Finding[] {
  const key = carrierKey(row, attribute);
  if (key === null || ended.before === null || row.after === null) return [];
  const was = tagReading(ended.before, key);
  const is = tagReading(row.after, key);
  // Most replacements keep it, and nothing is lost.
  if (was === null || (was.state === 'known' && is?.state === 'known' && same(attribute, was.value, is.value))) return [];
  const object = ended === row ? 'the object' : `\`${ended.change.address}\`, made again here under the same identity,`;
  const value = was.state === 'known' ? ` (\`${was.value}\`)` : '';
  const lost = (how: string) => {
    const fix = fixFor(row, wantedTag(row, attribute, was.state === 'known' ? was.value : null));
    return {
      ...finding(row, attribute, 'grant-lost', 'deny', key, `${object} carries \`${key}\`${value}; ${how}`, fix),
      enforce: true,
    };
  };
  if (is === null) return [lost('its replacement does not, so what is granted by it is lost')];
  if (is.state === 'unknown')
    return mayBeLost(row, attribute, was) ? [lost(`that its replacement keeps it cannot be established: ${is.why}`)] : [];
  if (was.state === 'unknown') return [];
  const message = `${object} carries \`${key}\` = \`${was.value}\`, its replacement \`${is.value}\`: what is granted by it changes`;
  return [{ ...finding(row, attribute, 'grant-changed', 'report', key, message, null), enforce: true }];
}

/** `tag-unknown` already says so for a key that is required here. */
function mayBeLost(row: ClassifiedChange, attribute: AttributeDefinition, was: TagReading): boolean {
  if (was.state !== 'known') return false;
  const on = attribute.required?.on;
  const occasion = occasionOf(row);
  const required =
    attribute.required?.enforce === true && ((occasion.replace && on?.has('replace')) || (occasion.create && on?.has('create')));
  return !required || (attribute.required?.classes ?? null) !== null;
}

function same(attribute: AttributeDefinition, a: string, b: string): boolean {
  return a === b || (canonical(attribute, a) !== null && canonical(attribute, a) === canonical(attribute, b));
}
