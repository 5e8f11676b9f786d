import type { AttributeDefinition } from '../../src/classify/attribute.ts';
import type { ClassifiedChange, ObjectView } from '../../src/classify/model.ts';
import type { AtomDecision, NearMiss, PlanDecision, Reason, RowDecision, Verdict } from '../../src/decide/decision.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { ALWAYS } from '../../src/logic/condition.ts';
import { absent, type Fact, type FactSource, known, type Operation, type Side } from '../../src/logic/fact.ts';
import type { PlanFile, ResourceChange } from '../../src/plan/model.ts';
import type { ReportInput } from '../../src/report/build.ts';

/** Hand-made decisions, so that what a report should say is known before it is built. */

export const NOW = Date.UTC(2026, 10, 20, 8, 0, 0);

export const DANA: Principal = {
  id: 'dana',
  kind: 'human',
  teams: ['developers'],
  tier: null,
  owner: null,
  assurance: 'asserted',
};

export const ANONYMOUS: Principal = {
  id: 'anonymous',
  kind: 'unknown',
  teams: 'unknown',
  tier: 'unknown',
  owner: 'unknown',
  assurance: 'none',
};

export const AGENT: Principal = {
  id: 'db-upgrader',
  kind: 'agent',
  teams: ['orders'],
  tier: 'T2',
  owner: 'dana',
  assurance: 'asserted',
};

export function place(line: number, column = 5, file = 'inlane.yaml') {
  return { file, line, column };
}

const ENVIRONMENT: AttributeDefinition = {
  name: 'environment',
  at: place(4, 3),
  values: new Map([
    ['production', 'production'],
    ['development', 'development'],
  ]),
  sources: [
    { from: 'workspace', map: [['*-prod', 'production']] },
    { from: 'tag', key: 'environment', carrier: true, map: null },
  ],
  carriers: new Map([['aws', 'environment']]),
  required: null,
};

export function ruleset(over: Partial<Ruleset> = {}): Ruleset {
  return {
    files: [{ path: 'inlane.yaml', level: 'org', sha256: 'a'.repeat(64) }],
    attributes: new Map([['environment', ENVIRONMENT]]),
    classes: new Map(),
    paths: new Map(),
    operations: new Map(),
    providers: new Map(),
    grants: [],
    denies: [],
    obligations: [],
    ceilings: [],
    quotas: [],
    partial: [],
    tiers: null,
    registry: { declared: true, teams: new Map(), people: new Map(), agents: new Map() },
    observeAllowed: true,
    ...over,
  } as Ruleset;
}

export const LANE: Reason = { kind: 'lane', id: 'developer', at: place(41, 9), why: null, ask: null, observed: false };
export const NO_LANE: Reason = { kind: 'no-lane', id: null, at: null, why: null, ask: null, observed: false };
export const GUARD: Reason = {
  kind: 'guard',
  id: 'no-prod-drop',
  at: place(61),
  why: 'data outlives the instance that holds it',
  ask: '#platform-db',
  observed: false,
};
export const NEAR: NearMiss = {
  kind: 'lane',
  id: 'developer',
  at: place(41, 9),
  failed: [{ fact: 'environment', is: 'production', wants: 'not production', source: 'workspace shop-prod' }],
};

export function atom(
  operation: Operation | null,
  side: Side | null,
  verdict: Verdict,
  over: Partial<AtomDecision> = {},
): AtomDecision {
  return {
    operation,
    side,
    subject: null,
    as: null,
    verdict,
    because: [verdict === 'allow' ? LANE : NO_LANE],
    unknown: [],
    nearest: [],
    approvals: [],
    facts: [],
    note: null,
    ...over,
  };
}

export function change(address: string, actions: readonly string[], over: Partial<ResourceChange> = {}): ResourceChange {
  const local = address.slice(address.lastIndexOf('.', address.lastIndexOf('.') - 1) + 1);
  const [type = '', name = ''] = local.split('.');
  return {
    index: 0,
    address,
    previousAddress: null,
    moduleAddress: null,
    mode: 'managed',
    type,
    name,
    key: null,
    provider: 'hashicorp/aws',
    deposed: null,
    actions,
    reason: null,
    before: null,
    after: null,
    replacePaths: [],
    importing: null,
    deferred: null,
    trigger: null,
    faults: [],
    block: null,
    ...over,
  };
}

