import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded plan to start from. */
export interface SeedPlan {
  readonly name: string;
  readonly text: string;
}

/** Recorded plans of at most `most` bytes: those of the stories, and the shared recordings where they are there. */
export function seedPlans(root: string, most: number): SeedPlan[] {
  const shared = process.env.INLANE_SHARED ?? join(root, '..', 'shared');
  const found = [join(root, 'fixtures/stories'), join(shared, 'recorded')].flatMap((folder) => plansBelow(folder, most));
  if (found.length < 20) throw new Error(`only ${found.length} recorded plans: the stories' plans are missing`);
  return found;
}

function plansBelow(folder: string, most: number): SeedPlan[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('plan.json') && statSync(join(folder, file)).size <= most)
    .sort()
    .map((file) => ({ name: file, text: readFileSync(join(folder, file), 'utf8') }));
}

/** The stories' lane file, and the examples of the lane language. */
export function seedLaneFiles(root: string): string[] {
  return ['fixtures/lanes/inlane.yaml', 'test/lanes/example/org.txt', 'test/lanes/example/shop.txt'].map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
}
