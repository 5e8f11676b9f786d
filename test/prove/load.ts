import { tmpdir } from 'node:os';
import { loadClasses } from '../../providers/classes.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { loadText } from '../lanes/folder.ts';
import type { Case } from './generate.ts';

/** The ruleset of one org file, its head left out. */
export function rulesOf(body: string): Promise<Ruleset> {
  return loadText(`inlane: 1\nlevel: org\n${body}`);
}

/** The ruleset of an org file and a project file below it, without touching the disk. */
export async function loadCase({ org, project }: Pick<Case, 'org' | 'project'>): Promise<Ruleset> {
  const texts: Record<string, string> = { 'org.yaml': JSON.stringify(org, null, 1) };
  if (project) texts['project.yaml'] = JSON.stringify(project, null, 1);
  const read = (path: string) => Object.entries(texts).find(([name]) => path.endsWith(`/${name}`))?.[1] ?? null;
  const lanes = Object.keys(texts);
  const options = { lanes, stack: '.', cwd: tmpdir(), classNames: new Set(loadClasses().keys()), read };
  return (await loadRuleset(options)).ruleset;
}
