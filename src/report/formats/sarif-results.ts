import type { Fix, Location } from 'sarif';
import { escapeText } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Remedy, Report, ReportChange, ReportDecision, ReportFinding, ReportReason } from '../report.ts';
import { MOST } from './block.ts';
import { explained } from './explained.ts';
import { headline, sourceOf } from './headline.ts';
import { whole } from './layout.ts';
import { inRepository } from './repository.ts';
import { fixesOf } from './sarif-fixes.ts';
import { locationOf, messageOf, physical } from './sarif-parts.ts';
import { ruleOf, ruleOfReason, type SarifRule } from './sarif-rules.ts';
import { waysOut } from './ways.ts';
import { nearestWords, reasonWords, unknownWords } from './words.ts';

/** One thing that does not pass, or that people should look at. */
export interface Found {
  readonly rule: SarifRule;
  readonly level: 'error' | 'warning' | 'note';
  /** Words, their line ends ours. */
  readonly text: string;
  readonly locations: readonly Location[];
  /** Where the rule stands. */
  readonly related: readonly Location[];
  /** Ways out that a tool can go. */
  readonly fixes: readonly Fix[];
  /** What makes it the same thing in another run; no line and no file is part of it. */
  readonly identity: readonly (string | null)[];
  /** Position of the plan. */
  readonly plan: number;
  readonly about: Readonly<Record<string, unknown>>;
}

interface Where {
  readonly report: Report;
  readonly plan: number;
  /** Part of every identity where several plans stand in one log: the same address may be in each. */
  readonly name: string | null;
  /** The plan file, or where there is none what stands for it. */
  readonly file: string;
}

export function foundIn(report: Report, plan: number, several: boolean): readonly Found[] {
  const file = report.plan?.path ?? 'plan';
  const where: Where = { report, plan, name: several ? file : null, file };
  return [
    ...undecided(where),
    ...(report.because ?? []).flatMap((reason) => ofPlan(where, reason)),
    ...report.changes.flatMap((row) => ofRow(where, row)),
    ...report.findings.map((finding) => ofFinding(where, finding)),
  ];
}

function undecided(where: Where): readonly Found[] {
  const { report, file, plan, name } = where;
  if (report.verdict !== 'undecided') return [];
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error');
  const lines = errors.map(({ message, hint }) => escapeText(message) + (hint === null ? '' : `; ${escapeText(hint)}`));
  const rule = ruleOf('undecided', errors[0]?.code ?? null);
  return [
    {
      rule,
      level: 'error',
      text: [headline(report, 'plan'), ...lines].join('\n'),
      locations: [locationOf(errors[0]?.at ?? file, [])],
      related: [],
      fixes: [],
      identity: [name, null, null, rule.id],
      plan,
      about: { verdict: report.verdict },
    },
  ];
}

function ofPlan(where: Where, reason: ReportReason): readonly Found[] {
  const rule = ruleOfReason(reason);
  if (rule === null) return [];
  const ways = reason.observed ? [] : waysLines(where.report.remedies ?? []);
  return [
    {
      rule,
      level: reason.observed ? 'note' : 'error',
      text: [`the plan as a whole: ${reasonWords(reason)}`, ...ways].join('\n'),
      locations: [locationOf(where.file, [])],
      related: relatedTo(reason),
      fixes: [],
      identity: [where.name, null, null, rule.id],
      plan: where.plan,
      about: { verdict: where.report.verdict },
    },
  ];
}

