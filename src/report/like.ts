import type { RowDecision } from '../decide/decision.ts';
import { LaterRow } from '../plan/later-row.ts';
import { placed, type ReportSource } from './change.ts';
import type { Report, ReportChange } from './report.ts';

/**
 * The entry of a row that is told as another one but for its address: of a large plan most are, and each takes some tens of bytes. It must
 * not be copied by spreading, which loses what it shares.
 */
export class LikeChange implements ReportChange {
  /** The other one. */
  readonly like: ReportChange;
  readonly row: { readonly address: string };

  constructor(like: ReportChange, row: { readonly address: string }) {
    this.like = like;
    this.row = row;
  }

  get address(): string {
    return this.row.address;
  }

  get deposed(): ReportChange['deposed'] {
    return this.like.deposed;
  }

  get previous_address(): ReportChange['previous_address'] {
    return this.like.previous_address;
  }

  get type(): ReportChange['type'] {
    return this.like.type;
  }

  get provider(): ReportChange['provider'] {
    return this.like.provider;
  }

  get mode(): ReportChange['mode'] {
    return this.like.mode;
  }

  get actions(): ReportChange['actions'] {
    return this.like.actions;
  }

  get reason(): ReportChange['reason'] {
    return this.like.reason;
  }

  get replace_paths(): ReportChange['replace_paths'] {
    return this.like.replace_paths;
  }

  get operations(): ReportChange['operations'] {
    return this.like.operations;
  }

  get classes(): ReportChange['classes'] {
    return this.like.classes;
  }

  get verdict(): ReportChange['verdict'] {
    return this.like.verdict;
  }

  get decisions(): ReportChange['decisions'] {
    return this.like.decisions;
  }

  get facts(): ReportChange['facts'] {
    return this.like.facts;
  }

  get source(): ReportChange['source'] {
    return this.like.source;
  }

  get source_why(): ReportChange['source_why'] {
    return this.like.source_why;
  }

  get remedies(): ReportChange['remedies'] {
    return this.like.remedies;
  }

  /** An object of its own, with its members in their order. */
  toJSON(): ReportChange {
    return { ...this.like, address: this.address };
  }
}

/** Entries of rows that are allowed: of those that are alike the first is whole. */
export class LikeChanges {
  /** Of rows that nothing happens to, by their shape. */
  readonly #idle = new Map<object, ReportChange>();
  /** The last of those that are likely to be alike. */
  readonly #last = new Map<string, ReportChange>();
  /** Of each entry how it was told last where its row is written. */
  readonly #placed = new Map<ReportChange, { readonly source: ReportSource; readonly told: ReportChange }>();

  /** The entry of a row that is written nowhere; `tell`: it as an object of its own. */
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

  /** The same, written there: rows of one block mostly follow each other. */
  placed({ like, row }: LikeChange, { place, why }: ReportSource): LikeChange {
    const last = this.#placed.get(like);
    const was = last?.source;
    if (last !== undefined && was?.why === why && was.place?.file === place?.file && was.place?.line === place?.line)
      return new LikeChange(last.told, row);
    const told = placed(like, { place, why });
    this.#placed.set(like, { source: { place: told.source, why }, told });
    return new LikeChange(told, row);
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
