import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InlaneError } from '../src/errors.ts';

/**
 * A built-in class. `suggests`: cross-cutting classes that a type added to it by `is_a` inherits. `cases`: for people who class a type,
 * which hard cases belong to it and which do not.
 */
export interface BuiltinClass {
  readonly group: string;
  readonly meaning: string;
  readonly cross: boolean;
  readonly suggests: readonly string[];
  readonly cases: readonly string[];
}

let classes: ReadonlyMap<string, BuiltinClass> | null = null;

/** The built-in classes (classes.json), read from disk once. Throws `internal` when the file is missing or damaged. */
export function loadClasses(): ReadonlyMap<string, BuiltinClass> {
  classes ??= new Map(
    Object.entries(readClasses()).map(([name, entry]) => [
      name,
      { ...entry, suggests: entry.suggests ?? [], cases: entry.cases ?? [] },
    ]),
  );
  return classes;
}

type Written = Omit<BuiltinClass, 'suggests' | 'cases'> & Partial<Pick<BuiltinClass, 'suggests' | 'cases'>>;

function readClasses(): Record<string, Written> {
  try {
    return JSON.parse(readFileSync(join(import.meta.dirname, 'classes.json'), 'utf8'));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InlaneError(
      'internal',
      `the built-in classes cannot be read: ${said}`,
      'reinstall inlane; the file is part of the package',
    );
  }
}
