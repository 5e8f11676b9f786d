import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { buildReport } from '../../src/report/build.ts';
import { text } from '../../src/report/formats/text.ts';
import { reportOfRow } from '../../src/report/row.ts';
import * as s from './samples.ts';

const O = { view: 'plan', colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: true } as const;
test('x', () => {
  const rows = [
    s.deniedReplace(),
    ...Array.from({ length: 30 }, (_, i) => s.allowedQueue(`jobs[${i}]`)),
    ...Array.from({ length: 8 }, (_, i) => s.deniedQueue(`q["k ${i}"]`)),
    s.idle('aws_vpc.a'),
    s.row(
      s.change('acme_graph.x', ['create']),
      ['create'],
      [
        s.atom('create', 'after', 'deny', {
          because: [{ kind: 'unknown', id: 'developer', at: s.place(41, 9), why: null, ask: null, observed: false }],
          unknown: [
            { fact: 'class', path: null, why: 'the type is in no catalog' },
            { fact: 'environment', path: 'tags', why: 'no source speaks' },
          ],
        }),
      ],
    ),
  ];
  const types = Array.from(
    { length: 45 },
    (_, i) => [`aws_thing_${i % 45}`, ['dns', 'load-balancer', 'log', 'monitor', 'permission', 'network'][i % 6]!] as const,
  );
  for (let i = 0; i < 420; i++) {
    const [t, c] = types[(i * 7) % 45]!;
    const facts = [s.classFact(c), s.environment(i % 3 ? 'production' : 'development')];
    const ch = s.change(`module.shop[${i % 4}].${t}.this${i}`, i % 5 ? ['create'] : ['update']);
    const ops = i % 5 ? (['create'] as const) : (['update'] as const);
    const near = {
      ...s.NEAR,
      failed: [
        {
          fact: 'class',
          is: c,
          wants: 'one of database, database-config, queue, topic, cache, app-config, secret',
          source: null,
        },
        ...(i % 3 ? s.NEAR.failed : []),
      ],
    };
    const sides = i % 5 ? (['after'] as const) : (['before', 'after'] as const);
    rows.push(
      s.row(
        ch,
        ops,
        sides.map((side) =>
          s.atom(ops[0], side, i % 4 ? 'allow' : 'deny', {
            nearest: i % 4 ? [] : [near],
            facts: facts.map((fact) => ({ side, fact })),
          }),
        ),
        { classes: [c], after: facts, before: facts },
      ),
    );
  }
  for (let i = 0; i < 40; i++) rows.push(s.idle(`aws_vpc.a${i}`));
  const t0 = performance.now();
  const r = buildReport(
    s.input(
      rows,
      {
        findings: Array.from({ length: 12 }, (_, i) => ({
          code: 'tag-missing',
          severity: 'warn' as const,
          address: `aws_s3_bucket.logs${i}`,
          deposed: null,
          key: 'team',
          message: `\`aws_s3_bucket.logs${i}\` lacks the tag \`team\``,
          fix: { text: 'add `team = ...` to `tags`', insert: null },
          enforce: true,
        })),
      },
      {
        because: [{ kind: 'quota', id: 'agent-blast', at: s.place(70), why: '3 destroy, at most 2', ask: null, observed: false }],
        verdict: 'deny',
        quotas: [
          {
            id: 'agent-blast',
            at: s.place(70),
            counted: new Map([['destroy', 3]]),
            limit: new Map([['destroy', 2]]),
            verdict: 'deny',
            enforce: true,
          },
        ],
      },
      {
        complete: null,
        outputs: [{ name: 'url', actions: ['update'] }],
        drift: [
          {
            address: 'aws_vpc.a',
            deposed: null,
            type: 'aws_vpc',
            provider: 'hashicorp/aws',
            actions: ['update'],
            before: null,
            after: null,
          },
        ],
      },
    ),
  );
  const out = text(r, O);
  console.log(performance.now() - t0, out.split('\n').length);
  writeFileSync('/tmp/out.txt', out + '\n=====\n' + text(reportOfRow(r, 'aws_db_instance.main'), { ...O, view: 'row' }));
});
