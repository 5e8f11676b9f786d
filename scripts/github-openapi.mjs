// Cuts what the Action asks of GitHub out of GitHub's published OpenAPI description, for the stand-in of the tests. The whole of it is a
// package of half a gigabyte, so it is no dependency:
//   npm pack @octokit/openapi@23.0.2, unpack it, then
//   node scripts/github-openapi.mjs package/generated/api.github.com.json
import { readFileSync, writeFileSync } from 'node:fs';

const OPERATIONS = {
  '/repos/{owner}/{repo}/issues/{issue_number}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/comments/{comment_id}': ['patch', 'delete'],
  '/user': ['get'],
};

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('name the description: see the head of this script');
const whole = JSON.parse(readFileSync(file, 'utf8'));
const paths = Object.fromEntries(
  Object.entries(OPERATIONS).map(([path, methods]) => [
    path,
    Object.fromEntries(methods.map((method) => [method, bare(whole.paths[path][method])])),
  ]),
);
const slice = { openapi: whole.openapi, info: whole.info, paths, components: {} };

const open = [paths];
for (let node = open.pop(); node !== undefined; node = open.pop()) {
  if (typeof node !== 'object' || node === null) continue;
  const [, kind, name] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(node.$ref ?? '') ?? [];
  if (kind !== undefined && slice.components[kind]?.[name] === undefined) {
    slice.components[kind] ??= {};
    slice.components[kind][name] = bare(whole.components[kind][name]);
    open.push(slice.components[kind][name]);
  }
  open.push(...Object.values(node));
}
writeFileSync(new URL('../test/standins/github/openapi.json', import.meta.url), `${JSON.stringify(slice, null, 1)}\n`);

/** Without prose. A property may be called `description`, so only texts go. */
function bare(node) {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) =>
      !(key === 'description' && typeof value === 'string') && !['externalDocs', 'x-github', 'tags', 'example'].includes(key),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]));
}
