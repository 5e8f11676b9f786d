import { escapeText, say } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportFinding } from '../report.ts';
import { nameList } from './block.ts';
import { groupRows } from './group.ts';
import { whole } from './layout.ts';
import { editWords, type Way } from './ways.ts';
import { count } from './words.ts';

/** What a report says besides its rows, in words: findings, approvals, quotas, and what is listed only. */
export interface Section {
  readonly title: string;
  readonly items: readonly SectionItem[];
}

export interface SectionItem {
  readonly words: string;
  readonly about: readonly string[];
  readonly ways: readonly Way[];
}

/** Sections without items are left out. */
export function sectionsOf(report: Report): readonly Section[] {
  const { approvals, quotas, drift, outputs } = report;
  const sections: readonly Section[] = [
    { title: 'findings', items: findings(report) },
    { title: 'approvals due', items: approvals.map((approval) => item(approvalWords(approval))) },
    { title: 'quotas', items: quotas.map((quota) => item(quotaWords(quota))) },
    { title: `${count(drift?.length ?? 0, 'change')} made outside, listed only`, items: byActions(drift ?? [], addresses) },
    { title: `${count(outputs?.length ?? 0, 'output change')}, listed only`, items: byActions(outputs ?? [], outputNames) },
  ];
  return sections.filter(({ items }) => items.length > 0);
}

function item(words: string): SectionItem {
  return { words, about: [], ways: [] };
}

function findings(report: Report): readonly SectionItem[] {
  const own = (finding: ReportFinding) =>
    finding.address === null ? finding.message : finding.message.replaceAll(finding.address, '\u0000');
  const alike = groupRows(report.findings, (f) => JSON.stringify([f.code, f.severity, f.key, own(f), f.observed]));
  return alike.map((same) => {
    const [finding] = same as readonly [ReportFinding];
    const rows = same.flatMap((f) => (f.address === null ? [] : [spellRow({ address: f.address, deposed: f.deposed ?? null })]));
    const times = same.length > 1 ? `${same.length} x ` : '';
    const severity = finding.observed ? `would ${finding.severity} if it were enforced` : finding.severity;
    const on = rows.length > 0 ? `: ${nameList(rows)}` : '';
    const others = same.length > 1 && rows[0] && finding.message.includes(finding.address ?? '') ? ' (and the others alike)' : '';
    return {
      words: `${times}${escapeText(finding.code)} (${severity})${on}`,
      about: [escapeText(finding.message) + others],
      ways: fixes(same, report),
    };
  });
}

/** What denies a row stands among that row's ways out. */
function fixes(same: readonly ReportFinding[], report: Report): readonly Way[] {
  const isTold = (f: ReportFinding) => f.severity === 'deny' && report.changes.some((change) => change.address === f.address);
  const own = same.flatMap((f) => (f.fix && !isTold(f) ? [{ fix: f.fix, address: f.address ?? '' }] : []));
  return groupRows(own, ({ fix, address }) => generalised(fix.text, address)).map((alike) => {
    const [{ fix, address }] = alike as readonly [(typeof own)[number]];
    return editWords(alike.length > 1 ? { ...fix, text: generalised(fix.text, address), file: null } : fix);
  });
}

/** A text that names its row, for all rows of a group. */
function generalised(text: string, address: string): string {
  return address === '' ? text : text.replaceAll(address, 'ADDRESS');
}

function approvalWords({ id, from, count: times, not_by, rows }: Report['approvals'][number]): string {
  const who = from.team === undefined ? (from.id ?? 'anyone') : `team ${from.team}`;
  const not = not_by.length > 0 ? `, not by the ${not_by.join(' or ')}` : '';
  return `${say`${id}: ${times} from ${who}`}${not}: ${nameList(rows)}`;
}

function quotaWords(quota: Report['quotas'][number]): string {
  const counts = Object.entries(quota.limit).map(([what, limit]) => say`${what} ${quota.counted[what] ?? 0} of ${limit}`);
  return `${escapeText(quota.id)}: ${counts.join(', ')}: ${quota.observed ? `would be ${quota.verdict}` : quota.verdict}`;
}

function byActions<T extends { readonly actions: readonly string[] }>(
  rows: readonly T[],
  names: (rows: readonly T[]) => string,
): readonly SectionItem[] {
  return groupRows(rows, ({ actions }) => actions.join(' ')).map((same) =>
    item(`${escapeText(same[0]?.actions.join(' + ') ?? '')}: ${names(same)}`),
  );
}

function addresses(rows: readonly { readonly address: string }[]): string {
  return nameList(rows.map(({ address }) => address));
}

function outputNames(rows: readonly { readonly name: string }[]): string {
  return rows.map(({ name }) => whole(name)).join(', ');
}
