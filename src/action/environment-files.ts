import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { InlaneError } from '../errors.ts';
import type { ActionIo } from './io.ts';

/** Bytes that a step's summary may have (docs.github.com, workflow commands, "Step isolation and limits"). */
export const SUMMARY = 1 << 20;

/**
 * Sets outputs of the step. The delimiter is new for each value, so that no text can end its value and set another output.
 * Throws `io`: without its outputs a later step would know no verdict.
 */
export function setOutputs(outputs: Readonly<Record<string, string>>, env: ActionIo['env']): void {
  append(
    'GITHUB_OUTPUT',
    Object.entries(outputs)
      .map(([name, value]) => entry(name, value))
      .join(''),
    env,
  );
}

/** Adds Markdown to the summary of the job. Throws `io`. */
export function addSummary(markdown: string, env: ActionIo['env']): void {
  append('GITHUB_STEP_SUMMARY', markdown, env);
}

function entry(name: string, value: string): string {
  const delimiter = `inlane_${randomUUID()}`;
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

function append(variable: string, text: string, env: ActionIo['env']): void {
  const file = env[variable];
  const hint = 'run this as a step of a workflow, whose runner names a file there';
  if (!file) throw new InlaneError('io', `\`${variable}\` is not set`, hint);
  try {
    appendFileSync(file, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError('io', `the file of \`${variable}\` cannot be written (${code})`, hint);
  }
}
