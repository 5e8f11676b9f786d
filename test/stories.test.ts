import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, gateStory, root, shared, storiesIn, unknownKeys } from './stories.ts';

const recordings = join(shared, 'recorded');
const own = storiesIn(join(root, 'fixtures/stories'));
const recorded = storiesIn(join(root, 'fixtures/recorded'), recordings);

it('every key of every expectation is compared', () => {
  const cases = [...own, ...recorded].flatMap((story) =>
    story.expected.cases.map((expected) => ({ story: story.name, expected })),
  );
  expect(cases.length).toBeGreaterThan(400);
  expect(cases.flatMap(({ story, expected }) => unknownKeys(expected).map((key) => `${story}: ${key}`))).toEqual([]);
});

describe('stories recorded by this project', () => {
  it('are there', () => expect(own.length).toBeGreaterThan(10));
  for (const story of own) {
    story.expected.cases.forEach((expected, i) => {
      it(`${story.name} #${i + 1}: ${expected.as} -> ${expected.verdict}`, async () => {
        expect(differences(await gateStory(story, expected), expected).join('\n')).toBe('');
      });
    });
  }
});

describe('stories recorded with other versions and clouds', () => {
  it('are there', () => expect(recorded.length).toBeGreaterThan(150));
  for (const story of recorded) {
    const missing = !existsSync(story.plan);
    story.expected.cases.forEach((expected, i) => {
      const name = `${story.name} #${i + 1}: ${expected.as} -> ${expected.verdict}`;
      it(missing ? `${name} (its recording is not beside the project)` : name, async ({ skip }) => {
        if (missing && process.env.INLANE_E2E !== 'required') skip('set INLANE_SHARED');
        expect(differences(await gateStory(story, expected), expected).join('\n')).toBe('');
      });
    });
  }
});