export function view(side: Side, facts: readonly Fact[]): ObjectView {
  return {
    side,
    tags: { taggable: 'yes', tags: new Map(), open: null, carriers: [] },
    fact: (key) => facts.find((fact) => fact.key === key) ?? absent(key),
    shows: () => false,
    speaksOnce: () => false,
  };
}

export function classFact(...classes: readonly string[]): Fact {
  const members = new Map(classes.map((name) => [name, true as const]));
  return {
    key: 'class',
    state: { kind: 'members', members, open: null },
    sources: [{ from: 'catalog', name: null, value: null }],
  };
}

export function environment(
  value: string,
  sources: readonly FactSource[] = [{ from: 'workspace', name: null, value: 'shop-prod' }],
): Fact {
  return known('environment', value, sources);
}

export function row(
  resource: ResourceChange,
  operations: readonly Operation[],
  decisions: readonly AtomDecision[],
  over: { classes?: readonly string[]; before?: readonly Fact[]; after?: readonly Fact[] } = {},
): RowDecision {
  const classified: ClassifiedChange = {
    change: resource,
    atoms: [],
    operations,
    classes: over.classes ?? [],
    faults: [],
    idle: operations.length === 0,
    before: over.before ? view('before', over.before) : null,
    after: over.after ? view('after', over.after) : null,
  } as unknown as ClassifiedChange;
  const worst = (['deny', 'needs-approval'] as const).find((verdict) => decisions.some((d) => d.verdict === verdict));
  return { classified, verdict: worst ?? 'allow', decisions };
}

export function planOf(rows: readonly RowDecision[], over: Partial<PlanFile> = {}): PlanFile {
  return {
    path: 'plan.json',
    sha256: 'b'.repeat(64),
    tool: 'terraform',
    version: '1.11.4',
    formatVersion: '1.2',
    complete: true,
    errored: false,
    rows: () => rows.map((r) => r.classified.change),
    drift: [],
    outputs: [],
    checks: [],
    variables: new Map(),
    archive: null,
    configuration: { present: true, blocks: new Map(), providers: new Map() } as unknown as PlanFile['configuration'],
    prior: [],
    priorPresent: true,
    diagnostics: [],
    ...over,
  };
}

export function input(
  rows: readonly RowDecision[],
  over: Partial<ReportInput> = {},
  decision: Partial<PlanDecision> = {},
  plan: Partial<PlanFile> = {},
): ReportInput {
  const worst = (['deny', 'needs-approval'] as const).find((verdict) => rows.some((r) => r.verdict === verdict));
  return {
    plan: planOf(rows, plan),
    decision: { rows, verdict: worst ?? 'allow', because: [], quotas: [], ranAtPlan: [], timeSpoke: false, ...decision },
    findings: [],
    ruleset: ruleset(),
    principal: DANA,
    forPrincipal: null,
    now: NOW,
    nowGiven: false,
    observe: false,
    ...over,
  };
}

/** A database replaced in production: destroy denied by a guard, create by no lane. */
export function deniedReplace(): RowDecision {
  const facts = [classFact('database', 'stateful'), environment('production')];
  const used = (side: Side) => facts.map((fact) => ({ side, fact }));
  return row(
    change('aws_db_instance.main', ['delete', 'create'], {
      reason: 'replace_because_cannot_update',
      replacePaths: ['identifier'],
    }),
    ['destroy', 'create'],
    [
      atom('destroy', 'before', 'deny', { because: [GUARD], nearest: [NEAR], facts: used('before') }),
      atom('create', 'after', 'deny', { nearest: [NEAR], facts: used('after') }),
    ],
    { classes: ['database', 'stateful'], before: facts, after: facts },
  );
}

export function allowedQueue(name: string): RowDecision {
  const facts = [classFact('queue'), environment('development', [{ from: 'tag', name: 'environment', value: 'dev' }])];
  return row(
    change(`aws_sqs_queue.${name}`, ['create']),
    ['create'],
    [atom('create', 'after', 'allow', { facts: facts.map((fact) => ({ side: 'after', fact })) })],
    { classes: ['queue'], after: facts },
  );
}

export function deniedQueue(name: string): RowDecision {
  const facts = [classFact('queue'), environment('production')];
  return row(
    change(`aws_sqs_queue.${name}`, ['create']),
    ['create'],
    [atom('create', 'after', 'deny', { nearest: [NEAR], facts: facts.map((fact) => ({ side: 'after', fact })) })],
    { classes: ['queue'], after: facts },
  );
}

export function idle(address: string): RowDecision {
  return row(change(address, ['no-op']), [], []);
}

export const ANY_TIME = ALWAYS;
