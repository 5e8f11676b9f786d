import { invalid } from './errors.ts';
import type { ProjectSpec, Resource, World } from './world.ts';

/** Fields of google.cloud.asset.v1.ResourceSearchResult that a mask may name here. */
export const FIELDS: ReadonlySet<string> = new Set([
  'name',
  'asset_type',
  'project',
  'location',
  'labels',
  'tags',
  'effective_tags',
  'create_time',
  'versioned_resources',
]);

export interface Query {
  readonly query: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly paths: readonly string[];
}

/** One page: `name="A" OR name="B"` or everything; 500 at most; only the fields of the mask. */
export function search(
  world: World,
  project: ProjectSpec,
  { query, pageSize, pageToken, paths }: Query,
  pages: 'true' | 'repeated' | 'moved',
) {
  const size = Math.min(pageSize > 0 ? pageSize : 100, 500);
  const from = pageToken === '' ? 0 : Number(Buffer.from(pageToken, 'base64').toString());
  const indexes = query === '' ? null : named(world, project, query);
  const total = indexes?.length ?? world.count(project);
  const results: Record<string, unknown>[] = [];
  for (let at = from; at < Math.min(from + size, total); at++) {
    const resource = indexes ? indexes[at] : world.at(project, shuffled(at, from, size, total, pages));
    if (resource) results.push(masked(world, project, resource, paths));
  }
  const next = from + size;
  return { results, nextPageToken: next < total ? Buffer.from(`${next}`).toString('base64') : '' };
}

/** Pages that do not agree: an item comes twice, or changes to a later page while it is read. */
function shuffled(at: number, from: number, size: number, total: number, pages: 'true' | 'repeated' | 'moved'): number {
  if (pages === 'repeated' && from > 0 && at === from) return at - 1;
  if (pages === 'moved' && total > 2 * size) {
    if (at === size) return 2 * size;
    if (at === 2 * size) return size;
  }
  return at;
}

function named(world: World, project: ProjectSpec, query: string): Resource[] {
  return query.split(' OR ').flatMap((term) => {
    const name = /^name="([^"\\]+)"$/.exec(term)?.[1];
    if (name === undefined) throw invalid(`The query is malformed: ${term}`);
    const resource = world.find(name);
    // The name is exact: another spelling of the project is another name.
    return resource !== null && resource.name === name && world.projectOf(resource) === project ? [resource] : [];
  });
}

function masked(world: World, project: ProjectSpec, resource: Resource, paths: readonly string[]): Record<string, unknown> {
  const tag = ([key, value]: readonly [string, string]) => {
    const made = world.valueNamed(`${key}/${value}`);
    return { tagKey: key, tagKeyId: made?.parent, tagValue: made?.namespacedName, tagValueId: made?.name };
  };
  const direct = [...world.direct(resource)].map(tag);
  const handed = new Map<string, ReturnType<typeof tag>[]>();
  for (const [key, { value, from }] of world.inherited(resource))
    handed.set(from, [...(handed.get(from) ?? []), tag([key, value])]);
  const all: Record<string, unknown> = {
    name: resource.name,
    asset_type: resource.assetType,
    project: `projects/${project.number}`,
    location: resource.location,
    labels: world.labels(resource),
    tags: direct,
    effective_tags: [
      ...(direct.length > 0 ? [{ attachedResource: resource.name, effectiveTags: direct }] : []),
      ...[...handed].map(([attachedResource, effectiveTags]) => ({ attachedResource, effectiveTags })),
    ],
    create_time: resource.createdAt === undefined ? null : { seconds: resource.createdAt, nanos: 0 },
    versioned_resources:
      resource.number === undefined ? [] : [{ version: 'v1', resource: { fields: { id: { stringValue: resource.number } } } }],
  };
  const camel = (path: string) => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(paths.map((path) => [camel(path), all[path]]));
}
