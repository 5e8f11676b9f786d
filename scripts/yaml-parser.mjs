// js-yaml is one module, and esbuild cannot know that what it sets up for other uses (schemas, writing YAML) has no effect of its own,
// so all of it would be in the programme: 66 KB instead of 38. Each variable of the module is marked as one that may go when nothing
// uses it. What uses it stays as it is written.
import { readFileSync } from 'node:fs';

/** An esbuild plugin. */
export const yamlParser = {
  name: 'yaml-parser',
  setup({ onLoad }) {
    onLoad({ filter: /js-yaml[\\/]dist[\\/]js-yaml\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^var ([\w$]+) = ([\s\S]*?);\n(?=\S)/gm,
        'var $1 = /* @__PURE__ */ (() => ($2))();\n',
      ),
    }));
  },
};
