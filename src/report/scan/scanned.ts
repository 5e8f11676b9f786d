import type { CloudTarget } from '../../../providers/cloud.ts';
import type { Ruleset } from '../../lanes/ruleset.ts';
import type { ObjectResult, UnmanagedItem } from '../../scan/record.ts';
import type { RuleShift, Shift, VerdictShift } from '../../tags/authority.ts';
import { widens } from '../../tags/authority.ts';
import type { ScanVerdict, TagDrift } from '../../tags/drift.ts';
import { reportRules } from '../build.ts';
import type { ReportDiagnostic, ReportRules } from '../report.ts';
import { TOOL } from '../tool.ts';
import { accessOf } from './access.ts';

/** `undecided`: something was not read, whatever else was found; `drift`: findings; `clean`: every tag is as wanted. */
export type ScanOutcome = 'clean' | 'drift' | 'undecided';

/** What a tag scan says. Keys stand in this order; arrays by cloud, account and region, then in the order of the states. */
export interface ScanReport {
  readonly format: 'inlane-scan/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: ScanOutcome;
  /** 0 clean, 1 drift, 2 undecided. */
  readonly exit: 0 | 1 | 2;
  /** Something was not read: what follows is not all. */
  readonly partial: boolean;
  readonly rules: ReportRules | null;
  readonly states: readonly ScannedState[];
  readonly summary: ScanSummary;
  /** What was not read, and why: the first thing to look at. */
  readonly unread: readonly Unread[];
  readonly findings: readonly ScanFinding[];
  /** Which access the findings changed, equal changes together. */
  readonly access: readonly AccessChange[];
  readonly unmanaged: readonly Unmanaged[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface ScannedState {
  readonly path: string;
  readonly sha256: string;
  /** Managed objects in it. */
  readonly objects: number;
}

/** Objects by what became of them. Every managed object of every state counts once: the verdicts, `not-scanned` and `nothing-wanted` add up to `objects`. */
export interface ScanSummary {
  readonly objects: number;
  readonly ok: number;
  readonly inherited: number;
  readonly drifted: number;
  readonly missing: number;
  readonly 'extra-privileged': number;
  readonly 'not-found': number;
  readonly unreadable: number;
  readonly 'not-taggable': number;
  /** Of a provider whose cloud a scan does not ask. */
  readonly 'not-scanned': number;
  /** No declared attribute has a carrier there, or it is a tag itself. */
  readonly 'nothing-wanted': number;
  readonly unmanaged: number;
  /** Unmanaged, and nothing says whose. */
  readonly orphans: number;
}

export interface Where {
  readonly cloud: CloudTarget['cloud'] | null;
  readonly account: string | null;
  readonly region: string | null;
}

export interface Unread extends Where {
  /** `state`: a state file; `objects`: objects of a target; `inventory`: what is in no state. */
  readonly what: 'state' | 'objects' | 'inventory';
  readonly state: string | null;
  /** Objects that it concerns. */
  readonly objects: number;
  /** Some of them, where they are not all of the target. */
  readonly addresses: readonly string[];
  readonly why: string;
  readonly permission: string | null;
  readonly hint: string;
}

export interface ScanFinding extends Where {
  readonly verdict: ScanVerdict;
  readonly state: string;
  readonly address: string;
  readonly deposed?: string;
  readonly type: string;
  readonly classes: readonly string[];
  readonly id: string;
  /** Whose it is, by the tag that says so in the state. */
  readonly owner: string | null;
  /** Null where the finding is about the object itself. */
  readonly attribute: string | null;
  readonly key: string | null;
  readonly wanted: string | null;
  readonly found: string | null;
  /** Whether the configuration writes the key: if not, a repair would not last. Null where it is not about a key. */
  readonly in_configuration: boolean | null;
  readonly managed_by: string | null;
  readonly message: string;
  readonly fix: string;
}

export interface AccessChange {
  readonly message: string;
  /** What happened to the tags, the same for all of `objects`. */
  readonly tags: readonly { readonly key: string; readonly wanted: string | null; readonly found: string | null }[];
  /** Somebody may now do what was denied or wanted an approval. */
  readonly widens: boolean;
  readonly rules: readonly RuleShift[];
  readonly verdicts: readonly VerdictShift[];
  readonly objects: readonly { readonly state: string; readonly address: string }[];
}

export interface Unmanaged extends Where {
  readonly id: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly created_at: string | null;
  readonly created_by: string | null;
  readonly managed_by: string | null;
  /** Lacks the tag that says whose it is. */
  readonly orphan: boolean;
}

/** One target's share, as its log says it. */
export interface SweptTarget {
  readonly target: CloudTarget;
  readonly inherited: number;
  readonly looked: number;
  readonly results: readonly ObjectResult[];
  readonly unmanaged: readonly UnmanagedItem[];
  readonly failures: readonly Pick<Unread, 'objects' | 'why' | 'permission' | 'hint' | 'what'>[];
}

/** What the first pass counted without asking a cloud. */
export interface ReadSummary {
  readonly states: readonly ScannedState[];
  readonly unreadStates: readonly { readonly path: string; readonly why: string; readonly hint: string }[];
  readonly notTaggable: number;
  readonly notScanned: Readonly<Record<string, number>>;
  readonly nothingWanted: number;
  readonly unlocated: readonly { readonly state: number; readonly address: string; readonly why: string }[];
}

export interface ScanInput {
  readonly read: ReadSummary;
  readonly targets: readonly SweptTarget[];
  /** Which access a result's drifts changed. */
  readonly shiftOf: (result: ObjectResult) => Shift | null;
  readonly ruleset: Ruleset;
  /** Tag keys, folded, that say whose an object is. */
  readonly ownerKeys: ReadonlySet<string>;
  readonly diagnostics: readonly ReportDiagnostic[];
}

/** Pure: equal input, equal bytes. */
export function scanReport(input: ScanInput): ScanReport {
  const { read, ruleset } = input;
  const findings = input.targets.flatMap((swept) => swept.results.flatMap((result) => findingsOf(result, swept, input)));
  const unread = [...unreadStates(read), ...unlocated(read), ...input.targets.flatMap((swept) => unreadOf(swept))];
  const unmanaged = input.targets.flatMap(({ target, unmanaged: items }) =>
    items.map((item) => unmanagedOf(item, target, input.ownerKeys)),
  );
  const summary = summaryOf(input, unmanaged);
  const looked = summary.objects - summary['not-scanned'] - summary['nothing-wanted'] - summary.unreadable;
  const nothing: ReportDiagnostic[] =
    looked > 0 || unread.length > 0 ? [] : [{ code: 'saw-nothing', severity: 'error', ...sawNothing(read) }];
  const partial = unread.length > 0;
  const counted = findings.some(({ verdict }) => FINDINGS.has(verdict));
  const verdict: ScanOutcome = partial || nothing.length > 0 ? 'undecided' : counted ? 'drift' : 'clean';
  return {
    format: 'inlane-scan/1',
    tool: TOOL,
    verdict,
    exit: EXITS[verdict],
    partial,
    rules: reportRules(ruleset),
    states: read.states,
    summary,
    unread,
    findings,
    access: accessOf(input),
    unmanaged,
    diagnostics: [...input.diagnostics, ...nothing],
  };
}

const EXITS = { clean: 0, drift: 1, undecided: 2 } as const;

/** What makes a scan fail. */
const FINDINGS: ReadonlySet<ScanVerdict> = new Set(['drifted', 'missing', 'extra-privileged', 'not-found']);

/** From the mildest to the worst: an object with several findings counts once, as its worst. */
const WORST: readonly ScanVerdict[] = [
  'ok',
  'inherited',
  'not-taggable',
  'missing',
  'drifted',
  'extra-privileged',
  'not-found',
  'unreadable',
];

function sawNothing({ states }: ReadSummary): Pick<ReportDiagnostic, 'message' | 'hint'> {
  return {
    message: `none of the ${states.reduce((sum, { objects }) => sum + objects, 0)} objects in these states could be asked for`,
    hint: 'give states with objects of AWS, Google Cloud or Azure, and attributes with a `tag:` for them',
  };
}

function unreadStates({ unreadStates: states }: ReadSummary): Unread[] {
  return states.map(({ path, why, hint }) => ({
    ...NOWHERE,
    what: 'state',
    state: path,
    objects: 0,
    addresses: [],
    why,
    permission: null,
    hint,
  }));
}

const NOWHERE: Where = { cloud: null, account: null, region: null };

/** Addresses that one line of `unread` names. */
const NAMED = 10;

/** Objects whose state does not say where they are: equal reasons together. */
function unlocated({ unlocated: objects, states }: ReadSummary): Unread[] {
  const byReason = grouped(objects, ({ state, why }) => `${state}\0${why}`);
  return [...byReason.values()].map((group) => {
    const [first] = group as [(typeof group)[0], ...typeof group];
    return {
      ...NOWHERE,
      what: 'objects',
      state: states[first.state]?.path ?? null,
      objects: group.length,
      addresses: group.slice(0, NAMED).map(({ address }) => address),
      why: first.why,
      permission: null,
      hint: 'refresh the state with a current provider, so that it says where the object is',
    };
  });
}

function unreadOf({ target, failures, results }: SweptTarget): Unread[] {
  const where = whereOf(target);
  const single = results.flatMap(({ outcome, ...rest }) => (outcome.kind === 'unread' ? [{ ...rest, outcome }] : []));
  const groups = grouped(single, ({ outcome }) => JSON.stringify([outcome.why, outcome.permission]));
  return [
    ...failures.map((failure) => ({ ...where, state: null, addresses: [], ...failure })),
    ...[...groups.values()].map((group): Unread => {
      const { why, permission, hint } = (group[0] as (typeof group)[0]).outcome;
      const addresses = group.slice(0, NAMED).map(({ address }) => address);
      return { ...where, what: 'objects', state: null, objects: group.length, addresses, why, permission, hint };
    }),
  ].map(({ cloud, account, region, what, state, objects, addresses, why, permission, hint }) => ({
    cloud,
    account,
    region,
    what,
    state,
    objects,
    addresses,
    why,
    permission,
    hint,
  }));
}

function findingsOf(result: ObjectResult, { target }: SweptTarget, input: ScanInput): ScanFinding[] {
  const { outcome, address, deposed, type, classes, id } = result;
  const state = input.read.states[result.state]?.path ?? '';
  const owner = Object.entries(result.tags).find(([key]) => input.ownerKeys.has(key))?.[1] ?? null;
  const about = { ...whereOf(target), state, address, ...(deposed === null ? {} : { deposed }), type, classes, id, owner };
  const finding = (verdict: ScanVerdict, tag: TagDrift | null, message: string, fix: string): ScanFinding => ({
    verdict,
    ...about,
    attribute: tag?.attribute ?? null,
    key: tag?.key ?? null,
    wanted: tag?.wanted ?? null,
    found: tag?.found ?? null,
    in_configuration: tag?.inConfiguration ?? null,
    managed_by: outcome.kind === 'read' ? outcome.managedBy : null,
    message,
    fix,
  });
  switch (outcome.kind) {
    case 'not-found':
      return [
        finding(
          'not-found',
          null,
          'the state holds it, the cloud does not',
          'run `terraform plan`: it was removed or made anew outside',
        ),
      ];
    case 'not-taggable':
      return [finding('not-taggable', null, outcome.why, 'let its parent carry the tag')];
    case 'unread':
      return [];
    case 'read': {
      const shift = input.shiftOf(result);
      const verdict = shift !== null && widens(shift) ? 'extra-privileged' : null;
      return outcome.drifts.map((tag) => finding(verdict ?? tag.verdict, tag, driftWords(tag), fixWords(tag, address)));
    }
  }
}

function driftWords({ key, wanted, found, inConfiguration }: TagDrift): string {
  if (found === null) {
    const value = wanted === null ? '' : inConfiguration ? `, which the state has as \`${wanted}\`` : ` (\`${wanted}\`)`;
    return inConfiguration ? `lost \`${key}\`${value}` : `lacks the required tag \`${key}\`${value}, which the state lacks too`;
  }
  if (wanted === null) return `carries \`${key}\` = \`${found}\`, which the state does not have`;
  return `carries \`${key}\` = \`${found}\`, the state says \`${wanted}\``;
}

function fixWords({ key, wanted, found, inConfiguration }: TagDrift, address: string): string {
  if (inConfiguration) return 'apply again, or `inlane tags repair`';
  if (wanted === null && found !== null) return `take it off, or write \`${key}\` in the tags of \`${address}\` if it is meant`;
  return `write \`${key}\` in the tags of \`${address}\`: the configuration does not, so an apply would undo a repair`;
}

function unmanagedOf(item: UnmanagedItem, target: CloudTarget, ownerKeys: ReadonlySet<string>): Unmanaged {
  const { id, type, region, tags, createdAt, createdBy, managedBy } = item;
  const orphan = managedBy === null && !Object.keys(tags).some((key) => ownerKeys.has(key));
  const where = { ...whereOf(target), region: region ?? target.region };
  return { ...where, id, type, tags, created_at: createdAt, created_by: createdBy, managed_by: managedBy, orphan };
}

function summaryOf(input: Pick<ScanInput, 'read' | 'targets' | 'shiftOf'>, unmanaged: readonly Unmanaged[]): ScanSummary {
  const { read, targets } = input;
  const counts = new Map<ScanVerdict, number>();
  const add = (verdict: ScanVerdict, number: number) => counts.set(verdict, (counts.get(verdict) ?? 0) + number);
  for (const { looked, inherited, results, failures } of targets) {
    let inheritedToo = 0;
    for (const result of results) {
      const verdict = worstOf(result, input);
      add(verdict, 1);
      if (result.outcome.kind === 'read' && result.outcome.inherited > 0) inheritedToo += 1;
    }
    add('inherited', inherited - inheritedToo);
    add('ok', looked - results.length - (inherited - inheritedToo));
    for (const failure of failures) add('unreadable', failure.objects);
  }
  add('unreadable', read.unlocated.length);
  add('not-taggable', read.notTaggable);
  const of = (verdict: ScanVerdict) => counts.get(verdict) ?? 0;
  return {
    objects: read.states.reduce((sum, { objects }) => sum + objects, 0),
    ok: of('ok'),
    inherited: of('inherited'),
    drifted: of('drifted'),
    missing: of('missing'),
    'extra-privileged': of('extra-privileged'),
    'not-found': of('not-found'),
    unreadable: of('unreadable'),
    'not-taggable': of('not-taggable'),
    'not-scanned': Object.values(read.notScanned).reduce((sum, number) => sum + number, 0),
    'nothing-wanted': read.nothingWanted,
    unmanaged: unmanaged.length,
    orphans: unmanaged.filter(({ orphan }) => orphan).length,
  };
}

function worstOf(result: ObjectResult, { shiftOf }: Pick<ScanInput, 'shiftOf'>): ScanVerdict {
  const { outcome } = result;
  if (outcome.kind === 'unread') return 'unreadable';
  if (outcome.kind !== 'read') return outcome.kind;
  const shift = shiftOf(result);
  if (shift !== null && widens(shift)) return 'extra-privileged';
  return outcome.drifts.reduce<ScanVerdict>(
    (worst, { verdict }) => (WORST.indexOf(verdict) > WORST.indexOf(worst) ? verdict : worst),
    'ok',
  );
}

export function whereOf({ cloud, account, region }: CloudTarget): Where {
  return { cloud, account, region };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The report of a scan that could not be made at all. */
export function undecidedScan(diagnostics: readonly ReportDiagnostic[]): ScanReport {
  const read: ReadSummary = {
    states: [],
    unreadStates: [],
    notTaggable: 0,
    notScanned: {},
    nothingWanted: 0,
    unlocated: [],
  };
  return {
    format: 'inlane-scan/1',
    tool: TOOL,
    verdict: 'undecided',
    exit: 2,
    partial: true,
    rules: null,
    states: [],
    summary: summaryOf({ read, targets: [], shiftOf: () => null }, []),
    unread: [],
    findings: [],
    access: [],
    unmanaged: [],
    diagnostics,
  };
}
