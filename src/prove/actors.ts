import { parseWho, principalFact, resolvePrincipal } from '../lanes/principal.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { FactState } from '../logic/fact.ts';
import { type Asked, testsAround, valuesAround } from './asked.ts';
import { Inconclusive } from './cube.ts';
import { textsOf } from './kinds.ts';
import { representatives } from './strings.ts';

/** Who may act, as `--as` spells it, and who that is under each ruleset: registries differ. */
export interface Actor {
  readonly spelled: string;
  readonly principals: readonly Principal[];
}

/** Everybody in a registry, one unregistered principal of each kind (of each sort of id that rules tell apart), and nobody known. */
export function actorsOf(rulesets: readonly Ruleset[], asked: Asked): Actor[] {
  const registered = new Set(rulesets.flatMap(registeredIn));
  const ids = textsOf(testsAround('who.id', asked));
  for (const value of valuesAround('who.id', asked, rulesets)) ids.literals.add(value);
  const strangers = representatives([...ids.globs], ids.literals, 1);
  if (strangers === null) throw new Inconclusive('too many combinations of globs over ids of principals');
  const unregistered = [...strangers, ...ids.literals].filter((id) => parseWho(`agent:${id}`).fault === null);
  const spellings = [
    ...asked.actors,
    ...registered,
    ...unregistered.flatMap((id) => [`agent:${id}`, `ci:${id}`, id]),
    'anonymous',
  ];
  const actors = [...new Set(spellings)].map((spelled) => ({
    spelled,
    principals: rulesets.map(({ registry }) => resolvePrincipal(spelled, {}, registry)),
  }));
  const hosts = asked.tests.has('who.assurance') || asked.pairs.flat().includes('who.assurance');
  return hosts ? actors.flatMap(withHost(rulesets)) : actors;
}

/** A person whom the CI host knows by number acts with its word, too (assurance `host`). */
function withHost(rulesets: readonly Ruleset[]): (actor: Actor) => Actor[] {
  return (actor) => {
    const known = rulesets.some(({ registry }) => (registry.people.get(actor.spelled)?.accounts.size ?? 0) > 0);
    const hosted = actor.principals.map((principal) => ({ ...principal, assurance: 'host' as const }));
    return known ? [actor, { spelled: actor.spelled, principals: hosted }] : [actor];
  };
}

function registeredIn({ registry }: Ruleset): string[] {
  const people = new Set([...registry.people.keys(), ...[...registry.teams.values()].flat()]);
  return [...people, ...[...registry.agents.keys()].map((id) => `agent:${id}`)];
}

export function actorState(actor: Actor, ruleset: number, key: string): FactState {
  return principalFact(actor.principals[ruleset] as Principal, key).state;
}
