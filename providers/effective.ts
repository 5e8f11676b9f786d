import type { EffectiveTags, Taggable, TagReading } from './provider.ts';

/** What one side says of a tag key (folded by the provider); null = the tag is absent for certain. */
export function readTag(effective: EffectiveTags, key: string): TagReading | null {
  const found = effective.tags.get(key);
  if (found !== undefined) return found;
  const open = isSlash(effective, key) ? effective.slash.open : effective.open;
  return open === null ? null : { state: 'unknown', why: open.why, path: open.path, from: 'tag' };
}

/** Whether the object can carry this key itself, only through a resource of its own, or not at all. */
export function taggableFor(effective: EffectiveTags, key: string): Taggable {
  return isSlash(effective, key) ? effective.slash.taggable : effective.taggable;
}

function isSlash(
  effective: EffectiveTags,
  key: string,
): effective is EffectiveTags & { slash: NonNullable<EffectiveTags['slash']> } {
  return effective.slash !== undefined && key.includes('/');
}