/** Each rule once for an operation of the row, whichever sides and persons it was decided for. */
function ofRow(where: Where, row: ReportChange): readonly Found[] {
  const address = spellRow(row);
  const { remedies } = explained([row], false);
  const ways = waysLines(remedies);
  const fixes = fixesOf(remedies);
  const found = new Map<string, Found>();
  for (const decision of row.decisions) {
    for (const reason of decision.because) {
      const rule = ruleOfReason(reason);
      if (rule === null || (decision.verdict === 'allow' && !reason.observed) || isTold(where.report, row, reason)) continue;
      const identity = [where.name, address, decision.operation, rule.id, decision.subject ?? null];
      const key = JSON.stringify(identity);
      if (found.has(key)) continue;
      found.set(key, {
        rule,
        level: reason.observed ? 'note' : decision.verdict === 'deny' ? 'error' : 'warning',
        text: [...lines(row, decision, reason), ...(reason.observed ? [] : ways)].join('\n'),
        locations: [locationOf(placeOf(where.report, sourceOf(row)) ?? where.file, [address])],
        related: relatedTo(reason),
        fixes: reason.observed ? [] : fixes,
        identity,
        plan: where.plan,
        about: {
          verdict: decision.verdict,
          operation: decision.operation,
          address: escapeText(address),
          classes: row.classes.map(escapeText),
        },
      });
    }
  }
  return [...found.values()];
}

/** A denial by tags is told as its finding, which knows the key. */
function isTold(report: Report, row: ReportChange, reason: ReportReason): boolean {
  return reason.kind === 'tag' && report.findings.some(({ address, code }) => address === row.address && code === reason.id);
}

function lines(row: ReportChange, decision: ReportDecision, reason: ReportReason): readonly string[] {
  const of = decision.subject === undefined ? '' : ` of ${whole(decision.subject)}`;
  const note = decision.note === undefined ? '' : ` (${escapeText(decision.note)})`;
  const as = decision.as === undefined ? '' : `, decided as ${escapeText(decision.as)}`;
  const head = `${decision.operation ?? 'row'}${of}${note}${as}: ${whole(spellRow(row))}: ${reasonWords(reason)}`;
  const nearest =
    reason.kind === 'no-lane' ? decision.nearest.slice(0, 2).map((near) => nearestWords(near, row.facts, decision)) : [];
  return [head, ...(reason.observed ? [] : [...decision.unknown.map(unknownWords), ...nearest])];
}

function ofFinding(where: Where, finding: ReportFinding): Found {
  const { code, severity, address, deposed, key, message, fix, observed } = finding;
  const row = address === null ? null : spellRow({ address, deposed: deposed ?? null });
  const change = where.report.changes.find((one) => spellRow(one) === row);
  const place = fix?.file != null && fix.line !== null ? `${fix.file}:${fix.line}` : change ? sourceOf(change) : null;
  const rule = ruleOf('finding', code);
  const remedies: readonly Remedy[] = fix === null ? [] : [{ kind: 'edit', ...fix }];
  return {
    rule,
    level: observed || severity === 'report' ? 'note' : severity === 'deny' ? 'error' : 'warning',
    text: [`${row === null ? '' : `${whole(row)}: `}${escapeText(message)}`, ...waysLines(remedies)].join('\n'),
    locations: [locationOf(placeOf(where.report, place) ?? where.file, row === null ? [] : [row])],
    related: [],
    fixes: fixesOf(remedies),
    identity: [where.name, row, null, rule.id, key],
    plan: where.plan,
    about: { severity, ...(row === null ? {} : { address: escapeText(row) }), ...(key === null ? {} : { key: escapeText(key) }) },
  };
}

function placeOf(report: Report, place: string | null): string | null {
  return place === null ? null : inRepository(report, place);
}

function relatedTo({ kind, id, at }: ReportReason): readonly Location[] {
  if (at === null) return [];
  return [{ id: 1, physicalLocation: physical(at), message: messageOf(escapeText(id === null ? kind : `${kind} ${id}`)) }];
}

function waysLines(remedies: readonly Remedy[]): readonly string[] {
  const { edits, asks, grant } = waysOut(remedies, MOST);
  const words = [
    ...edits.map((way) => way.words),
    ...asks,
    ...(grant === null ? [] : [`${grant.words}, as \`--format text\` and \`--format json\` spell it`]),
  ];
  return words.map((way) => `way out: ${way}`);
}
