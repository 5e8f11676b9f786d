import {
  type Answer,
  type ChangedPath,
  type Fact,
  known,
  type Operation,
  type Side,
  type SuccessorTest,
  unknown,
} from '../logic/fact.ts';
import type { PathPattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { member, UNKNOWN } from '../plan/value.ts';
import { triggeredClasses } from './classes.ts';
import { lookup } from './lookup.ts';
import type { AtomicChange } from './model.ts';
import type { PlannedObject } from './object.ts';

/** What an atom asks of its row's surroundings; the classifier answers. */
export interface AtomRelations {
  dependents(): Fact;
  successor(test: SuccessorTest): Answer;
}

export interface AtomOptions {
  readonly subject?: string | null;
  readonly because?: string | null;
  readonly replaces: boolean;
  readonly reason: string | null;
}

/** One atomic change on one side of an object that the plan shows. */
export class PlannedAtom implements AtomicChange {
  readonly operation: Operation;
  readonly side: Side;
  readonly subject: string | null;
  readonly because: string | null;
  private readonly object: PlannedObject;
  private readonly paths: () => readonly ChangedPath[];
  private readonly relations: AtomRelations;
  private readonly options: AtomOptions;
  private changed: readonly ChangedPath[] | null = null;
  private classes: Fact | null = null;
  /** The test for a successor that was asked last: the verdict and its reasons ask for the same. */
  private tested: { readonly test: SuccessorTest; readonly answer: Answer } | null = null;

  constructor(
    operation: Operation,
    object: PlannedObject,
    paths: () => readonly ChangedPath[],
    relations: AtomRelations,
    options: AtomOptions,
  ) {
    this.operation = operation;
    this.side = object.side;
    this.object = object;
    this.paths = paths;
    this.relations = relations;
    this.options = options;
    this.subject = options.subject ?? null;
    this.because = options.because ?? null;
  }

  fact(key: string): Fact {
    switch (key) {
      case 'class':
        this.classes ??= this.classFact();
        return this.classes;
      case 'replaces':
        return known(key, this.options.replaces, [{ from: 'plan', name: 'actions', value: null }]);
      case 'action_reason':
        return known(key, this.options.reason, [{ from: 'plan', name: 'action_reason', value: null }]);
      case 'dependents':
        return this.relations.dependents();
      default:
        return this.object.fact(key);
    }
  }

  changedPaths(): readonly ChangedPath[] {
    this.changed ??= this.paths();
    return this.changed;
  }

  successor(test: SuccessorTest): Answer {
    if (this.tested?.test !== test) this.tested = { test, answer: this.relations.successor(test) };
    return this.tested.answer;
  }

  /** The object's classes and those that the touched paths add (`access_by`, `exposure_by`). */
  private classFact(): Fact {
    const base = this.object.fact('class');
    const row = this.object.row;
    if (base.state.kind !== 'members' || (!row?.access_by && !row?.exposure_by)) return base;
    const added = triggeredClasses(
      row,
      () => this.changedPaths(),
      (p) => lookup(this.object.values, p),
      this.operation !== 'update',
      (p) => this.subject === null && staysAt(p, this.object.change),
    );
    if (added.size === 0) return base;
    const members = new Map(base.state.members);
    for (const [name, sure] of added) if (members.get(name) !== true) members.set(name, sure);
    return { ...base, state: { ...base.state, members } };
  }
}

/** Whether an edit leaves an attribute of the object as it is, a plain value: then no path there differs. False = it may all the same. */
function staysAt({ steps: [name, more] }: PathPattern, { before, after }: ResourceChange): boolean {
  if (typeof name !== 'string' || more !== undefined || before === null || after === null || after === UNKNOWN) return false;
  const was = member(before, name) ?? null;
  return was === (member(after, name) ?? null) && (was === null || typeof was === 'string' || typeof was === 'boolean');
}

/** An atom on an object that neither this plan nor its state holds: every fact is unknown. */
export function unseenAtom(operation: Operation, side: Side, because: string): AtomicChange {
  const why = 'the object it concerns is neither in this plan nor in its state';
  return {
    operation,
    side,
    subject: null,
    because,
    fact: (key) => unknown(key, why),
    changedPaths: () => [{ path: [], maybe: true, subtree: true }],
    successor: () => ({ value: 'unknown', why }),
  };
}
