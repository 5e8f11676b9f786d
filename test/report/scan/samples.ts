import type { CloudTarget } from '../../../providers/cloud.ts';
import type { ScanInput } from '../../../src/report/scan/model.ts';
import type { ObjectResult } from '../../../src/scan/record.ts';
import type { Shift } from '../../../src/tags/authority.ts';
import * as s from '../samples.ts';

const TARGET: CloudTarget = { cloud: 'aws', partition: 'aws', account: '111111111111', region: 'eu-central-1' };

function result(n: number, name: string, outcome: ObjectResult['outcome']): ObjectResult {
  const place = { target: TARGET, id: `arn:aws:dynamodb:eu-central-1:111111111111:table/${name}`, detail: {} };
  const about = {
    address: `aws_dynamodb_table.${name}`,
    deposed: null,
    type: 'aws_dynamodb_table',
    classes: ['database', 'stateful'],
  };
  return { n, state: 0, ...about, place, tags: { environment: 'production', team: 'orders' }, outcome };
}

const SHIFT: Shift = {
  rules: [{ kind: 'lane', id: 'developer', change: 'covers', operations: ['update', 'destroy'] }],
  verdicts: [{ principal: 'dana', operation: 'destroy', before: 'deny', after: 'allow' }],
};
const NOTHING: Shift = { rules: [], verdicts: [] };

/** A scan of one state and target; `text` stands wherever a stranger can write. */
export function scanOf(
  { drifted = false, unread = false, unmanaged = false }: { drifted?: boolean; unread?: boolean; unmanaged?: boolean },
  text = 'production',
): ScanInput {
  const drift = (verdict: 'drifted' | 'missing', wanted: string | null, found: string | null, inConfiguration = true) => ({
    kind: 'read' as const,
    drifts: [{ verdict, attribute: 'environment', key: 'environment', wanted, found, own: found, inConfiguration }],
    inherited: 0,
    managedBy: null,
  });
  const results = drifted
    ? [
        result(0, 'wider', drift('drifted', 'production', text)),
        result(1, 'drifted', drift('drifted', 'production', text)),
        result(2, 'missing', drift('missing', 'production', null, false)),
        result(3, 'gone', { kind: 'not-found' }),
        result(4, 'bare', { kind: 'not-taggable', why: `its kind takes no tags: ${text}` }),
        result(5, text, { ...drift('missing', 'production', null), managedBy: `stack ${text}` }),
        ...(unread
          ? [result(6, 'unread', { kind: 'unread', why: `refused: ${text}`, permission: 'tag:GetResources', hint: 'allow it' })]
          : []),
      ]
    : [];
  const item = { type: text, region: null, createdAt: '2024-01-02T03:04:05Z', createdBy: text, managedBy: null };
  return {
    read: {
      states: [{ path: text === 'production' ? 'states/prod.json' : text, sha256: '0'.repeat(64), objects: 10 }],
      unreadStates: unread ? [{ path: text, why: `no state: ${text}`, hint: 'give one' }] : [],
      notTaggable: 0,
      notScanned: {},
      nothingWanted: 0,
      unlocated: [],
    },
    targets: [
      {
        target: TARGET,
        looked: 10,
        inherited: 0,
        results,
        unmanaged: unmanaged
          ? [
              { id: text, tags: { team: text }, ...item },
              { id: 'x', tags: {}, ...item },
            ]
          : [],
        failures: unread ? [{ what: 'inventory', objects: 0, why: `no index: ${text}`, permission: null, hint: 'make one' }] : [],
      },
    ],
    shiftOf: ({ address }) => (address.endsWith('.wider') ? SHIFT : NOTHING),
    ruleset: s.ruleset(),
    ownerKeys: new Set(['team']),
    diagnostics: [],
    shard: null,
    orphans: null,
  };
}

/** The same with hostile text wherever a stranger can write. */
export function hostileScan(): ScanInput {
  const text = '"><script>alert(1)</script>\u202e\u0000](x)|`@team #1 www.e.example {0} ]]> ::error::x';
  return scanOf({ drifted: true, unread: true, unmanaged: true }, text);
}
