import type { ClassifiedChange } from '../classify/model.ts';
import { hasSide } from '../plan/later-row.ts';

/** What tags.md 2 judges a row as. `none`: a data source, a deletion, or nothing that tags hang on. */
export interface Occasion {
  readonly create: boolean;
  readonly replace: boolean;
  readonly import: boolean;
  readonly update: boolean;
  /** A no-op row; a pure move is one as well. */
  readonly standing: boolean;
}

export function occasionOf(row: ClassifiedChange): Occasion {
  const { actions, importing, mode, deposed } = row.change;
  const judged = mode === 'managed' && deposed === null;
  // Most rows of a large plan.
  if (judged && actions.length === 1 && actions[0] === 'no-op' && importing === null) return STANDING;
  const before = hasSide(row.change, 'before');
  const after = hasSide(row.change, 'after');
  const made = judged && actions.includes('create') && after;
  return {
    create: made && !before,
    replace: made && (actions.includes('delete') || actions.includes('forget') || before),
    import: judged && importing !== null && after,
    update: judged && actions.includes('update'),
    standing: judged && actions.includes('no-op') && importing === null,
  };
}

const STANDING: Occasion = { create: false, replace: false, import: false, update: false, standing: true };
