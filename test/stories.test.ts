import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, gateStory, isPresent, root, shared, storiesIn } from './stories.ts';

const recordings = join(shared, 'recorded');
const own = storiesIn(join(root, 'fixtures/stories'));
const recorded = storiesIn(join(root, 'fixtures/recorded'), recordings);

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
  const missing = !isPresent(recordings);
  it('have their recordings beside the project', ({ skip }) => {
    if (missing && process.env.INLANE_E2E !== 'required') skip('the recordings are absent: set INLANE_SHARED');
    expect(missing).toBe(false);
    expect(recorded.length).toBeGreaterThan(150);
  });
  for (const story of recorded) {
    story.expected.cases.forEach((expected, i) => {
      it.skipIf(missing)(`${story.name} #${i + 1}: ${expected.as} -> ${expected.verdict}`, async () => {
        expect(differences(await gateStory(story, expected), expected).join('\n')).toBe('');
      });
    });
  }
});
