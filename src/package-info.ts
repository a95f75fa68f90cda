import manifest from '../package.json' with { type: 'json' };

/** The name under which the server introduces itself. */
export const name: string = manifest.name;
/** The version of the package, as `serverInfo.version` and `/health` show it. */
export const version: string = manifest.version;
/** Whether npm's registry has the package, so that `npx` finds it by its name. npm refuses to publish what is private. */
export const isPublished: boolean = !('private' in manifest);
