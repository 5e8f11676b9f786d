import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InlaneError } from '../src/errors.ts';

/** A built-in class. `suggests`: cross-cutting classes that a type added to it by `is_a` inherits. */
export interface BuiltinClass {
  readonly group: string;
  readonly meaning: string;
  readonly cross: boolean;
  readonly suggests: readonly string[];
}

let classes: ReadonlyMap<string, BuiltinClass> | null = null;

/** The built-in classes (classes.json), read from disk once. Throws `internal` when the file is missing or damaged. */
export function loadClasses(): ReadonlyMap<string, BuiltinClass> {
  classes ??= new Map(
    Object.entries(readData<Written>('classes.json')).map(([name, entry]) => [
      name,
      { ...entry, suggests: entry.suggests ?? [] },
    ]),
  );
  return classes;
}

type Written = Omit<BuiltinClass, 'suggests'> & Partial<Pick<BuiltinClass, 'suggests'>>;

/**
 * For people who class a type, which hard cases belong to a class and which do not; in a file of its own (class-cases.json), for whoever
 * decides plans reads none of it. Throws as `loadClasses` does.
 */
export function loadCases(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(readData<readonly string[]>('class-cases.json')));
}

function readData<Entry>(file: string): Record<string, Entry> {
  try {
    return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InlaneError(
      'internal',
      `the built-in classes cannot be read: ${said}`,
      'reinstall inlane; the file is part of the package',
    );
  }
}
