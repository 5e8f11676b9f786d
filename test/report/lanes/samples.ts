import { readFileSync } from 'node:fs';
import type { Operation } from '../../../src/logic/fact.ts';
import { type Matrix, type MatrixCell, type Shown, shownRules } from '../../../src/report/lanes/shown.ts';
import { loadText } from '../../lanes/folder.ts';

/** The rules that the stories are judged by. */
export async function fixtureRules(now?: number): Promise<Shown> {
  return shownRules(await loadText(readFileSync(new URL('../../../fixtures/lanes/inlane.yaml', import.meta.url), 'utf8')), now);
}

const OWN =
  'database database-config database-user cache queue topic secret app-config object-storage block-storage file-storage warehouse search stream backup snapshot workload function job cluster machine-group virtual-machine registry revision network firewall load-balancer dns cdn certificate api identity permission organization organization-policy encryption-key log monitor helper code-execution'.split(
    ' ',
  );
const CROSS = ['access', 'exposure', 'foundation', 'protection', 'stateful'];
const OPERATIONS: readonly Operation[] = [
  'create',
  'read',
  'update',
  'destroy',
  'import',
  'move',
  'forget',
  'invoke',
  'reclassify',
];
const VALUES = ['production', 'staging', 'development', 'unknown'];
const MANAGED = new Set(
  'database database-config cache queue topic app-config secret revision workload function log monitor'.split(' '),
);
const TEAM = 'whether team is their own team';
const STATEFUL = new Set('database queue secret object-storage block-storage file-storage warehouse search stateful'.split(' '));

/** Written by hand: what dana of team developers may do, as far as a table of answers needs it. */
function answer(name: string, operation: Operation, value: string): Pick<MatrixCell, 'answer' | 'by' | 'on'> {
  const production = value === 'production';
  if (operation === 'read') return name === 'code-execution' ? say('no') : say('allow', ['everyone']);
  if (name === 'helper' && ['create', 'update', 'destroy', 'move'].includes(operation)) return say('allow', ['everyone']);
  if (['forget', 'invoke', 'reclassify'].includes(operation)) {
    return operation === 'forget' && STATEFUL.has(name) && production ? say('no', ['no-prod-drop']) : say('no');
  }
  if (operation === 'move' && production) return say('allow', ['developer']);
  if (MANAGED.has(name) && (value === 'staging' || value === 'development')) {
    return operation === 'import' && value === 'staging' ? say('ask', ['prod-review']) : say('allow', ['developer']);
  }
  if (!production) return say('no');
  if (operation === 'create' && MANAGED.has(name)) return say('depends', ['database-migration'], [TEAM]);
  if (operation === 'update' && ['database', 'database-config'].includes(name)) {
    return say('depends', ['developer', 'database-migration'], ['whether it changes only tuning', TEAM]);
  }
  if (operation === 'destroy' && name === 'database') {
    return say(
      'depends',
      ['database-migration', 'no-prod-drop', 'prod-review'],
      [TEAM, 'whether a successor with the same service exists'],
    );
  }
  if (operation === 'destroy' && STATEFUL.has(name)) return say('no', ['no-prod-drop']);
  return say('no');
}

function say(is: MatrixCell['answer'], by: readonly string[] = [], on: readonly string[] = []) {
  return { answer: is, by, on };
}

export const MATRIX: Matrix = {
  principal: { id: 'dana', kind: 'human', teams: ['developers', 'payments', 'orders'], tier: null, owner: null },
  attribute: 'environment',
  values: VALUES,
  operations: OPERATIONS,
  rows: [...OWN.map((name) => ({ name, cross: false })), ...CROSS.map((name) => ({ name, cross: true }))].map(
    ({ name, cross }) => ({
      class: name,
      cross,
      cells: OPERATIONS.flatMap((operation) => VALUES.map((value) => ({ operation, value, ...answer(name, operation, value) }))),
    }),
  ),
};
