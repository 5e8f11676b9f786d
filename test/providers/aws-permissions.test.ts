import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APIS } from '../../providers/aws/apis.ts';
import { createClient } from '../../providers/aws/client.ts';
import { API_GATEWAY_TAGS, ownerPermission, POLICY_EXTRAS, POLICY_SERVICES } from '../../providers/aws/owners.ts';
import type { CloudApi, CloudClient, CloudSession } from '../../providers/cloud.ts';
import { type StandIn, start } from '../standins/aws/stand-in.ts';
import { root } from '../stories.ts';
import { ACCOUNT, counted, object, target } from './aws-calls.ts';
import tagActions from './aws-tag-actions.json' with { type: 'json' };

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string;
}

function policy(name: string): readonly Statement[] {
  const text = readFileSync(join(root, 'docs', 'permissions', `aws-${name}.json`), 'utf8');
  // The limit of a managed policy, white space not counted (IAM quotas).
  expect(text.replaceAll(/\s/g, '').length).toBeLessThan(6144);
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
}

const actions = (statements: readonly Statement[], sid: string) => statements.find(({ Sid }) => Sid === sid)?.Action ?? [];
const needed = (apis: readonly CloudApi[]) => [...new Set(apis.flatMap(({ permissions }) => permissions))].sort();

const IAM = [
  'role/r',
  'user/u',
  'policy/p',
  'instance-profile/i',
  'oidc-provider/o',
  'saml-provider/s',
  'server-certificate/c',
  'mfa/m',
];
const GROUP = `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/api`;
const OTHER = '210987654321';

describe('the published policies', () => {
  const scanning = counted();
  const repairing = counted();
  const clients: CloudClient[] = [];
  let standIn: StandIn;

  async function session(calls: typeof scanning, account: string): Promise<CloudSession> {
    const assumeRole = 'arn:aws:iam::{account}:role/inlane';
    const client = createClient({ call: calls.call, assumeRole, connection: standIn.connection });
    clients.push(client);
    return client.open(target('us-east-1', account));
  }

  beforeAll(async () => {
    standIn = await start({ limits: false });
    const arns = [...IAM.map((name) => `arn:aws:iam::${ACCOUNT}:${name}`), GROUP, `arn:aws:rds:us-east-1:${ACCOUNT}:db:a`];
    for (const arn of arns)
      standIn.world.put({ arn, type: 'iam:role', account: ACCOUNT, region: arn.split(':')[3] || 'global', tags: new Map() });
    const objects = [...arns, `arn:aws:rds:us-east-1:${ACCOUNT}:db:gone`].map((arn) => object('any', arn));
    await session(scanning, OTHER);
    const scan = await session(scanning, ACCOUNT);
    expect((await scan.read(objects)).map(({ state }) => state)).toEqual([...arns.map(() => 'found'), 'gone']);
    for await (const page of scan.inventory()) expect(page.length).toBeGreaterThan(0);
    const repair = await session(repairing, ACCOUNT);
    const edits = objects.slice(0, -1).map((one) => ({ object: one, set: new Map([['team', 'x']]), unset: new Set(['team']) }));
    expect((await repair.write(edits)).map(({ state }) => state)).toEqual(arns.map(() => 'done'));
  });

  afterAll(async () => {
    for (const client of clients) await client.close();
    await standIn.close();
  });

  it('a scan makes every reading call of the table and no other', () => {
    expect([...scanning.apis].map(({ name }) => name).sort()).toEqual(
      APIS.filter(({ writes }) => !writes)
        .map(({ name }) => name)
        .sort(),
    );
    expect(standIn.calls().size).toBe(APIS.length);
  });

  it('a repair makes every writing call of the table', () => {
    const written = [...repairing.apis].filter(({ writes }) => writes).map(({ name }) => name);
    expect(written.sort()).toEqual(
      APIS.filter(({ writes }) => writes)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('that of a scan allows what a scan calls', () => {
    const statements = policy('scan');
    const [assume, rest] = [needed([...scanning.apis]).filter((name) => name === 'sts:AssumeRole'), needed([...scanning.apis])];
    expect(statements.map(({ Sid }) => Sid)).toEqual(['ReadTags', 'AssumeRoleInOtherAccounts']);
    expect(actions(statements, 'ReadTags')).toEqual(rest.filter((name) => name !== 'sts:AssumeRole'));
    expect(actions(statements, 'AssumeRoleInOtherAccounts')).toEqual(assume);
    // Whoever may create it has the first search of a region turn Resource Explorer on (user guide, "Terms and concepts").
    expect(JSON.stringify(statements)).not.toContain('iam:CreateServiceLinkedRole');
  });

  it('that of a repair allows besides what a repair calls, and the tagging of the owning services', () => {
    const statements = policy('repair');
    expect(statements.slice(0, 2)).toEqual(policy('scan'));
    expect(actions(statements, 'WriteTags')).toEqual(needed([...repairing.apis].filter(({ writes }) => writes)));
    const owners = POLICY_SERVICES.flatMap((service) => [ownerPermission(service, 'tag'), ownerPermission(service, 'untag')]);
    expect(actions(statements, 'WriteTagsOfOwningServices')).toEqual([...new Set([...owners, ...POLICY_EXTRAS])].sort());
    expect(statements.at(-1)).toEqual({
      Sid: 'WriteTagsOfApiGateway',
      Effect: 'Allow',
      Action: ['apigateway:DELETE', 'apigateway:PUT'],
      Resource: API_GATEWAY_TAGS,
    });
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('permissions of owning services are those of AWS’s own policy for this API', () => {
    const published = new Set<string>(tagActions.actions);
    const services = [...new Set(tagActions.actions.map((action) => action.split(':')[0] ?? ''))];
    expect(services.length).toBe(157);
    const natively = new Set(['iam', 'autoscaling', 'tag']);
    const asked = services.filter((service) => !natively.has(service));
    const wrong = asked.flatMap((service) => {
      return [ownerPermission(service, 'tag'), ownerPermission(service, 'untag')].filter(
        (permission) => !published.has(permission),
      );
    });
    expect(wrong).toEqual([]);
    expect(POLICY_SERVICES.filter((service) => !services.includes(service))).toEqual([]);
    expect(POLICY_EXTRAS.filter((permission) => !published.has(permission))).toEqual([]);
    const native = APIS.filter(({ name, writes }) => writes && /^(iam|autoscaling|tag):/.test(name)).map(({ name }) => name);
    expect(native.filter((name) => !published.has(name))).toEqual([]);
  });
});
