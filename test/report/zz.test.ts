import { test, expect } from 'vitest';
import { readdirSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gate } from '../../src/gate.ts';
import { text } from '../../src/report/formats/text.ts';
import { reportOfRow } from '../../src/report/row.ts';
import { spellRow } from '../../src/report/place.ts';
import { expectValid } from './schema.ts';
const O = { view: 'plan', colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: true } as const;
test('all recorded', async () => {
  const root = '/work/shared/recorded';
  let n = 0; const bad: string[] = []; let max = 0;
  for (const cloud of readdirSync(root)) for (const c of readdirSync(join(root, cloud))) {
    const d = join(root, cloud, c); if (!statSync(d).isDirectory()) continue;
    for (const f of readdirSync(d).filter((x) => /plan.*\.json$/.test(x))) for (const as of ['dana', 'agent:db-upgrader', undefined]) {
      const { reports: [r] } = await gate({ plans: [join(d, f)], lanes: ['fixtures/lanes/inlane.yaml'], ...(as ? { as } : {}), workspace: 'x', now: 0 + Date.UTC(2026, 10, 20) });
      n++;
      try { expectValid(r); const t = text(r!, O); max = Math.max(max, t.split('\n').length);
       for (const ch of r!.changes) text(reportOfRow(r!, spellRow(ch)), { ...O, view: 'row' });
       if (r!.verdict === 'undecided') bad.push(`${cloud}/${c} undecided ${r!.diagnostics[0]!.message}`);
       for (const line of t.split('\n').slice(1)) if (line.length > 100 && line.trim().includes(' ') && !/^\s+"?\S+"? ?\S*$/.test(line)) bad.push(`${cloud}/${c}: ${line}`);
      } catch (e) { bad.push(`${cloud}/${c} ${as}: ${(e as Error).message.slice(0, 300)}`); }
    }
  }
  console.log(n, max, [...new Set(bad)].slice(0, 30).join('\n'));
}, 300000);
