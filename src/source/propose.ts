import type { ResourceChange } from '../plan/model.ts';
import type { ConfigurationEdit, Finding, FixPlace } from '../tags/finding.ts';
import type { Block } from './body.ts';
import { defaultsEdit, WantedDefaults } from './defaults.ts';
import { editsOf, type FileEdit } from './edit.ts';
import type { SourceFile } from './folder.ts';
import { type Located, locate } from './locate.ts';
import { MergedEdits } from './merged-edits.ts';
import { CARRIERS } from './nested.ts';
import { addedBy, unifiedDiff } from './patch.ts';
import { Secrets } from './shown.ts';
import { argumentOf, type ModuleTree } from './tree.ts';

export interface Proposed {
  /** Findings with the place of their fix, by the findings without. */
  readonly findings: ReadonlyMap<Finding, Finding>;
  /** One patch of all; null where there is none. */
  readonly patch: string | null;
}

interface Proposal {
  readonly files: readonly FileEdit[];
  readonly at: FixPlace;
  /** The lines that are added. */
  readonly insert: string;
}

/**
 * The place of each fix, a patch where one can be made, and a patch of all of them together. What one block lacks is
 * added at once; `pathOf` is the path of a file in a patch, null where none can be made of it. A block that stands for several objects is changed only where all of them lack the same.
 */
export async function proposeEdits(
  findings: readonly Finding[],
  rows: readonly ResourceChange[],
  tree: ModuleTree,
  pathOf: (file: SourceFile) => string | null,
): Promise<Proposed> {
  const fixed = new Map<Finding, Finding>();
  const all = new Map<SourceFile, MergedEdits>();
  const around = { tree, pathOf, defaults: new WantedDefaults(findings, rows) };
  for (const group of await grouped(findings, rows, tree)) {
    const proposal = await propose(group, around);
    for (const { file, edits } of proposal?.files ?? []) {
      const merged = all.get(file) ?? new MergedEdits();
      all.set(file, merged);
      merged.add(edits, group.instances);
    }
    for (const finding of group.findings) fixed.set(finding, withPlace(finding, group.located, proposal));
  }
  const patches = [...all]
    .sort(([a], [b]) => (a.path < b.path ? -1 : 1))
    .flatMap(([file, { edits, rows: own }]) => unifiedDiff(pathOf(file), file, edits, mayShow(new Secrets(file, own))) ?? []);
  return { findings: fixed, patch: patches.length > 0 ? patches.join('') : null };
}

/** A block of the text with all objects that it stands for: a module that is called twice has one text and two blocks in the plan. */
interface Group {
  readonly located: Located;
  readonly findings: Finding[];
  readonly instances: ResourceChange[];
}

async function grouped(
  findings: readonly Finding[],
  rows: readonly ResourceChange[],
  tree: ModuleTree,
): Promise<Iterable<Group>> {
  const standing = rows.filter((row) => row.deposed === null && row.after !== null);
  const byAddress = new Map(standing.map((row) => [row.address, row]));
  const groups = new Map<Block, Group>();
  const of = async (row: ResourceChange | undefined) => {
    const located = row?.block ? await locate(row.block, tree) : null;
    return located !== null && 'found' in located ? located.found : null;
  };
  for (const finding of findings) {
    const { address, deposed, fix, key } = finding;
    if (address === null || deposed !== null || fix === null || key === null) continue;
    const located = await of(byAddress.get(address));
    if (located === null) continue;
    const group = groups.get(located.declaration.block);
    if (group === undefined) groups.set(located.declaration.block, { located, findings: [finding], instances: [] });
    else group.findings.push(finding);
  }
  const names = new Set([...groups.keys()].map(({ labels }) => labels.join(' ')));
  for (const row of standing) {
    if (!names.has(`${row.type} ${row.name}`)) continue;
    const located = await of(row);
    if (located !== null) groups.get(located.declaration.block)?.instances.push(row);
  }
  return groups.values();
}

interface Surroundings {
  readonly defaults: WantedDefaults;
  readonly tree: ModuleTree;
  readonly pathOf: (file: SourceFile) => string | null;
}

async function propose({ located, findings: own, instances }: Group, around: Surroundings): Promise<Proposal | null> {
  const wanted = sharedEdits(own, instances);
  if (wanted === null) return null;
  const files = located.module.local ? editsOf(located.declaration, wanted) : await defaultsEdit(instances, wanted, around);
  const [first] = files ?? [];
  if (files === null || first === undefined) return null;
  const [added] = addedBy(first.file, first.edits);
  const guarded = files.map(({ file, edits }) => ({ file, edits, secrets: new Secrets(file, instances) }));
  if (added === undefined || guarded.some(({ edits, secrets }) => secrets.areTakenBy(edits))) return null;
  const parts = guarded.map(({ file, edits, secrets }) => unifiedDiff(around.pathOf(file), file, edits, mayShow(secrets)));
  const patch = parts.includes(null) ? null : parts.join('');
  return { files: patch === null ? [] : files, at: { file: first.file.path, line: added.line, patch }, insert: added.text };
}

/** What all objects of the block lack, in the same words; null where they differ, or where a value is open. */
function sharedEdits(findings: readonly Finding[], instances: readonly ResourceChange[]): readonly ConfigurationEdit[] | null {
  const wanted = new Map<string, { edit: ConfigurationEdit; rows: Set<string> }>();
  const values = new Map<string, string>();
  for (const { fix, key, address } of findings) {
    if (fix?.edit === undefined) continue;
    const spelled = JSON.stringify(fix.edit);
    if ((values.get(key ?? '') ?? spelled) !== spelled) return null;
    values.set(key ?? '', spelled);
    const entry = wanted.get(spelled) ?? { edit: fix.edit, rows: new Set() };
    wanted.set(spelled, { ...entry, rows: entry.rows.add(address ?? '') });
  }
  const whole = [...wanted.values()].filter(({ rows }) => instances.every(({ address }) => rows.has(address)));
  return whole.length === 0 || whole.length < wanted.size ? null : whole.map(({ edit }) => edit);
}

function withPlace(finding: Finding, { declaration }: Located, proposal: Proposal | null): Finding {
  if (finding.fix === null) return finding;
  if (proposal !== null && finding.fix.edit !== undefined) {
    return { ...finding, fix: { ...finding.fix, insert: proposal.insert, at: proposal.at } };
  }
  const argument = [...CARRIERS].map((name) => argumentOf(declaration, name)).find((place) => place !== null);
  const at = argument
    ? { file: argument.file.path, line: argument.argument.line }
    : { file: declaration.file.path, line: declaration.block.line };
  return { ...finding, fix: { ...finding.fix, at: { ...at, patch: null } } };
}

function mayShow(secrets: Secrets): (from: number, to: number) => boolean {
  return (from, to) => !secrets.standIn(from, to);
}
