import type { ProviderBlock } from '../../src/plan/model.ts';
import { isObject, member, type ObjectValue, type Unknown } from '../../src/plan/value.ts';
import { distinct, known, planReading, providerReading, type Said, said } from '../places.ts';
import type { CatalogRow, PlaceReading } from '../provider.ts';

const LINKS = ['self_link', 'id', 'parent'];

/** `projects/P/...`; a project number and the placeholder `_` are no project ids. */
function projectOf(link: string | undefined): string | undefined {
  const project = segmentAfter(link, 'projects');
  return project === undefined || project === '_' || /^\d+$/.test(project) ? undefined : project;
}

function segmentAfter(link: string | undefined, collection: string): string | undefined {
  const parts = link?.split('/') ?? [];
  const at = parts.indexOf(collection);
  return at < 0 ? undefined : parts[at + 1] || undefined;
}

/** The object's own project first; the provider's is only the default. A project resource is its own account. */
export function accounts(
  values: ObjectValue | Unknown | null,
  row: CatalogRow | null,
  block: ProviderBlock | null,
): PlaceReading[] {
  const own = isObject(values ?? undefined) ? ownProject(values as ObjectValue, row) : [];
  return own.length > 0 ? own : providerReading(block, 'project');
}

function ownProject(values: ObjectValue, row: CatalogRow | null): PlaceReading[] {
  const isProject = member(values, 'project_id') !== undefined && member(values, 'project') === undefined;
  const path = row?.place?.account ?? (isProject ? 'project_id' : 'project');
  const links = LINKS.flatMap((name) => planReading(name, projectOf(known(values, name)))).slice(0, 1);
  return distinct([...planReading(path, bare(said(values, path))), ...links]);
}

/** `projects/P` is written where a project is asked for, too. A number cannot be compared with ids, so it is unknown. */
function bare(value: Said): Said {
  if (typeof value !== 'string') return value;
  const id = value.startsWith('projects/') ? value.slice('projects/'.length) : value;
  return /^\d+$/.test(id) ? null : id;
}

/** `region`, the region of `zone`, or `location`; a link's own. Zones say their region, multi-regions (`EU`) themselves. */
export function regions(
  values: ObjectValue | Unknown | null,
  row: CatalogRow | null,
  block: ProviderBlock | null,
): PlaceReading[] {
  const own: PlaceReading[] = [];
  if (isObject(values ?? undefined)) {
    const paths = row?.place?.region !== undefined ? [row.place.region] : ['region', 'zone', 'location'];
    for (const path of paths) own.push(...planReading(path, regionOf(said(values, path))));
    if (own.length === 0) {
      const link = known(values, 'self_link') ?? known(values, 'id');
      own.push(
        ...planReading(
          'self_link',
          regionOf(segmentAfter(link, 'regions') ?? segmentAfter(link, 'zones') ?? segmentAfter(link, 'locations')),
        ),
      );
    }
  }
  if (own.length > 0) return distinct(own);
  const named = providerReading(block, 'region');
  return named.length > 0
    ? named
    : providerReading(block, 'zone').map((reading) => ({ ...reading, value: regionOf(reading.value) ?? null }));
}

/** `europe-west3-a` and `.../regions/europe-west3` are europe-west3; buckets spell their region in upper case. */
function regionOf(value: Said): Said {
  if (typeof value !== 'string') return value;
  const name = value.slice(value.lastIndexOf('/') + 1);
  const region = /^([a-z]+-[a-z]+\d+)(-[a-z])?$/i.exec(name)?.[1];
  return region === undefined ? name : region.toLowerCase();
}

export function namespace(values: ObjectValue | Unknown | null, row: CatalogRow | null): PlaceReading | null {
  const path = row?.place?.namespace;
  return path === undefined ? null : (planReading(path, said(values, path))[0] ?? null);
}
