import type { PlanFile } from '../plan/model.ts';
import type { StateFile } from '../plan/state.ts';
import { untouchedRow } from './identity.ts';

/** A state as the plan that changes nothing: every object is a no-op row, so that the gate's own code reads its tags and facts. */
export function standingPlan(state: StateFile): PlanFile {
  const plan: PlanFile = {
    path: state.path,
    sha256: state.sha256,
    archive: null,
    tool: null,
    version: state.version,
    formatVersion: null,
    complete: null,
    errored: false,
    rows: () => rows,
    drift: [],
    outputs: [],
    checks: [],
    variables: new Map(),
    configuration: { present: false, blocks: new Map(), providers: [], sources: new Map() },
    prior: state.objects,
    priorPresent: true,
    diagnostics: [],
  };
  const rows = state.objects.map((object, index) => untouchedRow(object, plan, index));
  return plan;
}
