/** A project by both of its names; `account` is how the scan's target spells it, and how ids are spelled. */
export interface ProjectNames {
  readonly account: string;
  readonly id: string;
  readonly number: string;
}

/** A name of the asset inventory in the spelling of `CloudPlace.id`: the inventory writes some with the project's number. */
export function canonical(name: string, project: ProjectNames): string {
  const [, host, written, rest] = /^(\/\/[^/]+\/projects\/)([^/]+)(.*)$/s.exec(name) ?? [];
  if (host === undefined || written === undefined || rest === undefined) return name;
  const account = written === project.id || written === project.number ? project.account : written;
  // A cluster in a zone has two names.
  return `${host}${account}${host.startsWith('//container.') ? rest.replace(/^\/zones\//, '/locations/') : rest}`;
}

/** Every name under which the inventory may know the object. */
export function spellings(id: string, project: ProjectNames): string[] {
  const [, host, written, rest] = /^(\/\/[^/]+\/projects\/)([^/]+)(.*)$/s.exec(id) ?? [];
  if (host === undefined || written !== project.account || rest === undefined) return [id];
  const rests =
    host.startsWith('//container.') && rest.startsWith('/locations/') ? [rest, rest.replace('locations', 'zones')] : [rest];
  return rests.flatMap((tail) => [`${host}${project.id}${tail}`, `${host}${project.number}${tail}`]);
}

/** The name that tag bindings hang on holds the project's number; servers answer with it whatever was asked for. */
export function withNumber(parent: string, project: ProjectNames): string {
  return parent.replace(/^(\/\/[^/]+\/projects\/)([^/]+)/, (whole, host: string, written: string) =>
    written === project.account || written === project.id ? `${host}${project.number}` : whole,
  );
}
