import { shellQuote } from '../../client/curl.js';
import { hostFiles, readHostFile, shownPath } from '../../hosts/files.js';
import type { HostFile } from '../../hosts/files.js';
import { hosts as known } from '../../hosts/index.js';
import { JsonTextError } from '../../hosts/json-text.js';
import { SERVERS_KEYS, serversIn } from '../../hosts/servers.js';
import type { Misshape, ServerEntry } from '../../hosts/servers.js';
import { isObject } from '../../rpc/messages.js';
import { defineCheck, failure, info, ok, reasonOf, warning } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext } from '../context.js';
import { judgeServer } from '../judge-server.js';
import { secretsIn } from '../secrets.js';

/** Bits of a file's mode that let others read it. */
const READABLE_BY_OTHERS = 0o044;

export const hosts = defineCheck({
  id: 'hosts',
  title: 'MCP hosts',
  timeoutMs: 8_000,
  async run(context) {
    const findings = (await Promise.all(hostFiles(context).map((file) => judgeFile(file, context)))).flat();
    const none = `no configuration of ${known.map(({ title }) => title).join(', ')} on this machine`;
    return findings.length > 0 ? findings : [info(none, 'Make one: mcp-calc config <host>')];
  },
});

/** Nothing where the file does not exist. */
async function judgeFile(file: HostFile, context: DoctorContext): Promise<readonly Finding[]> {
  const subject = `${file.host.title}, ${shownPath(file.path, context)}`;
  return (await findingsOf(file, context)).map((finding) => ({ ...finding, subject }));
}

async function findingsOf({ host, path, ofProject }: HostFile, context: DoctorContext): Promise<readonly Finding[]> {
  try {
    const read = await readHostFile(path, host.comments === true);
    if (read === undefined) return [];
    const { key, title } = host;
    const { entries, misshapes } = serversIn(read.value, [key]);
    const findings = misshapes.map(({ what, message }) =>
      failure(message, `It must look like this: ${SHAPES[what](key)}`),
    );
    const { value } = read;
    const wrongKey =
      isObject(value) && value[key] === undefined ? SERVERS_KEYS.find((other) => isObject(value[other])) : undefined;
    if (wrongKey !== undefined)
      findings.push(warning(`it holds "${wrongKey}", which ${title} does not read`, `Call it "${key}".`));
    findings.push(...(await Promise.all(entries.map((entry) => judgeServer(entry, ofProject, context)))).flat());
    const open = !ofProject && context.platform !== 'win32' && (read.mode & READABLE_BY_OTHERS) !== 0;
    if (open && entries.some(holdsSecrets))
      findings.push(warning('others on this machine may read those secrets', `chmod 600 ${shellQuote(path)}`));
    return findings.length > 0
      ? findings
      : [ok(`${entries.length === 0 ? 'no' : entries.length} server${entries.length === 1 ? '' : 's'}`)];
  } catch (error) {
    if (error instanceof JsonTextError)
      return [
        failure(
          `line ${error.line}, column ${error.column}: ${error.message}`,
          `Until that is corrected, ${host.title} sees none of its servers.`,
        ),
      ];
    return [warning(`it can't be read: ${reasonOf(error)}`, 'Look at who owns it, and at its mode.')];
  }
}

const SHAPES: Readonly<Record<Misshape['what'], (key: string) => string>> = {
  file: (key) => `{ "${key}": { … } }`,
  servers: (key) => `{ "${key}": { "name": { "command": "…" } } }`,
  server: () => '{ "command": "npx", "args": […] }',
};

function holdsSecrets(entry: ServerEntry): boolean {
  return entry.fields.disabled !== true && secretsIn(entry).length > 0;
}
