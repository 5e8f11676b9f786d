import type { IAM, Tag } from '@aws-sdk/client-iam';
import { type CloudAnswer, CloudFailure, type WriteAnswer } from '../cloud.ts';
import { IAM_APIS, type IamApis, type IamKind } from './apis.ts';
import { parseArn } from './arn.ts';
import type { Door } from './door.ts';
import { codeOf } from './failures.ts';
import { foundTags, tagMap } from './managed.ts';

/** Tags on one page (service model of IAM). */
const PAGE = 1000;

interface Page {
  readonly Tags: readonly Tag[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

interface Paging {
  readonly MaxItems: number;
  readonly Marker?: string;
}

interface Entity {
  readonly apis: IamApis;
  list(iam: IAM, paging: Paging): Promise<Page>;
  tag(iam: IAM, Tags: Tag[]): Promise<unknown>;
  untag(iam: IAM, TagKeys: string[]): Promise<unknown>;
}

/** What an ARN of IAM means to its API; null = what cannot carry tags. Entities are named by their name without path, or by their ARN. */
function entityOf(arn: string): Entity | null {
  const resource = parseArn(arn)?.resource ?? '';
  const kind = resource.split('/')[0] as IamKind;
  const apis = IAM_APIS.get(kind);
  if (apis === undefined) return null;
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return { apis, ...CALLS[kind](name, arn) };
}

const CALLS: Readonly<Record<IamKind, (name: string, arn: string) => Omit<Entity, 'apis'>>> = {
  role: (RoleName) => ({
    list: (iam, paging) => iam.listRoleTags({ RoleName, ...paging }),
    tag: (iam, Tags) => iam.tagRole({ RoleName, Tags }),
    untag: (iam, TagKeys) => iam.untagRole({ RoleName, TagKeys }),
  }),
  user: (UserName) => ({
    list: (iam, paging) => iam.listUserTags({ UserName, ...paging }),
    tag: (iam, Tags) => iam.tagUser({ UserName, Tags }),
    untag: (iam, TagKeys) => iam.untagUser({ UserName, TagKeys }),
  }),
  policy: (_, PolicyArn) => ({
    list: (iam, paging) => iam.listPolicyTags({ PolicyArn, ...paging }),
    tag: (iam, Tags) => iam.tagPolicy({ PolicyArn, Tags }),
    untag: (iam, TagKeys) => iam.untagPolicy({ PolicyArn, TagKeys }),
  }),
  'instance-profile': (InstanceProfileName) => ({
    list: (iam, paging) => iam.listInstanceProfileTags({ InstanceProfileName, ...paging }),
    tag: (iam, Tags) => iam.tagInstanceProfile({ InstanceProfileName, Tags }),
    untag: (iam, TagKeys) => iam.untagInstanceProfile({ InstanceProfileName, TagKeys }),
  }),
  'oidc-provider': (_, OpenIDConnectProviderArn) => ({
    list: (iam, paging) => iam.listOpenIDConnectProviderTags({ OpenIDConnectProviderArn, ...paging }),
    tag: (iam, Tags) => iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags }),
    untag: (iam, TagKeys) => iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys }),
  }),
  'saml-provider': (_, SAMLProviderArn) => ({
    list: (iam, paging) => iam.listSAMLProviderTags({ SAMLProviderArn, ...paging }),
    tag: (iam, Tags) => iam.tagSAMLProvider({ SAMLProviderArn, Tags }),
    untag: (iam, TagKeys) => iam.untagSAMLProvider({ SAMLProviderArn, TagKeys }),
  }),
  'server-certificate': (ServerCertificateName) => ({
    list: (iam, paging) => iam.listServerCertificateTags({ ServerCertificateName, ...paging }),
    tag: (iam, Tags) => iam.tagServerCertificate({ ServerCertificateName, Tags }),
    untag: (iam, TagKeys) => iam.untagServerCertificate({ ServerCertificateName, TagKeys }),
  }),
  mfa: (_, SerialNumber) => ({
    list: (iam, paging) => iam.listMFADeviceTags({ SerialNumber, ...paging }),
    tag: (iam, Tags) => iam.tagMFADevice({ SerialNumber, Tags }),
    untag: (iam, TagKeys) => iam.untagMFADevice({ SerialNumber, TagKeys }),
  }),
};

/** Rejects with CloudFailure where AWS did not say. */
export async function readEntity(door: Door, arn: string): Promise<CloudAnswer> {
  const entity = entityOf(arn);
  if (entity === null) return { state: 'not-taggable', why: 'IAM lets no tags stand on it' };
  const tags: Tag[] = [];
  let marker: string | undefined;
  try {
    do {
      const page = await door.iam(entity.apis.list, (iam) =>
        entity.list(iam, { MaxItems: PAGE, ...(marker ? { Marker: marker } : {}) }),
      );
      tags.push(...(page.Tags ?? []));
      marker = page.IsTruncated ? page.Marker : undefined;
    } while (marker);
  } catch (error) {
    if (error instanceof CloudFailure && /^NoSuchEntity(Exception)?$/.test(codeOf(error))) return { state: 'gone' };
    throw error;
  }
  return { state: 'found', ...foundTags(arn, tagMap(tags)) };
}

/** One call for each entity and kind of edit; rejects with CloudFailure. */
export async function writeEntity(
  door: Door,
  arn: string,
  set: ReadonlyMap<string, string>,
  unset: ReadonlySet<string>,
): Promise<WriteAnswer> {
  const entity = entityOf(arn);
  if (entity === null) {
    const failure = new CloudFailure('refused', `IAM lets no tags stand on \`${arn}\``, 'leave it out of the repair');
    return { state: 'failed', failure };
  }
  const Tags = [...set].map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) await door.iam(entity.apis.tag, (iam) => entity.tag(iam, Tags));
  if (unset.size > 0) await door.iam(entity.apis.untag, (iam) => entity.untag(iam, [...unset]));
  return { state: 'done' };
}
