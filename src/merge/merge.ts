import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spellInstant } from '../logic/matcher.ts';
import { printable } from '../plan/printable.ts';
import { Stream, type Streamed } from '../report/json.ts';
import type { ReportDiagnostic } from '../report/report.ts';
import { accessHead, accessKey } from '../report/scan/access.ts';
import { outcomeOf } from '../report/scan/build.ts';
import type {
  AccessPart,
  OrphanGroup,
  OrphanQuestion,
  ScanReport,
  ScanSummary,
  Unmanaged,
  Unread,
} from '../report/scan/model.ts';
import { type Orphan, orphanHead, orphanOf } from '../report/scan/orphans.ts';
import type { PlannedTarget } from '../report/scan/shard.ts';
import { added, NONE } from '../report/scan/summary.ts';
import { linesOf } from '../scan/spool.ts';
import { type Chosen, chooseResults } from './choose.ts';
import { GroupsOnDisk } from './groups.ts';
import { type LineOf, type ListedKind, type Result, readResult, type TargetResult } from './result.ts';

/** A report whose lists stay on disk until they are read. */
export interface Merged {
  readonly report: Streamed<ScanReport>;
  /** Removes what is on disk; the report cannot be read any more. */
  close(): void;
}

/**
 * The results of shards as the one report that a scan of everything would have made, in memory that does not grow with what was found. A
 * shard without a result is named, and makes it partial. Throws InlaneError.
 */
export function mergeShards(paths: readonly string[], cwd: string): Merged {
  const read = paths.map((path) => readResult(path, cwd));
  const chosen = chooseResults(read.filter((result) => result !== null));
  const nameless = paths.filter((_, at) => read[at] === null).map(namelessWords);
  const folder = mkdtempSync(join(tmpdir(), 'inlane-merge-'));
  const merge = new Merge(chosen, nameless, folder);
  try {
    return { report: merge.report(), close: () => merge.close() };
  } catch (error) {
    merge.close();
    throw error;
  }
}

class Merge {
  readonly #results: ReadonlyMap<string, Result>;
  readonly #missing: Chosen['missing'];
  readonly #any: Result;
  readonly #nameless: readonly ReportDiagnostic[];
  readonly #folder: string;
  readonly #access: GroupsOnDisk<AccessPart>;
  readonly #old: GroupsOnDisk<Orphan['item']>;
  readonly #unknownAge: GroupsOnDisk<Orphan['item']>;

  constructor({ any, results, missing }: Chosen, nameless: readonly ReportDiagnostic[], folder: string) {
    this.#results = results;
    this.#missing = missing;
    this.#any = any;
    this.#nameless = nameless;
    this.#folder = folder;
    this.#access = new GroupsOnDisk(folder, 'access', 'first');
    this.#old = new GroupsOnDisk(folder, 'old', 'key');
    this.#unknownAge = new GroupsOnDisk(folder, 'unknown-age', 'key');
  }

