/**
 * Runs a look for credentials without Node's `MetadataLookupWarning`: google-auth-library prints it where there is no metadata server,
 * and the look tells by itself what it found.
 */
export async function quietly<T>(look: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    const [kind] = rest;
    const name = typeof kind === 'string' ? kind : (kind as { type?: string } | undefined)?.type;
    if (name !== 'MetadataLookupWarning') Reflect.apply(emit, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    return await look();
  } finally {
    process.emitWarning = emit;
  }
}
