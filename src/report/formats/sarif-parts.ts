import { createHash } from 'node:crypto';
import type { Invocation, Location, Message, Notification, PhysicalLocation } from 'sarif';
import { escapeText } from '../escape.ts';
import type { ExitCode, Report, ReportDiagnostic } from '../report.ts';
import { headline } from './headline.ts';
import { plain } from './layout.ts';
import { principalWords } from './words.ts';

/** Words as a plain text message: without what SARIF reads as a link or a placeholder. */
export function messageOf(words: string): Message & { text: string } {
  return {
    text: plain(words)
      .replaceAll('](', ']\\(')
      .replace(/\{(\d+)\}/g, '{{$1}}'),
  };
}

/**
 * A file as a relative URI reference. An absolute path says nothing to whoever reads the log elsewhere, so its last part stands for it.
 */
export function uriOf(file: string): string {
  const steps = file.replaceAll('\\', '/').split('/');
  const isAbsolute = file.startsWith('/') || /^([A-Za-z]:[\\/]|\\)/.test(file);
  const kept = isAbsolute ? steps.slice(-1) : steps.filter((step, index) => step !== '.' && (step !== '' || index === 0));
  // What is no well-formed text has no percent code.
  return kept.map((step) => encodeURIComponent(step.replace(/\p{Cs}/gu, '\ufffd'))).join('/');
}

/** A place `file:line:column` or `file:line`; without a line the first, since GitHub asks for one. */
export function physical(place: string): PhysicalLocation {
  const [, file = place, line = '1', column] = /^(.*?):(\d+)(?::(\d+))?$/s.exec(place) ?? [];
  return {
    artifactLocation: { uri: uriOf(file), uriBaseId: '%SRCROOT%' },
    region: {
      startLine: Math.max(1, Number(line)),
      ...(column === undefined ? {} : { startColumn: Math.max(1, Number(column)) }),
    },
  };
}

export function locationOf(place: string, logical: readonly string[]): Location {
  return {
    physicalLocation: physical(place),
    ...(logical.length > 0
      ? { logicalLocations: logical.map((address) => ({ fullyQualifiedName: escapeText(address), kind: 'resource' })) }
      : {}),
  };
}

/** Prints that outlive a move of lines, one for each identity in order; things that are alike in it are counted, as CodeQL does. */
export function fingerprintsOf(identities: readonly unknown[]): readonly Readonly<Record<string, string>>[] {
  const seen = new Map<string, number>();
  return identities.map((identity) => {
    const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    const nth = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, nth);
    // The second is the one that GitHub compares.
    return { 'inlane/v1': `${digest}:${nth}`, primaryLocationLineHash: `${digest.slice(0, 16)}:${nth}` };
  });
}

/** How one plan was decided. `left`: how many results of the run stand nowhere. */
export function invocationOf(report: Report, exitCode: ExitCode, left: number): Invocation {
  const { plan, rules, verdict, observe, principal, diagnostics } = report;
  const notifications = diagnostics.map(notificationOf);
  const cut: Notification[] =
    left > 0
      ? [
          {
            descriptor: { id: 'results-left-out' },
            level: 'warning',
            message: messageOf(`${left} results are left out, the mildest of the run: GitHub takes no more in one file`),
          },
        ]
      : [];
  return {
    executionSuccessful: verdict !== 'undecided',
    exitCode,
    exitCodeDescription: plain(`${verdict}: ${headline(report, 'plan')}`),
    ...(notifications.length + cut.length > 0 ? { toolExecutionNotifications: [...notifications, ...cut] } : {}),
    properties: {
      verdict,
      observe,
      principal: plain(principalWords(principal)),
      ...(plan === null ? {} : { plan: escapeText(plan.path), rows: plan.rows, decided: plan.decided }),
      ...(plan === null || plan.sha256 === null ? {} : { planSha256: plan.sha256 }),
      ...(rules === null ? {} : { rulesSha256: rules.sha256 }),
    },
  };
}

function notificationOf({ code, severity, message, hint, at }: ReportDiagnostic): Notification {
  return {
    descriptor: { id: escapeText(code) },
    level: severity,
    message: messageOf(escapeText(message) + (hint === null ? '' : `; ${escapeText(hint)}`)),
    ...(at === undefined ? {} : { locations: [{ physicalLocation: physical(at) }] }),
  };
}
