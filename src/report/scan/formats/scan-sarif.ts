import type { Location, Log, Result, Run } from 'sarif';
import { escapeJson, escapeUncut } from '../../escape.ts';
import { fingerprintsOf, locationOf, messageOf } from '../../formats/sarif-parts.ts';
import type { ScanFormatter } from '../formats.ts';
import type { ScanFinding, ScanReport, Unread } from '../model.ts';
import { byVerdict, unreadReason, unreadSubject, whereWords } from '../words.ts';

type RuleId = 'extra-privileged' | 'drifted' | 'missing' | 'not-found' | 'not-taggable' | 'unreadable';

const RULES: Readonly<Record<RuleId, { readonly short: string; readonly help: string; readonly level: 'error' | 'note' }>> = {
  'extra-privileged': {
    short: 'A tag changed, and somebody may now do what was denied',
    help: 'A classification tag in the cloud is not as the state says, and the lanes now allow somebody what they denied before. Apply again, or repair it with `inlane tags repair`.',
    level: 'error',
  },
  drifted: {
    short: 'A classification tag has another value than the state says',
    help: 'Rules and grants hang on this tag. Apply again, repair it with `inlane tags repair`, or write the new value in the configuration.',
    level: 'error',
  },
  missing: {
    short: 'A classification tag is not there',
    help: 'Rules and grants hang on this tag. Apply again or repair it with `inlane tags repair`; where the configuration lacks it, write it there.',
    level: 'error',
  },
  'not-found': {
    short: 'An object of the state is not in the cloud',
    help: 'It was removed or made anew outside of Terraform. Run `terraform plan` to see what is left of it.',
    level: 'error',
  },
  'not-taggable': {
    short: 'An object cannot carry the tag',
    help: 'The cloud takes no tags on objects of this kind; let the object that it belongs to carry the tag.',
    level: 'note',
  },
  unreadable: {
    short: 'Something was not read, so the scan is partial',
    help: 'A read failed, so nothing is known of these objects. The message names the permission or the step that is missing.',
    level: 'error',
  },
};

/** GitHub takes no file with more results of one run. */
const MOST_RESULTS = 25_000;

interface Told {
  readonly rule: RuleId;
  readonly text: string;
  readonly location: Location;
  readonly identity: readonly string[];
}

/** SARIF 2.1.0: a finding stands at its state file, line 1, for a tag that drifted has no line of code. */
export const scanSarif: ScanFormatter = (report) => {
  const told = [...report.unread.map(ofUnread), ...byVerdict(report.findings).map(ofFinding)];
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(report, told.slice(0, MOST_RESULTS), Math.max(0, told.length - MOST_RESULTS))],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
};

function runOf(report: ScanReport, told: readonly Told[], left: number): Run {
  const ids = [...new Set(told.map(({ rule }) => rule))].sort();
  const { name, version } = report.tool;
  const prints = fingerprintsOf(told.map(({ identity }) => identity));
  const cut = `${left} more results are left out here; the JSON report has all.`;
  return {
    tool: {
      driver: {
        name,
        version,
        semanticVersion: version,
        rules: ids.map((id) => {
          const { short, help, level } = RULES[id];
          const text = { shortDescription: messageOf(`${short}.`), fullDescription: messageOf(help) };
          return { id, ...text, help: { ...messageOf(help), markdown: help }, defaultConfiguration: { level } };
        }),
      },
    },
    invocations: [
      {
        executionSuccessful: report.verdict !== 'undecided',
        ...(left > 0 ? { toolExecutionNotifications: [{ level: 'warning' as const, message: messageOf(cut) }] } : {}),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: told.map(({ rule, text, location }, index): Result => {
      const ruleIndex = ids.indexOf(rule);
      const partialFingerprints = prints[index] ?? {};
      return {
        ruleId: rule,
        ruleIndex,
        level: RULES[rule].level,
        message: messageOf(escapeUncut(text)),
        locations: [location],
        partialFingerprints,
      };
    }),
    properties: { verdict: report.verdict },
  };
}

function ofFinding(finding: ScanFinding): Told {
  const { verdict, state, address, id, key, message, fix } = finding;
  return {
    rule: verdict as RuleId,
    text: `${address} ${message} (${whereWords(finding)}). Fix: ${fix}.`,
    location: locationOf(state === '-' ? 'stdin' : state, [address]),
    identity: [verdict, id, key ?? ''],
  };
}

function ofUnread(unread: Unread): Told {
  return {
    rule: 'unreadable',
    text: `${unreadSubject(unread)}: ${unreadReason(unread)}`,
    location: locationOf(unread.state ?? 'states', []),
    identity: ['unreadable', unreadSubject(unread), unread.why],
  };
}
