import type { RowDecision } from '../decide/decision.ts';
import { LaterRow } from '../plan/later-row.ts';
import { placed, type ReportSource } from './change.ts';
import type { Report, ReportChange } from './report.ts';

/**
 * The entry of a row that is told as another one but for what it is called and where it is written: of a large plan most are, and each
 * takes some tens of bytes. It must not be copied by spreading, which loses what it shares.
 */
export class LikeChange implements ReportChange {
  readonly #like: ReportChange;
  readonly #row: { readonly address: string };
  /** Null = as the other one. */
  readonly #source: ReportSource | null;

  constructor(like: ReportChange, row: { readonly address: string }, source: ReportSource | null = null) {
    this.#like = like;
    this.#row = row;
    this.#source = source;
  }

  /** The same, written there. */
  placed({ place, why }: ReportSource): LikeChange {
    // More is known of a place than is told, and much.
    return new LikeChange(this.#like, this.#row, { place: place === null ? null : { file: place.file, line: place.line }, why });
  }

  /** The entry that this one differs from in its address alone; null where it is written somewhere. */
  get like(): ReportChange | null {
    return this.#source === null ? this.#like : null;
  }

  get address(): string {
    return this.#row.address;
  }

  get deposed(): ReportChange['deposed'] {
    return this.#like.deposed;
  }

  get previous_address(): ReportChange['previous_address'] {
    return this.#like.previous_address;
  }

  get type(): ReportChange['type'] {
    return this.#like.type;
  }

  get provider(): ReportChange['provider'] {
    return this.#like.provider;
  }

  get mode(): ReportChange['mode'] {
    return this.#like.mode;
  }

  get actions(): ReportChange['actions'] {
    return this.#like.actions;
  }

  get reason(): ReportChange['reason'] {
    return this.#like.reason;
  }

  get replace_paths(): ReportChange['replace_paths'] {
    return this.#like.replace_paths;
  }

  get operations(): ReportChange['operations'] {
    return this.#like.operations;
  }

  get classes(): ReportChange['classes'] {
    return this.#like.classes;
  }

  get verdict(): ReportChange['verdict'] {
    return this.#like.verdict;
  }

  get decisions(): ReportChange['decisions'] {
    return this.#like.decisions;
  }

  get facts(): ReportChange['facts'] {
    return this.#like.facts;
  }

  get source(): ReportChange['source'] {
    return this.#source === null ? this.#like.source : this.#source.place;
  }

  get source_why(): string | undefined {
    return this.#source === null ? this.#like.source_why : (this.#source.why ?? undefined);
  }

  get remedies(): ReportChange['remedies'] {
    return this.#like.remedies;
  }

  /** An object of its own, with its members in their order. */
  toJSON(): ReportChange {
    return placed(this, { place: this.source, why: this.source_why ?? null });
  }
}

/** Entries of rows that are written nowhere: of those that are alike and allowed the first is whole. */
export class LikeChanges {
  /** Of rows that nothing happens to, by their shape. */
  readonly #idle = new Map<object, ReportChange>();
  /** The last of those that are likely to be alike. */
  readonly #last = new Map<string, ReportChange>();

  /** `tell`: its entry as an object of its own. */
  of({ classified, verdict, decisions }: RowDecision, tell: () => ReportChange): ReportChange {
    const { change, classes, operations } = classified;
    // Few rows of a plan that is held are told at all.
    if (!(change instanceof LaterRow) || verdict !== 'allow') return tell();
    if (decisions.length > 0 || operations.length > 0) return this.#alike(change, tell());
    const { shape } = change;
    const like = shape === null ? undefined : this.#idle.get(shape);
    // Its classes may hang on its values.
    if (like !== undefined && like.classes === classes) return new LikeChange(like, change);
    const told = tell();
    if (shape !== null) this.#idle.set(shape, told);
    return told;
  }

  #alike(row: LaterRow, told: ReportChange): ReportChange {
    const kind = `${told.type} ${told.actions[0]}`;
    const last = this.#last.get(kind);
    if (last !== undefined && isLike(told, last)) return new LikeChange(last, row);
    this.#last.set(kind, told);
    return told;
  }
}

/** Whether they differ in their address alone. Lists that are spelled alike are one where rows share them. */
function isLike(one: ReportChange, other: ReportChange): boolean {
  return (
    one.decisions === other.decisions &&
    one.facts === other.facts &&
    one.operations === other.operations &&
    one.classes === other.classes &&
    one.actions === other.actions &&
    one.remedies === other.remedies &&
    one.reason === other.reason &&
    one.verdict === other.verdict &&
    one.type === other.type &&
    one.provider === other.provider &&
    one.mode === other.mode &&
    one.deposed === other.deposed &&
    one.previous_address === other.previous_address &&
    one.replace_paths === other.replace_paths
  );
}

/** The report with every entry an object of its own. */
export function plain(report: Report): Report {
  return { ...report, changes: report.changes.map((change) => (change instanceof LikeChange ? change.toJSON() : change)) };
}
