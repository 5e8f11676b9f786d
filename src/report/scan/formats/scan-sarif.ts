import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { ScanVerdict } from '../../../tags/drift.ts';
import { escapeJson, escapeUncut } from '../../escape.ts';
import type { ScanFormatter } from '../formats.ts';
import type { ScanFinding } from '../model.ts';
import { unreadReason, unreadSubject, whereWords } from '../words.ts';

const RULES: Readonly<Partial<Record<ScanVerdict, { readonly text: string; readonly level: 'error' | 'warning' | 'note' }>>> = {
  drifted: { text: 'A classification tag has another value than the state says.', level: 'error' },
  missing: { text: 'A classification tag is not there.', level: 'error' },
  'extra-privileged': { text: 'A classification tag changed, and somebody may now do what was denied.', level: 'error' },
  'not-found': { text: 'An object of the state is not in the cloud.', level: 'error' },
  'not-taggable': { text: 'An object cannot carry the tag.', level: 'note' },
  unreadable: { text: 'Something was not read, so the scan is partial.', level: 'error' },
};

/** SARIF 2.1.0: the finding stands at its state file, for a tag that drifted has no line of code. */
export const scanSarif: ScanFormatter = (report) => {
  const rules = Object.entries(RULES).map(
    ([id, { text, level }]): ReportingDescriptor => ({
      id,
      shortDescription: { text },
      fullDescription: { text },
      help: { text: 'See `inlane tags scan --help`.' },
      defaultConfiguration: { level },
    }),
  );
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: report.tool.name, version: report.tool.version, rules } },
        invocations: [{ executionSuccessful: report.verdict !== 'undecided' }],
        results: [
          ...report.findings.map(resultOf),
          ...report.unread.map(
            (one): Result => ({
              ruleId: 'unreadable',
              level: 'error',
              message: { text: escapeUncut(`${unreadSubject(one)}: ${unreadReason(one)}`) },
              partialFingerprints: { 'inlane/v1': fingerprint('unreadable', unreadSubject(one), one.why) },
            }),
          ),
        ],
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
};

function resultOf(finding: ScanFinding): Result {
  const { verdict, state, address, id, key, message, fix } = finding;
  return {
    ruleId: verdict,
    level: RULES[verdict]?.level ?? 'warning',
    message: { text: escapeUncut(`${address} ${message} (${whereWords(finding)}). Fix: ${fix}.`) },
    locations: [
      {
        ...(state === '-' ? {} : { physicalLocation: { artifactLocation: { uri: encodeURI(state.replaceAll('\\', '/')) } } }),
        logicalLocations: [{ fullyQualifiedName: escapeUncut(address), kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'inlane/v1': fingerprint(verdict, id, key ?? '') },
  };
}

function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
