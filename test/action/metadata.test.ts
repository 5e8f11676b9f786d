import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INPUTS, readInputs } from '../../src/action/inputs.ts';
import { SHARED_OPTIONS } from '../../src/cli/options.ts';
import { FORMATS } from '../../src/report/formats.ts';
import { root } from '../stories.ts';
import { ACTION, readOutputs } from './runner.ts';

it('action.yml has every input that is read, with the options of the command line by their names there', () => {
  expect(Object.keys(ACTION.inputs)).toEqual([...INPUTS]);
  expect(SHARED_OPTIONS.map(({ name }) => name).filter((name) => !(name in ACTION.inputs))).toEqual([]);
  expect(Object.keys(ACTION.outputs)).toEqual(['verdict', 'exit', 'report']);
  expect(ACTION.inputs.format?.description).toContain([...FORMATS.keys()].join(', '));
});

it('action.yml starts a script that the build makes and the package holds', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
  expect(files).toContain('dist');
  expect(ACTION.runs).toEqual({ using: 'node24', main: 'dist/action/index.cjs' });
  expect(existsSync(join(root, 'src/action/bin.ts'))).toBe(true);
});

it('inputs become the options of the gate', () => {
  const env = {
    INPUT_PLAN: ' a.json \n\nb.json\n',
    INPUT_AS: 'agent:x',
    'INPUT_RULES-FROM': 'origin/main',
    'INPUT_TRUST-WORKTREE': 'False',
    INPUT_ACCOUNT: '1\naws=2',
    INPUT_STACK: 'stacks/prod',
    INPUT_WORKSPACE: '',
    INPUT_OBSERVE: 'true',
    'INPUT_NEEDS-APPROVAL': 'fail',
    INPUT_COMMENT: 'false',
  };
  expect(readInputs(env)).toEqual({
    gate: {
      plans: ['a.json', 'b.json'],
      as: 'agent:x',
      rulesFrom: 'origin/main',
      trustWorktree: false,
      accounts: ['1', 'aws=2'],
      stack: 'stacks/prod',
      observe: true,
    },
    formats: [],
    changedOnly: null,
    quiet: false,
    comment: false,
    section: 'stacks/prod',
    needsApproval: 'fail',
  });
  expect(readInputs({ INPUT_PLAN: 'a.json\nb.json' }).section).toBe('a.json, b.json');
});

it('the files of outputs are read here as the runner reads them', () => {
  expect([...readOutputs('a=1\nb<<X\n1\na=2\nX\nc=x<<y\n')]).toEqual([
    ['a', '1'],
    ['b', '1\na=2'],
    ['c', 'x<<y'],
  ]);
  expect(() => readOutputs('a<<X\n1\n')).toThrow('delimiter not found');
});
