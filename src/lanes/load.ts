import type { Problem } from '../errors.ts';
import { parseDuration } from '../logic/duration.ts';
import { type Gathered, gather, type LaneSource, type ReadRules, type UnreadRules } from './cascade.ts';
import { ConditionCompiler } from './condition.ts';
import { Definitions } from './definitions.ts';
import { readTests } from './examples.ts';
import { entriesAt, type LaneNode, textAt, textOf, valueAt } from './node.ts';
import { Problems, quoted } from './problems.ts';
import { compileMay, type RuleLists, RuleReader } from './rules.ts';
import { LEVELS, type Ruleset } from './ruleset.ts';

export interface LoadOptions {
  /** Files given by --lanes, instead of discovery. */
  readonly lanes?: readonly string[];
  /** The stack's directory, relative to `cwd`. */
  readonly stack: string;
  readonly cwd: string;
  /** Names of the built-in classes (providers/classes.json). */
  readonly classNames: ReadonlySet<string>;
  /** The highest directory that discovery looks at, instead of the repository's root; then the stack is relative to it. Absolute. */
  readonly top?: string;
  /** Where files are read from instead of the working tree (`rulesFromCommit`). */
  readonly read?: ReadRules;
  /** Lane files that discovery finds in the working tree and `read` does not have. */
  readonly unread?: UnreadRules;
}

/** Sections that only a file speaking at org level may have (lanes.md 1). */
const ORG_ONLY = ['attributes', 'principals', 'limits', 'providers'] as const;

/**
 * All lane files that apply, as one ruleset. Diagnostics are warnings. Throws InlaneError `lanes-missing`, `lanes-invalid`
 * with every problem of every file, `io` or `usage`.
 */
export async function loadRuleset(options: LoadOptions): Promise<{ ruleset: Ruleset; diagnostics: readonly Problem[] }> {
  const problems = new Problems();
  const gathered = await gather(options, problems);
  // With a file that cannot be read at all, names that it may define would be complained about elsewhere.
  if (!gathered.usable) problems.raise(gathered.files);
  const ruleset = compile(gathered, options.classNames, problems);
  problems.raise(gathered.files);
  return { ruleset, diagnostics: gathered.diagnostics };
}

function compile({ sources }: Gathered, classNames: ReadonlySet<string>, problems: Problems): Ruleset {
  for (const source of sources) checkOrgOnly(source, problems);
  const definitions = new Definitions(sources, classNames, problems);
  const org = sources.filter((s) => s.speaks === 0).map((s) => s.root);
  const maxGrant = single(org, 'max_grant', problems);
  const observe = single(org, 'observe', problems);
  const lists: RuleLists = { grants: [], denies: [], obligations: [], ceilings: [], quotas: [], partial: [], never: [] };
  for (const source of sources) new RuleReader(source, definitions, lists, problems).read(duration(maxGrant));
  const compiler = new ConditionCompiler(definitions.namesAt(0), problems);
  const { registry, tiers } = definitions.principals;
  return {
    files: sources.map(({ path, level, sha256 }) => ({ path, level, sha256 })),
    attributes: definitions.attributes,
    classes: definitions.classes,
    paths: definitions.paths,
    operations: definitions.operations,
    providers: mirrors(org, definitions, problems),
    ...lists,
    tiers: tiers && new Map([...tiers].map(([name, may]) => [name, compileMay(may, compiler)])),
    registry,
    observeAllowed: !(observe?.kind === 'scalar' && observe.value === false),
    tests: sources.flatMap((source) => readTests(source, definitions.namesAt(source.speaks), problems)),
  };
}

function checkOrgOnly(source: LaneSource, problems: Problems): void {
  if (source.speaks === 0) return;
  const level = LEVELS[source.speaks] ?? source.level;
  const extended = source.level === 'org';
  for (const section of ORG_ONLY) {
    const entry = source.root.entries.get(section);
    if (!entry) continue;
    const hint = extended
      ? `only files of level ${level} and below extend this file; extend it from the topmost one`
      : 'move it to the org file';
    problems.add(entry.at, `\`${section}\` stands at org level only`, hint);
  }
}

/** A key of `limits`, which one org file may set. */
function single(roots: readonly LaneNode[], key: string, problems: Problems): LaneNode | null {
  let found: LaneNode | null = null;
  for (const root of roots) {
    const entry = entriesAt(root, 'limits').find((e) => e.key === key);
    if (entry && found)
      problems.add(
        entry.at,
        `limit ${quoted(key)} is defined twice`,
        `first at ${found.at.file}:${found.at.line}:${found.at.column}`,
      );
    else if (entry) found = entry.value;
  }
  return found;
}

function duration(node: LaneNode | null): number | null {
  const text = node && textOf(node);
  return text ? parseDuration(text) : null;
}

function mirrors(roots: readonly LaneNode[], definitions: Definitions, problems: Problems): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const root of roots) {
    const section = valueAt(root, 'providers');
    for (const { key, at, value } of entriesAt(root, 'providers')) {
      const target = section && textAt(section, key);
      if (!/^[^\s/]+\/[^\s/]+(?:\/[^\s/]+)?$/.test(key))
        problems.add(at, `${quoted(key)} is no provider source`, 'write for example "corp.example/x/aws"');
      if (!definitions.defined.add('provider', key, at)) continue;
      if (target) all.set(key, target.replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, ''));
      else problems.gap(value.at);
    }
  }
  return all;
}
