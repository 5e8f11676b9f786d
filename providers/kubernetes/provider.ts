import { isObject, member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { mergeCarriers, readCarrier, readMap } from '../carriers.ts';
import { planReading, said, valueAt } from '../places.ts';
import type { Carrier, CatalogRow, EffectiveTags, PlaceReading, Provider, TagInput } from '../provider.ts';

const METADATA: Carrier = { path: 'metadata.0.labels', shape: 'map' };
const MANIFEST: Carrier = { path: 'manifest.metadata.labels', shape: 'map' };
/** Writes labels on an object that it does not own; the row itself is no labelled object. */
const FOREIGN_LABELS = 'kubernetes_labels';

/** Labels of the object's own metadata; those of pod templates and selectors are not the object's. */
export const kubernetes: Provider = {
  carrier: 'kubernetes',
  sources: ['hashicorp/kubernetes'],
  foldKey: (key) => key,
  effectiveTags,
  accounts: () => [],
  regions: () => [],
  namespace,
  mirrors: [],
};

function carriersOf(input: TagInput): Carrier[] {
  const catalog = input.row?.carriers ?? [];
  const usual = input.type.startsWith('kubernetes_manifest') ? MANIFEST : METADATA;
  return catalog.some((carrier) => carrier.path === usual.path) ? [...catalog] : [usual, ...catalog];
}

function effectiveTags(input: TagInput): EffectiveTags {
  const { values, otherValues } = input;
  if (input.type === FOREIGN_LABELS) return foreignLabels(input);
  const carriers = carriersOf(input);
  const paths = carriers.map((carrier) => carrier.path);
  const taggable = mayCarry(values, carriers) || (otherValues !== values && mayCarry(otherValues, carriers)) ? 'yes' : 'no';
  if (values === UNKNOWN) {
    const open = { why: 'the whole object is known only after apply', path: null };
    return {
      taggable: otherValues === null || otherValues === UNKNOWN ? 'yes' : taggable,
      tags: new Map(),
      open,
      carriers: paths,
    };
  }
  if (values === null || taggable === 'no') return { taggable, tags: new Map(), open: null, carriers: paths };
  const { entries, open } = mergeCarriers(
    carriers.flatMap((carrier) => readCarrier(values, carrier, input.written)),
    kubernetes.foldKey,
  );
  return { taggable, tags: entries, open, carriers: paths };
}

function mayCarry(values: ObjectValue | Unknown | null, carriers: readonly Carrier[]): boolean {
  if (values === null || values === UNKNOWN) return false;
  // A manifest holds only what was written: labels that are left out could stand there.
  if (carriers.includes(MANIFEST)) return member(values, 'manifest') !== undefined;
  return carriers.some((carrier) => readCarrier(values, carrier).length > 0);
}

function foreignLabels({ values }: TagInput): EffectiveTags {
  const reading = values === null || values === UNKNOWN ? null : readMap(member(values, 'labels'), 'labels', 'resource');
  const open = values === UNKNOWN ? { why: 'the whole object is known only after apply', path: null } : (reading?.open ?? null);
  return { taggable: 'no', tags: reading?.entries ?? new Map(), open, carriers: ['labels'] };
}

/** Cluster-wide objects have none; a Namespace stands in no namespace, its catalog row names the attribute that is its own. */
function namespace(values: ObjectValue | Unknown | null, row: CatalogRow | null): PlaceReading | null {
  if (!isObject(values ?? undefined)) return null;
  const paths =
    row?.place?.namespace !== undefined ? [row.place.namespace] : ['metadata.0.namespace', 'manifest.metadata.namespace'];
  for (const path of paths) {
    if (valueAt(values, path) === undefined) continue;
    return planReading(path, said(values, path))[0] ?? null;
  }
  return null;
}
