import type { CloudTarget } from '../../../providers/cloud.ts';
import type { ObjectResult, ReadSummary, SweptTarget, UnmanagedItem } from '../../scan/record.ts';
import { widens } from '../../tags/authority.ts';
import type { ScanVerdict } from '../../tags/drift.ts';
import { reportRules } from '../build.ts';
import type { ReportDiagnostic } from '../report.ts';
import { TOOL } from '../tool.ts';
import { accessOf } from './access.ts';
import { findingsOf, whereOf } from './findings.ts';
import type { ScanInput, ScanOutcome, ScanReport, ScanSummary, Unmanaged, Unread, Where } from './model.ts';

/** Pure: equal input, equal bytes. */
export function scanReport(input: ScanInput): ScanReport {
  const { read, ruleset } = input;
  const findings = input.targets.flatMap((swept) => swept.results.flatMap((result) => findingsOf(result, swept, input)));
  const unread = allUnread(read, input.targets);
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

/** Everything that was not read: states first, then objects of which no state says where they are, then targets. */
export function allUnread(read: ReadSummary, targets: readonly SweptTarget[]): Unread[] {
  return [...unreadStates(read), ...unlocated(read), ...targets.flatMap(unreadOf)];
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
