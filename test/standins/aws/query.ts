import { type Caller, callerArn, denied } from './caller.ts';
import { AwsError } from './faults.ts';
import type { StandIn } from './stand-in.ts';
import type { Standing } from './world.ts';

type Form = URLSearchParams;

/** `<a>..</a>`; arrays are lists of `member`. */
export type Xml = string | number | boolean | readonly Xml[] | { readonly [name: string]: Xml | undefined };

export function xml(value: Xml): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? '' : `<${name}>${xml(inner)}</${name}>`))
    .join('');
}

/** Control characters are no XML as they stand. */
function escaped(text: string): string {
  const control = (character: string) => character < ' ' && character !== '\t';
  return [...text].map((one) => (/[<>&"']/.test(one) || control(one) ? `&#${one.codePointAt(0)};` : one)).join('');
}

const TAGS_PAGE = 1000;

const KINDS: Readonly<Record<string, { readonly kind: string; readonly name: string }>> = {
  Role: { kind: 'role', name: 'RoleName' },
  User: { kind: 'user', name: 'UserName' },
  Policy: { kind: 'policy', name: 'PolicyArn' },
  InstanceProfile: { kind: 'instance-profile', name: 'InstanceProfileName' },
  OpenIDConnectProvider: { kind: 'oidc-provider', name: 'OpenIDConnectProviderArn' },
  SAMLProvider: { kind: 'saml-provider', name: 'SAMLProviderArn' },
  ServerCertificate: { kind: 'server-certificate', name: 'ServerCertificateName' },
  MFADevice: { kind: 'mfa', name: 'SerialNumber' },
};

/** Result of an IAM action; undefined = nothing but metadata. */
export function iam(standIn: StandIn, caller: Caller, action: string, form: Form): Xml | undefined {
  const [, verb, what = ''] = /^(List|Tag|Untag)(.+?)(?:Tags)?$/.exec(action) ?? [];
  const known = KINDS[what];
  if (verb === undefined || known === undefined) throw new AwsError('InvalidAction', 400, `no action ${action}`);
  const named = form.get(known.name) ?? '';
  const entity = entityOf(standIn, caller, known.kind, named);
  if (entity === null) throw new AwsError('NoSuchEntity', 404, `The ${what} with name ${named} cannot be found.`);
  if (verb === 'List') return listed(entity, form);
  const tags = new Map(entity.tags ?? []);
  if (verb === 'Tag') for (const [key, value] of pairs(form)) tags.set(key, value);
  else for (const key of members(form, 'TagKeys')) tags.delete(key);
  if (tags.size > 50) throw new AwsError('LimitExceeded', 409, 'more than 50 tags');
  standIn.world.put({ ...entity, tags });
  return undefined;
}

function entityOf(standIn: StandIn, { account }: Caller, kind: string, named: string): Standing | null {
  if (named.startsWith('arn:')) return standIn.world.get(named);
  const own = standIn.world.find(
    account,
    ({ arn }) => arn.startsWith(`arn:aws:iam::${account}:${kind}/`) && arn.endsWith(`/${named}`),
  );
  return own ?? standIn.world.get(`arn:aws:iam::${account}:${kind}/${named}`);
}

function listed({ tags }: Standing, form: Form): Xml {
  const size = Number(form.get('MaxItems') ?? 100);
  if (size < 1 || size > TAGS_PAGE) throw new AwsError('ValidationError', 400, 'MaxItems');
  const all = [...(tags ?? [])].map(([Key, Value]) => ({ Key, Value }));
  const from = Number(form.get('Marker') ?? 0);
  // IAM may show fewer than asked and still have more (API reference of IsTruncated).
  const end = from + Math.min(size, 20);
  return { IsTruncated: end < all.length, Tags: all.slice(from, end), Marker: end < all.length ? end : undefined };
}

/** `Tags.member.1.Key`, `Tags.member.1.Value`, ... */
function pairs(form: Form): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 1; form.has(`Tags.member.${at}.Key`); at++) {
    found.push([form.get(`Tags.member.${at}.Key`) ?? '', form.get(`Tags.member.${at}.Value`) ?? '']);
  }
  return found;
}

function members(form: Form, name: string): string[] {
  const found: string[] = [];
  for (let at = 1; form.has(`${name}.member.${at}`); at++) found.push(form.get(`${name}.member.${at}`) ?? '');
  return found;
}

export function sts(standIn: StandIn, caller: Caller, action: string, form: Form): Xml {
  if (action === 'GetCallerIdentity') {
    const Arn = callerArn(caller, standIn.partition);
    return { Arn, UserId: caller.key, Account: caller.account };
  }
  if (action !== 'AssumeRole') throw new AwsError('InvalidAction', 400, `no action ${action}`);
  const arn = form.get('RoleArn') ?? '';
  const [, account, role] = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (account === undefined || role === undefined) throw new AwsError('ValidationError', 400, `${arn} is invalid`);
  if (standIn.roles !== null && !standIn.roles.has(arn)) throw denied(caller, 'sts:AssumeRole', arn);
  const { key, secret, token, expires } = standIn.keys.issue(account, role);
  return {
    AssumedRoleUser: {
      Arn: `arn:${standIn.partition}:sts::${account}:assumed-role/${role}/inlane`,
      AssumedRoleId: `AROA${account}:inlane`,
    },
    Credentials: { AccessKeyId: key, SecretAccessKey: secret, SessionToken: token, Expiration: new Date(expires).toISOString() },
  };
}

/** Result of an Auto Scaling action; undefined = nothing but metadata. */
export function autoscaling(standIn: StandIn, caller: Caller, action: string, form: Form): Xml | undefined {
  if (action === 'DescribeAutoScalingGroups') {
    const names = members(form, 'AutoScalingGroupNames');
    const groups = names.flatMap((name) => group(standIn, caller, name) ?? []);
    return { AutoScalingGroups: groups.map(describedGroup) };
  }
  if (action !== 'CreateOrUpdateTags' && action !== 'DeleteTags') throw new AwsError('InvalidAction', 400, `no action ${action}`);
  for (let at = 1; form.has(`Tags.member.${at}.Key`); at++) {
    const said = (name: string) => form.get(`Tags.member.${at}.${name}`);
    const found = group(standIn, caller, said('ResourceId') ?? '');
    if (found === null || said('ResourceType') !== 'auto-scaling-group') {
      throw new AwsError('ValidationError', 400, `AutoScalingGroup name not found - ${said('ResourceId')}`);
    }
    const [tags, propagated] = [new Map(found.tags ?? []), new Set(found.propagated)];
    const key = said('Key') ?? '';
    propagated.delete(key);
    if (action === 'DeleteTags') tags.delete(key);
    else tags.set(key, said('Value') ?? '');
    if (said('PropagateAtLaunch') === 'true') propagated.add(key);
    standIn.world.put({ ...found, tags, propagated });
  }
  return undefined;
}

function group(standIn: StandIn, { account, region }: Caller, name: string): Standing | null {
  return standIn.world.find(account, (one) => one.region === region && one.arn.endsWith(`:autoScalingGroupName/${name}`));
}

function describedGroup({ arn, tags, propagated }: Standing): Xml {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: arn,
    MinSize: 1,
    MaxSize: 5,
    DesiredCapacity: 2,
    DefaultCooldown: 300,
    AvailabilityZones: ['us-west-2a'],
    HealthCheckType: 'EC2',
    CreatedTime: '2023-03-09T22:15:11.611Z',
    Tags: [...(tags ?? [])].map(([Key, Value]) => ({
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      Key,
      Value,
      PropagateAtLaunch: propagated?.has(Key) ?? false,
    })),
  };
}
