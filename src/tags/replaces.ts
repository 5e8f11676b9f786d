import type { ClassifiedChange } from '../classify/model.ts';
import { parsePattern } from '../logic/path.ts';
import type { Finding } from './finding.ts';

/** Last steps of paths that carry tags wherever they stand. */
const TAG_STEPS = new Set([
  'tags',
  'tags_all',
  'labels',
  'terraform_labels',
  'effective_labels',
  'user_labels',
  'resource_labels',
  'resource_tags',
  'resource_manager_tags',
]);

/** tag-replaces: the edit of a tag or label is what replaces the object of a row that is replaced. */
export function replacesFinding(row: ClassifiedChange): readonly Finding[] {
  const carriers = new Set([...(row.before?.tags.carriers ?? []), ...(row.after?.tags.carriers ?? [])]);
  const paths = row.change.replacePaths.filter((path) => isTagPath(path, carriers));
  if (paths.length === 0) return [];
  const { address, deposed, type } = row.change;
  const listed = paths.map((path) => `\`${path}\``).join(', ');
  const other = paths.length < row.change.replacePaths.length ? ', beside other reasons' : '';
  const companion =
    type.startsWith('google_') && paths.some((path) => /tags$/.test(path))
      ? ', or bind the tag with a resource of its own, which replaces nothing'
      : '';
  return [
    {
      code: 'tag-replaces',
      severity: 'warn',
      address,
      deposed,
      key: null,
      message: `changing ${listed} replaces the object${other}: a tag edit is a destroy here`,
      fix: { text: `leave the tag as it is${companion}`, insert: null },
      enforce: true,
    },
  ];
}

/** A carrier itself or a key in it; network tags and free strings are lists and no carriers. */
function isTagPath(path: string, carriers: ReadonlySet<string>): boolean {
  const steps = path === '' ? [] : parsePattern(path).steps.map(String);
  for (let length = steps.length; length > 0; length -= 1) {
    const prefix = steps.slice(0, length);
    if (carriers.has(prefix.join('.'))) return true;
    const last = prefix[length - 1] ?? '';
    if (TAG_STEPS.has(last) && (length > 1 || last !== 'tags')) return true;
  }
  return false;
}
