import { stat } from 'node:fs/promises';
import { pathsOf } from '../hosts/files.js';
import type { ServerEntry } from '../hosts/servers.js';
import { failure, warning } from './check.js';
import type { Finding } from './check.js';
import type { DoctorContext } from './context.js';
import { findCommand } from './find-command.js';
import { isLoopback } from '../net/loopback.js';
import { secretsIn } from './secrets.js';

/** `${workspaceFolder}` and the like: only the host knows what stands there. */
const VARIABLE = /\$\{[^}]*\}/;
/** Programs whose first argument is often a file of one's own. */
const SCRIPT = /\.(?:[cm]?[jt]s|py|rb|sh|jar)$/;
/** Batch files on Windows, which programs can't start without a shell. */
const BATCH = /^(?:npx|npm|pnpm|yarn|uvx\.cmd)$/;

/** What is wrong with one server of a host's file; whoever reads the finding sees no value of it. */
export async function judgeServer(entry: ServerEntry, shared: boolean, context: DoctorContext): Promise<Finding[]> {
  const { name, fields } = entry;
  if (fields.disabled === true) return [];
  const { command, url } = fields;
  const findings: Finding[] = [];
  if (typeof command === 'string') findings.push(...(await judgeCommand(command, entry, context)));
  else if (typeof url === 'string') findings.push(...judgeUrl(name, url));
  else
    findings.push(
      failure(`"${name}" has neither a command nor a url`, 'See what belongs there: mcp-calc config <host>'),
    );
  const secrets = secretsIn(entry);
  if (secrets.length > 0) findings.push(secretFinding(name, secrets, shared));
  return findings;
}

async function judgeCommand(
  command: string,
  { name, fields, project }: ServerEntry,
  context: DoctorContext,
): Promise<Finding[]> {
  if (command.trim() === '') return [failure(`"${name}" has an empty command`, 'Name the program to start.')];
  if (VARIABLE.test(command)) return [];
  if (command.startsWith('~'))
    return [
      failure(
        `"${name}": a host does not know "~" in "${command}"`,
        `Write the path out: "${context.home}${command.slice(1)}"`,
      ),
    ];
  const cwd = folderOf(fields.cwd, project ?? context.cwd);
  if (/\s/.test(command) && (await findCommand(command, context, cwd)) === undefined) {
    const [first = '', ...rest] = command.trim().split(/\s+/);
    return [
      failure(
        `"${name}": the command holds its arguments`,
        `Part them: "command": "${first}", "args": ${JSON.stringify(rest)}`,
      ),
    ];
  }
  if (context.platform === 'win32' && BATCH.test(command))
    return [
      warning(
        `"${name}": on Windows, some hosts can't start "${command}" by itself`,
        `"command": "cmd", "args": ["/c", "${command}", …]`,
      ),
    ];
  if ((await findCommand(command, withPath(context, fields.env), cwd)) === undefined) {
    const where = /[\\/]/.test(command) ? 'is not a program that may be run' : 'is not on the PATH';
    return [failure(`"${name}": "${command}" ${where}`, 'Install it, or give its whole path.')];
  }
  return judgeScript(name, fields.args, context);
}

/** The first argument, where it is the whole path of a script. */
async function judgeScript(name: string, args: unknown, { platform }: DoctorContext): Promise<Finding[]> {
  const script = Array.isArray(args)
    ? args.find((arg): arg is string => typeof arg === 'string' && !arg.startsWith('-'))
    : undefined;
  if (args !== undefined && !Array.isArray(args))
    return [failure(`"${name}": "args" is not a list`, 'It must look like this: "args": ["one", "two"]')];
  if (script === undefined || !SCRIPT.test(script) || !pathsOf(platform).isAbsolute(script)) return [];
  const exists = await stat(script).then(
    () => true,
    () => false,
  );
  return exists
    ? []
    : [failure(`"${name}": there is no file ${script}`, 'Correct the path, or build the program first.')];
}

function judgeUrl(name: string, url: string): Finding[] {
  if (VARIABLE.test(url)) return [];
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    return [
      failure(
        `"${name}": the url is not the address of a server`,
        'It must look like this: "url": "https://mcp.example.com/mcp"',
      ),
    ];
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [warning(`"${name}": what passes to ${hostname} can be read on the way`, 'Use https://')];
}

function secretFinding(name: string, secrets: readonly string[], shared: boolean): Finding {
  const where = `"${name}": ${secrets.length === 1 ? 'a secret' : 'secrets'} in plain sight in ${secrets.join(', ')}`;
  return shared
    ? warning(
        `${where}, in a file of a project, which others may get`,
        'Take it out: "${input:key}" (VS Code), "${KEY}" (Claude Code), or a variable of the system. If it was ever committed, replace it.',
      )
    : warning(where, 'Let the server read it from a variable of the system, or from a file with mode 600.');
}

function folderOf(cwd: unknown, fallback: string): string {
  return typeof cwd === 'string' && !VARIABLE.test(cwd) ? cwd : fallback;
}

/** The context with the PATH that the entry sets, where it sets one. */
function withPath(context: DoctorContext, env: unknown): Pick<DoctorContext, 'env' | 'platform'> {
  const path: unknown = typeof env === 'object' && env !== null && 'PATH' in env ? env.PATH : undefined;
  return typeof path === 'string' && !VARIABLE.test(path)
    ? { ...context, env: { ...context.env, PATH: path } }
    : context;
}
