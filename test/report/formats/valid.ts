import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { HtmlValidate } from 'html-validate';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { Log, Run } from 'sarif';
import { expect } from 'vitest';
import { validateXML } from 'xmllint-wasm';

/** Second opinions on reports, each of somebody else's making. */

const schemaText = (name: string) => readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8');

const { $schema: _, id: __, ...sarifSchema } = JSON.parse(schemaText('sarif-2.1.0-rtm.5.json')) as Record<string, unknown>;
// Its patterns are of before the `u` flag; its `$schema` and `id` are of draft 4, which names both otherwise.
const isSarif = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(sarifSchema);

/** The one run of a log that is valid, whose rules are those that its results name and whose places are relative. */
export function sarifRun(text: string): Run {
  const log = JSON.parse(text) as Log;
  expect(isSarif(log) ? null : isSarif.errors).toBeNull();
  expect(log.runs).toHaveLength(1);
  const run = log.runs[0] as Run;
  const rules = run.tool.driver.rules ?? [];
  const results = run.results ?? [];
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  expect(rules.map((rule) => rule.id)).toEqual([...new Set(results.map((result) => result.ruleId))].sort());
  for (const rule of rules) expect(rule.help?.text.length).toBeGreaterThan(40);
  const changes = results.flatMap(({ fixes = [] }) => fixes.flatMap(({ artifactChanges }) => artifactChanges));
  for (const { artifactLocation, replacements } of changes) {
    expect(artifactLocation.uriBaseId).toBe('%SRCROOT%');
    expect(new URL(artifactLocation.uri ?? '', 'file:///repository/').href).toMatch(/^file:\/\/\/repository\/./);
    expect(replacements.length).toBeGreaterThan(0);
  }
  for (const { ruleId, ruleIndex = -1, locations = [], message } of results) {
    expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(message.text?.length).toBeGreaterThan(5);
    // GitHub asks for a file and a line of each.
    expect(locations.length).toBeGreaterThan(0);
    for (const { physicalLocation } of locations) {
      const uri = physicalLocation?.artifactLocation?.uri ?? '';
      expect(uri).toMatch(/^[A-Za-z0-9\-._~!*'()%/]+$/);
      expect(uri).not.toMatch(/^\/|^[a-z]+:/i);
      expect(new URL(uri, 'file:///repository/').href).toMatch(/^file:\/\/\//);
      expect(physicalLocation?.region?.startLine).toBeGreaterThan(0);
    }
  }
  const prints = results.map((result) => result.partialFingerprints?.primaryLocationLineHash);
  expect(new Set(prints).size).toBe(results.length);
  expect(prints).not.toContain(undefined);
  return run;
}

const xsd = { fileName: 'jenkins-junit.xsd', contents: schemaText('jenkins-junit.xsd') };

/** What is wrong with reports by the schema of Jenkins; the texts by name. */
export async function junitProblems(reports: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const xml = [...reports].map(([fileName, contents]) => ({ fileName, contents }));
  const { valid, errors, rawOutput } = await validateXML({ xml, schema: xsd });
  expect(rawOutput.match(/ validates$/gm)?.length ?? 0).toBe(
    valid ? reports.size : reports.size - new Set(errors.map((e) => e.loc?.fileName)).size,
  );
  return errors.map(({ message, loc }) => `${loc?.fileName}:${loc?.lineNumber}: ${message}`);
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // Said once more, for a narrow screen takes the tables apart by `display`, and their meaning must stay.
    'no-redundant-role': 'off',
    'prefer-native-element': 'off',
    // The form filters what is there; nothing is sent.
    'wcag/h32': 'off',
    'doctype-style': 'off',
  },
});

export async function htmlProblems(page: string): Promise<readonly string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column}: ${m.ruleId}: ${m.message}`));
}

/** Markdown as GitHub reads it, raw HTML and bare links included. */
export function rendered(markdown: string): string {
  return micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });
}

/** Tags with their attributes in order, text left out. */
export function tagsOf(html: string): readonly string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
}

/** Pieces of text between tags, apart from code, as a page shows them. */
export function textsOf(html: string): readonly string[] {
  return html
    .replace(/<(pre|code|style|script)\b[\s\S]*?<\/\1>/g, '<>')
    .split(/<[^>]*>/)
    .map((text) =>
      text.replace(/&(?:amp|lt|gt|quot|#(\d+));/g, (entity, code?: string) =>
        code ? String.fromCodePoint(Number(code)) : (ENTITIES[entity] ?? ''),
      ),
    );
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
