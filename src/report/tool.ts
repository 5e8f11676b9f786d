import manifest from '../../package.json' with { type: 'json' };

/** What stands under `tool` in every report. */
export const TOOL = { name: 'inlane', version: manifest.version } as const;
