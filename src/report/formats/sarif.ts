import type { Log, Result, Run } from 'sarif';
import { escapeJson } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import { processExit, type Report, type ReportSet } from '../report.ts';
import { TOOL } from '../tool.ts';
import { fingerprintsOf, invocationOf, messageOf } from './sarif-parts.ts';
import { type Found, foundIn } from './sarif-results.ts';
import type { SarifRule } from './sarif-rules.ts';

/** GitHub takes no file with more results of one run; it stores the 5,000 gravest. */
const MOST_RESULTS = 25_000;

const LEVELS = ['error', 'warning', 'note'];

/**
 * SARIF 2.1.0 for code scanning: one run, whatever the number of plans, since GitHub keeps no two runs of one tool apart; one
 * invocation for each plan. What passes is no result. A plan that was not decided is a result too: an empty log closes alerts.
 */
export const sarif: Formatter<string> = (report) => {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const found = reports.flatMap((one, index) => foundIn(one, index, reports.length > 1));
  const kept = [...found].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)).slice(0, MOST_RESULTS);
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(report, reports, kept, found.length - kept.length)],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
};

function runOf(whole: Report | ReportSet, reports: readonly Report[], found: readonly Found[], left: number): Run {
  const rules = new Map<string, SarifRule>();
  for (const { rule } of found) if (!rules.has(rule.id)) rules.set(rule.id, rule);
  const ids = [...rules.keys()].sort();
  const { name, version } = TOOL;
  // Of the row and the rule.
  const prints = fingerprintsOf(found.map(({ identity }) => identity));
  return {
    tool: {
      driver: {
        name,
        version,
        semanticVersion: version,
        rules: ids.flatMap((id) => {
          const rule = rules.get(id);
          return rule === undefined ? [] : [descriptorOf(rule)];
        }),
      },
    },
    invocations: reports.map((one) => invocationOf(one, processExit(whole), left)),
    columnKind: 'utf16CodeUnits',
    results: found.map((one, index) => resultOf(one, prints[index] ?? {}, ids.indexOf(one.rule.id))),
    properties: { verdict: whole.verdict },
  };
}

function descriptorOf({ id, short, help }: SarifRule): NonNullable<Run['tool']['driver']['rules']>[number] {
  return {
    id,
    shortDescription: messageOf(`${short}.`),
    fullDescription: messageOf(help),
    help: { ...messageOf(help), markdown: help },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['terraform', 'authorization'] },
  };
}

function resultOf(
  { rule, level, text, locations, related, fixes, plan, about }: Found,
  partialFingerprints: Readonly<Record<string, string>>,
  ruleIndex: number,
): Result {
  return {
    ruleId: rule.id,
    ruleIndex,
    level,
    message: messageOf(text),
    locations: [...locations],
    ...(related.length > 0 ? { relatedLocations: [...related] } : {}),
    partialFingerprints,
    ...(fixes.length > 0 ? { fixes: [...fixes] } : {}),
    provenance: { invocationIndex: plan },
    properties: about,
  };
}
