import { InlaneError } from '../../errors.ts';
import { escapeJson, escapeText } from '../escape.ts';
import { Page } from '../formats/layout.ts';
import type { FormatTable } from '../formats.ts';
import { count } from '../scan/words.ts';
import type { ReportShard, ShardsReport } from './model.ts';

/** Pure. The text ends in a line end. Throws `usage` where a system takes no matrix of that size. */
export type ShardsFormatter = (report: ShardsReport, options: { readonly width: number; readonly colour: boolean }) => string;

export const SHARDS_FORMATS: FormatTable<ShardsFormatter> = new Map([
  ['text', { summary: 'for people', load: async () => text }],
  ['json', { summary: 'for machines; the schema is published in the package', load: async () => json }],
  ['github', { summary: 'a matrix for `fromJSON` of GitHub Actions', load: async () => github }],
  ['gitlab', { summary: 'a hidden job `.inlane-shards` with a parallel matrix of GitLab', load: async () => gitlab }],
]);

const text: ShardsFormatter = ({ shards, objects }, { width, colour }) => {
  const page = new Page(width, colour);
  page.line(0, `${count(objects, 'object')} in ${count(shards.length, 'shard')}`);
  for (const shard of shards) {
    page.line(2, `${escapeText(shard.shard)}: ${count(shard.objects, 'object')} in ${count(shard.targets.length, 'target')}`, 4);
  }
  return page.toString();
};

const json: ShardsFormatter = (report) => `${escapeJson(JSON.stringify(report, null, 2))}\n`;

/** One line, so that it can be the value of a step's output. An account or region that is not the only one is empty. */
const github: ShardsFormatter = ({ shards }) => {
  // https://docs.github.com/en/actions/reference/limits: 256 jobs for each run of a workflow with a matrix.
  within(shards, 256, 'GitHub Actions');
  const include = shards.map(({ shard, cloud, account, region }) => ({
    shard,
    cloud,
    account: account ?? '',
    region: region ?? '',
  }));
  return `${escapeJson(JSON.stringify({ include }))}\n`;
};

/** Names of variables that are no options of inlane, but for the shard itself. */
const gitlab: ShardsFormatter = ({ shards }) => {
  // https://docs.gitlab.com/ci/yaml/#parallelmatrix: 200 jobs.
  within(shards, 200, 'GitLab');
  const entries = shards.flatMap(({ shard, cloud, account, region }) => {
    const variables = { INLANE_SHARD: shard, SHARD_CLOUD: cloud, SHARD_ACCOUNT: account ?? '', SHARD_REGION: region ?? '' };
    return Object.entries(variables).map(
      // A JSON string is a YAML string.
      ([name, value], at) => `      ${at === 0 ? '- ' : '  '}${name}: ${escapeJson(JSON.stringify(value))}`,
    );
  });
  return [`.inlane-shards:`, '  parallel:', shards.length === 0 ? '    matrix: []' : '    matrix:', ...entries, ''].join('\n');
};

function within(shards: readonly ReportShard[], most: number, who: string): void {
  if (shards.length <= most) return;
  throw new InlaneError('usage', `${shards.length} shards are more than ${who} takes`, `ask for fewer: --shards ${most}`);
}
