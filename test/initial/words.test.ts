import { describe, expect, it } from 'vitest';
import { dimensionOf, environmentOf, isPlainText } from '../../src/initial/words.ts';

describe('environmentOf', () => {
  it.each([
    ['prod', 'production'],
    ['Production', 'production'],
    ['shop-prod-eu', 'production'],
    ['prod2', 'production'],
    ['live', 'production'],
    // Where two are named, the careful one stands.
    ['dev-platform-prod', 'production'],
    ['Dev-Test', 'test'],
    // What is before production, or is not, is no production.
    ['nonprod', 'nonproduction'],
    ['non-prod', 'nonproduction'],
    ['Non-Production', 'nonproduction'],
    ['pre-prod', 'staging'],
    ['preprod', 'staging'],
    ['stg', 'staging'],
    ['uat', 'staging'],
    ['dev', 'development'],
    ['devl', 'development'],
    ['Sandbox', 'development'],
    ['acmeDevShop', 'development'],
    // Words that only contain one name nothing.
    ['product', null],
    ['reproduce', null],
    ['device', null],
    ['livery', null],
    ['latest', null],
    ['default', null],
    ['', null],
    // Letters of an identifier are no word.
    ['9f01f5d0-acc0-4228-a444-1293bbf46f9a', null],
    ['dead0000-de00-4000-a000-00000000ace0', null],
    ['123456789012', null],
  ])('%j is %j', (text, environment) => expect(environmentOf(text)).toBe(environment));
});

describe('dimensionOf', () => {
  it.each([
    ['Environment', 'environment'],
    ['env', 'environment'],
    ['acme.io/environment', 'environment'],
    ['acme:env', 'environment'],
    ['app_environment', 'environment'],
    ['Team', 'team'],
    ['owner', 'team'],
    ['app.kubernetes.io/component', 'service'],
    ['data-classification', 'data'],
    ['Name', null],
    ['environmental', null],
    ['__proto__', null],
    ['constructor', null],
  ])('%j is %j', (key, dimension) => expect(dimensionOf(key)?.dimension ?? null).toBe(dimension));

  it('prefers the plainest name', () => {
    expect(dimensionOf('environment')?.rank).toBeLessThan(dimensionOf('stage')?.rank ?? 0);
  });
});

describe('isPlainText', () => {
  it.each(['prod', 'some service', 'a.b/c:d@e+f_g-h', '1'])('%j may stand in a lane file', (text) =>
    expect(isPlainText(text)).toBe(true),
  );
  // `registry` under `values` would mean the teams of the registry.
  it.each(['', ' prod', 'prod ', 'a\nb', 'a\u202eb', '"', '#x', '*', 'x'.repeat(61), 'registry'])('%j may not', (text) =>
    expect(isPlainText(text)).toBe(false),
  );
});