  report(): Streamed<ScanReport> {
    const { header, before } = this.#any;
    const targets = header.targets.map((target, n) => ({
      target,
      result: this.#results.get(target.shard)?.targets.get(n) ?? null,
    }));
    const counts = targets.map(({ target, result }) => result?.counts ?? lost(target));
    const summary = added([header.counts, ...counts]);
    const partial = before.unread > 0 || targets.some(({ result }) => result === null || result.unread > 0);
    const { verdict, exit, diagnostics } = outcomeOf(summary, partial);
    const orphans = this.#question();
    this.#group(orphans);
    return {
      format: 'inlane-scan/1',
      tool: header.tool,
      verdict,
      exit,
      partial,
      shard: null,
      rules: header.rules,
      states: this.#before('state', ({ state }) => state),
      summary,
      unread: this.#list(
        'unread',
        ({ unread }) => unread,
        (target) => this.#unreadOf(target),
      ),
      findings: this.#list('finding', ({ finding }) => finding),
      access: new Stream(() => this.#accessChanges()),
      unmanaged: this.#list('unmanaged', ({ unmanaged }) => unmanaged),
      orphans:
        orphans === null
          ? null
          : {
              older_than: orphans.olderThan,
              made_before: spellInstant(orphans.before),
              groups: orphanGroups(this.#old),
              age_unknown: orphanGroups(this.#unknownAge),
            },
      diagnostics: [...header.diagnostics, ...this.#nameless, ...this.#missing.map(missingWords), ...diagnostics],
    };
  }

  close(): void {
    for (const groups of [this.#access, this.#old, this.#unknownAge]) groups.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Shards start at different times: what was old enough for the first of them is. */
  #question(): OrphanQuestion | null {
    const all = [...this.#results.values()].flatMap(({ header: { orphans } }) => orphans ?? []);
    return all.reduce<OrphanQuestion | null>(
      (first, other) => (first === null || other.before < first.before ? other : first),
      null,
    );
  }

  #group(question: OrphanQuestion | null): void {
    let order = 0;
    for (const access of this.#list('access', (line) => line.access)) {
      const key = createHash('sha256').update(accessKey(access)).digest('hex');
      this.#access.add(key, String(order).padStart(12, '0'), access, access.objects.length);
      order += 1;
    }
    if (question === null) return;
    for (const item of this.#list('unmanaged', (line) => line.unmanaged)) {
      const orphan = orphanOf(item as Unmanaged, question);
      const groups = orphan?.ageKnown ? this.#old : this.#unknownAge;
      order += 1;
      // Lists of neighbouring targets may name the same object.
      if (orphan !== null) groups.add(orphan.group, `${orphan.order}\0${String(order).padStart(12, '0')}`, orphan.item);
    }
  }

  *#accessChanges(): Generator<Streamed<ScanReport['access'][number]>> {
    for (const { first, weight, members } of this.#access.groups())
      yield { ...accessHead(first, weight), objects: new Stream(() => objectsOf(members())) };
  }

  /** Lines of one kind that stand before the targets. */
  #before<K extends ListedKind, T>(kind: K, told: (line: LineOf<K>) => T): Stream<T> {
    return new Stream(() => valuesIn(this.#any, this.#any.before, kind, told));
  }

  /** Lines of one kind, in the order of the report; `instead`: what stands for a target without a result. */
  #list<K extends ListedKind, T>(
    kind: K,
    told: (line: LineOf<K>) => T,
    instead: (target: PlannedTarget) => readonly T[] = () => [],
  ): Stream<T> {
    const all = function* (any: Result, results: ReadonlyMap<string, Result>): Generator<T> {
      yield* valuesIn(any, any.before, kind, told);
      for (const [n, target] of any.header.targets.entries()) {
        const result = results.get(target.shard);
        const own = result?.targets.get(n);
        if (result === undefined || own === undefined) yield* instead(target);
        else yield* valuesIn(result, own, kind, told);
      }
    };
    return new Stream(() => all(this.#any, this.#results));
  }

  #unreadOf({ shard, cloud, account, region, objects }: PlannedTarget): Unread[] {
    const cut = this.#missing.find((one) => one.shard === shard)?.cut ?? null;
    const why = cut === null ? `shard ${shard} has no result` : `the result of shard ${shard} is cut`;
    const hint = `scan it again (--shard ${shard}) and merge all results`;
    return [{ cloud, account, region, what: 'objects', state: null, objects, addresses: [], why, permission: null, hint }];
  }
}

function lost({ objects }: PlannedTarget): ScanSummary {
  return { ...NONE, unreadable: objects };
}

function missingWords({ shard, cut }: Chosen['missing'][number]): ReportDiagnostic {
  const message = cut === null ? `shard \`${shard}\` has no result` : `\`${cut}\`, the result of shard \`${shard}\`, is cut`;
  return { code: 'shard-missing', severity: 'error', message, hint: `scan it again: --shard ${shard}` };
}

function namelessWords(path: string): ReportDiagnostic {
  const message = `\`${printable(path)}\` is cut before it says which shard it is of`;
  return { code: 'shard-missing', severity: 'warning', message, hint: 'scan that shard again' };
}

function* valuesIn<K extends ListedKind, T>(
  { path }: Result,
  { ranges }: TargetResult,
  kind: K,
  told: (line: LineOf<K>) => T,
): Generator<T> {
  const range = ranges.get(kind);
  if (range === undefined) return;
  const descriptor = openSync(path, 'r');
  try {
    for (const { text } of linesOf(descriptor, range.from, range.to, 1 << 14)) yield told(JSON.parse(text) as LineOf<K>);
  } finally {
    closeSync(descriptor);
  }
}

function* objectsOf(parts: Iterable<AccessPart>): Generator<AccessPart['objects'][number]> {
  for (const { objects } of parts) yield* objects;
}

function orphanGroups(groups: GroupsOnDisk<Orphan['item']>): Stream<Streamed<OrphanGroup>> {
  return new Stream(function* () {
    for (const { key, weight, first, members } of groups.groups())
      yield { ...orphanHead(key, weight, first.created_at), ids: new Stream(() => idsOf(members())) };
  });
}

function* idsOf(items: Iterable<Orphan['item']>): Generator<string> {
  for (const { id } of items) yield id;
}
