import { cloudFormationType } from './awscc.ts';
import { ARM_TYPES, KUBERNETES_KINDS } from './kinds.ts';
import type { CatalogRow } from './provider.ts';

type Find = (catalog: string, type: string) => CatalogRow | null;

/**
 * The row of the kind inside a wrapper (classes.md: `kubernetes_manifest`, `azapi_resource`, `aws_cloudcontrolapi_resource`):
 * `Deployment`, `Microsoft.Sql/servers@2023-05-01`, `AWS::S3::Bucket`. Null for any other text: then the class is unknown.
 */
export function insideOf(kind: string, find: Find): CatalogRow | null {
  if (kind.startsWith('AWS::')) {
    const type = cloudFormationType(kind, (aws) => find('aws', aws) !== null);
    return type === null ? null : find('aws', type);
  }
  // ARM compares type names without case; what follows `@` is the version of the interface.
  if (/^microsoft\./i.test(kind)) return lookUp(ARM_TYPES, (kind.split('@')[0] ?? '').toLowerCase(), 'azure', find);
  return lookUp(KUBERNETES_KINDS, kind, 'kubernetes', find);
}

function lookUp(types: ReadonlyMap<string, string>, kind: string, catalog: string, find: Find): CatalogRow | null {
  const type = types.get(kind);
  return type === undefined ? null : find(catalog, type);
}
