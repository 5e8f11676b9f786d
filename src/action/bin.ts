import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { gate } from '../gate.ts';
import { runAction } from './main.ts';

// What escapes every catch is a defect; its message may hold plan values, so it is not printed.
process.on('uncaughtException', () => {
  writeSync(1, '::error title=inlane%3A internal::inlane failed; this is a defect: report it\n');
  process.exit(2);
});

// 2 until the verdict is known: a step that ends early has not passed.
process.exitCode = 2;
runAction({
  env: process.env,
  cwd: process.cwd(),
  log: (text) => process.stdout.write(text),
  gate,
  fetch,
  wait: async (time) => wait(time),
  random: Math.random,
}).then((exit) => {
  process.exitCode = exit;
});
