import { CloudFailure, type CloudTarget, type TagEdit } from '../cloud.ts';
import type { ProjectNames } from './asset-names.ts';
import { printable } from './failures.ts';
import { type Bound, type EffectiveTag, effective } from './found.ts';
import type { Requests, Spot } from './session.ts';

export interface Writing {
  readonly target: CloudTarget;
  readonly project: ProjectNames;
  readonly requests: Requests;
  /** Cached; null = there is no such value. */
  readonly tagValue: (name: string) => Promise<string | null>;
}

/**
 * One edit: everything is looked up and refused before anything is written. A key holds one value on an object, so a wrong value is
 * taken off before the right one is put on; what cannot be put on is put back. Ends with a look at what stands. Rejects with CloudFailure. (`tagBindingCollections` would change
 * all keys at once under an etag; the protos of @google-cloud/resource-manager 6.3 do not hold it.)
 */
export async function writeEdit(edit: TagEdit, spot: Spot, writing: Writing): Promise<void> {
  const { requests, target, project } = writing;
  const label = [...edit.set.keys(), ...edit.unset].find((key) => !key.includes('/'));
  if (label !== undefined) {
    throw new CloudFailure(
      'refused',
      `\`${printable(label)}\` is a label: Terraform writes labels, and no other API writes every type's`,
      'run `terraform apply`, which puts the labels of the configuration back',
    );
  }
  const wanted = await valuesOf(edit, writing);
  const now = await requests.effectiveTags(target, spot);
  if (now === null) throw gone(spot);
  const { direct } = effective(now, project);
  const changed: string[] = [];
  try {
    for (const [key, value] of wanted) {
      const old = direct.get(key);
      if (old?.valueId === value.valueId) continue;
      await replace(key, old, value, spot, writing);
      changed.push(`\`${key}\``);
    }
    for (const key of edit.unset) {
      const old = direct.get(key);
      if (old === undefined || edit.set.has(key)) continue;
      await requests.unbind(target, spot, old.valueId);
      changed.push(`\`${key}\``);
    }
  } catch (error) {
    if (changed.length === 0 || !(error instanceof CloudFailure)) throw error;
    throw extended(error, `changed before that: ${changed.join(', ')}`);
  }
  if ((await requests.effectiveTags(target, spot, (tags) => asWanted(tags, edit, project))) === null) throw gone(spot);
}

async function valuesOf(edit: TagEdit, { tagValue }: Writing): Promise<ReadonlyMap<string, Bound>> {
  const values = new Map<string, Bound>();
  for (const [key, value] of edit.set) {
    const valueId = await tagValue(`${key}/${value}`);
    if (valueId === null) {
      const hint = 'create it first, or correct the value';
      throw new CloudFailure('refused', printable(`the tag key \`${key}\` has no value \`${value}\``), hint);
    }
    values.set(key, { value, valueId });
  }
  return values;
}

async function replace(
  key: string,
  old: Bound | undefined,
  value: Bound,
  spot: Spot,
  { requests, target }: Writing,
): Promise<void> {
  if (old !== undefined) await requests.unbind(target, spot, old.valueId);
  try {
    await requests.bind(target, spot, value.valueId);
  } catch (error) {
    if (old === undefined || !(error instanceof CloudFailure)) throw error;
    let left = `\`${key}\` is \`${old.value}\` again`;
    try {
      await requests.bind(target, spot, old.valueId);
    } catch (again) {
      if (!(again instanceof CloudFailure)) throw again;
      left = `\`${key}\`, which was \`${old.value}\`, is off now`;
    }
    throw extended(error, left);
  }
}

/** The same failure, and what it leaves behind. */
function extended(failure: CloudFailure, left: string): CloudFailure {
  const { kind, message, hint, permission, retryAfter } = failure;
  return new CloudFailure(kind, `${message}; ${left}`, hint, { permission, retryAfter, cause: failure });
}

/** Throws where the tags are not those of the edit: others write them too, or the change is still on its way. */
function asWanted(tags: readonly EffectiveTag[], edit: TagEdit, project: ProjectNames): void {
  const { direct } = effective(tags, project);
  const say = (key: string) => (direct.has(key) ? `\`${direct.get(key)?.value}\`` : 'off');
  const late = [...edit.set].find(([key, value]) => direct.get(key)?.value !== value);
  const left = [...edit.unset].find((key) => !edit.set.has(key) && direct.has(key));
  if (late === undefined && left === undefined) return;
  const [key, now] = late ? [late[0], `\`${late[1]}\``] : [left ?? '', 'off'];
  const message = `\`${key}\` was set to ${now}, and reads ${say(key)}`;
  throw new CloudFailure('transient', message, 'see who else writes it, and read again later', { retryAfter: 1_000 });
}

function gone(spot: Spot): CloudFailure {
  return new CloudFailure('refused', `there is no such thing any more: \`${spot.id}\``, 'refresh the state');
}
