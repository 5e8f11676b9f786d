import { UNKNOWN } from '../../src/plan/value.ts';
import type { EffectiveTags, Provider, TagInput } from '../provider.ts';
import { labelsOf } from './labels.ts';
import { located } from './located.ts';
import { fullNames, tagNames } from './names.ts';
import { accounts, namespace, regions } from './place.ts';
import { resourceManagerTags } from './resource-manager.ts';
import { LABEL_EDIT_REPLACES, TAG_PARAMS_IN_PLACE } from './tag-types.ts';

/**
 * Terraform's Google providers (cloud-tags.md 2). A key without a slash is a label, one with a slash a Resource Manager tag; both
 * stand in one map, since a label key cannot hold a slash. What holds for the latter stands in `slash`.
 */
export const google: Provider = {
  carrier: 'google',
  sources: ['hashicorp/google', 'hashicorp/google-beta'],
  foldKey: (key) => key,
  effectiveTags,
  accounts,
  regions,
  namespace,
  mirrors: ['terraform_labels', 'effective_labels'],
  tagNames,
  fullNames,
  cloud: 'google',
  located,
  tagEditReplaces: (type, key) =>
    key.includes('/') ? !TAG_PARAMS_IN_PLACE.has(type) && !type.startsWith('google_bigquery_') : LABEL_EDIT_REPLACES.has(type),
};

function effectiveTags(input: TagInput): EffectiveTags {
  const labels = labelsOf(input);
  const tags = resourceManagerTags(input, labels.taggable);
  const carriers = [...labels.carriers, ...tags.carriers];
  if (input.values === UNKNOWN) {
    const open = { why: 'the whole object is known only after apply', path: null };
    const seen = input.otherValues !== null && input.otherValues !== UNKNOWN;
    return {
      taggable: seen ? labels.taggable : 'yes',
      tags: new Map(),
      open,
      carriers,
      slash: { taggable: tags.taggable, open },
    };
  }
  return {
    taggable: labels.taggable,
    tags: tags.entries.size === 0 ? labels.entries : new Map([...labels.entries, ...tags.entries]),
    open: labels.open,
    carriers,
    slash: { taggable: tags.taggable, open: tags.open },
  };
}
