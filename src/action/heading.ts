import { escapeMarkdown, escapeText } from '../report/escape.ts';
import type { ActionIo } from './io.ts';

/** Line above a report in a summary or a comment: whose it is, of which commit, and the run that made it. */
export function heading(section: string, commit: string | null, env: ActionIo['env']): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const url = `${server}/${repository}/actions/runs/${run}`;
  const isUrl = /^https?:\/\/[\w.:-]+\/[\w.-]+\/[\w.-]+\/actions\/runs\/\d+$/.test(url);
  return [
    ...(section === '' ? [] : [`**${escapeMarkdown(escapeText(section))}**`]),
    ...(commit === null ? [] : [`commit ${commit.slice(0, 10)}`]),
    ...(isUrl ? [`[run ${run}](${url})`] : []),
  ].join(', ');
}
