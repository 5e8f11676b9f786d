import { describe, expect, it } from 'vitest';
import { factOverRows } from '../../../src/report/formats/words.ts';
import type { ReportFact } from '../../../src/report/report.ts';

const fact = (
  key: string,
  value: string | readonly string[] | null,
  from = 'tag',
  more: Partial<ReportFact> = {},
): ReportFact => ({
  key,
  side: 'before',
  value,
  sources: [{ from, name: key, value: null }],
  ...more,
});

describe('one fact over several rows', () => {
  it('that only other sources say is as of one row, with all of them', () => {
    expect(factOverRows([fact('environment', 'production'), fact('environment', 'production', 'drift')])).toEqual({
      words: 'environment = production [tag environment; drift environment]',
      alike: true,
    });
  });

  it('that differs is told by its values, each once', () => {
    const classes = [['database', 'stateful'], ['log'], ['database', 'stateful']];
    expect(factOverRows(classes.map((names) => fact('class', names, 'catalog')))).toEqual({
      words: 'class (database, stateful; log)',
      alike: false,
    });
    const some = [
      fact('team', 'orders'),
      fact('team', null, 'tag', { absent: true }),
      fact('team', null, 'tag', { unknown: true }),
    ];
    expect(factOverRows(some).words).toBe('team (orders; is absent; is unknown)');
  });

  it('of very many values says how many more there are', () => {
    const all = Array.from({ length: 9 }, (_, i) => fact('name', `n${i}`));
    expect(factOverRows(all).words).toBe('name (n0; n1; n2; n3; n4; n5; and 3 more)');
    expect(factOverRows(all.slice(0, 6)).words).toBe('name (n0; n1; n2; n3; n4; n5)');
  });

  it('keeps values from passing for something else', () => {
    expect(factOverRows([fact('name', 'a\u001b[2J'), fact('name', ' b')]).words).not.toContain('\u001b');
    expect(factOverRows([fact('name', 'a', 'tag', { subject: 'x.y' })]).words).toBe('name of x.y = a [tag name]');
  });
});
