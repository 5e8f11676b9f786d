import { posix } from 'node:path';
import type { WrittenMap } from '../../providers/provider.ts';
import type { ConfigBlock, PlanFile, ProviderBlock, ResourceChange } from '../plan/model.ts';
import type { Finding } from '../tags/finding.ts';
import { planArchive } from './archive.ts';
import { workingTree } from './files.ts';
import type { SourceFile } from './folder.ts';
import { type RowSource, rowSource, whatIsLocated } from './locate.ts';
import { type Proposed, proposeEdits } from './propose.ts';
import { ModuleTree } from './tree.ts';
import { writtenDefaults, writtenTags } from './written.ts';

export interface SourceOptions {
  /** Absolute folder of the stack. */
  readonly stack: string;
  /** Path of the stack within its repository, `/`-separated; null outside of one. */
  readonly inRepository: string | null;
  /** TF_DATA_DIR, relative to the stack. */
  readonly dataDir?: string;
}

/** What the text of a configuration says of one plan. */
export interface PlanSource {
  /** Where a row is written, or why that is not established. */
  placeOf(change: ResourceChange): Promise<RowSource>;
  /** What the text says of tags that the plan hides, by row. */
  written(): Promise<ReadonlyMap<ResourceChange, ReadonlyMap<string, WrittenMap>>>;
  /** The places of the fixes of findings, with patches; and one patch that makes all of them. */
  propose(findings: readonly Finding[]): Promise<Proposed>;
}

/** The text inside a saved plan, else the one beside it, read as far as it is asked for; `rows` are those of the plan. Null where there is no configuration. */
export function openSource(plan: PlanFile, rows: readonly ResourceChange[], options: SourceOptions): PlanSource | null {
  const beside = workingTree(options.stack, options.dataDir);
  const within = plan.archive === null ? null : planArchive(plan.archive);
  const files = within ?? beside;
  const tree = new ModuleTree(files, { tofu: plan.tool !== 'terraform', sources: plan.configuration.sources });
  if (!tree.present) return null;
  const places = new Map<ConfigBlock | string, Promise<RowSource>>();
  return {
    placeOf(change) {
      const of = whatIsLocated(change);
      let place = places.get(of);
      if (place === undefined) {
        place = rowSource(change, tree);
        places.set(of, place);
      }
      return place;
    },
    async written() {
      const found = new Map<ResourceChange, ReadonlyMap<string, WrittenMap>>();
      const defaults = new Map<ProviderBlock, Awaited<ReturnType<typeof writtenDefaults>>>();
      for (const row of rows) {
        const tags = await writtenTags(row, tree, plan.variables);
        const provider = row.mode === 'managed' ? (row.block?.provider ?? null) : null;
        if (provider !== null && !defaults.has(provider))
          defaults.set(provider, await writtenDefaults(provider, tree, plan.variables));
        const own = provider === null ? null : (defaults.get(provider) ?? null);
        if (tags.size > 0 || own !== null) found.set(row, own === null ? tags : new Map([...tags, [own.path, own.map]]));
      }
      return found;
    },
    propose(findings) {
      const paths = new Map<SourceFile, string | null>();
      return proposeEdits(findings, rows, tree, (file) => {
        let path = paths.get(file);
        if (path === undefined) {
          // What the plan holds may be older than what is there.
          const isThere = within === null || beside.read(file.path) === file.text;
          path = isThere ? posix.join(options.inRepository ?? '', file.path) : null;
          paths.set(file, path);
        }
        return path;
      });
    },
  };
}
