import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Logger } from '../log.js';

/**
 * Knows the process groups that are alive, and ends them when its input does: the one thing that also happens to a process that is killed
 * with -9. A shell, because it needs no more than a shell, and takes a megabyte. (`kill -KILL --` is an error in dash, `-s KILL --` is not.)
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=
while read -r what group; do
  if [ "$what" = + ]; then groups="$groups $group"; else
    left=
    for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
    groups=$left
  fi
done
[ -n "$groups" ] || exit 0
for each in $groups; do kill -s TERM -- "-$each" 2>/dev/null; done
sleep 1
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done`;

/** Ends the children of a process that can't do so itself any more: one for all of them, started with the first. */
export class Watchdog {
  private shell: ChildProcess | undefined;

  constructor(private readonly logger: Logger) {}

  /** The group that a process leads, which is its id. */
  watch(group: number): void {
    this.say(`+ ${group}`);
  }

  forget(group: number): void {
    this.say(`- ${group}`);
  }

  private say(line: string): void {
    // There are no groups there, and a child has its stdin's end alone.
    if (process.platform === 'win32') return;
    this.shell ??= this.start();
    this.shell.stdin?.write(`${line}\n`);
  }

  private start(): ChildProcess {
    // In a session of its own: what ends our group or our terminal is no end of it.
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const failed = (err: Error) => this.logger.warn({ err }, 'children may outlive this process if it is killed');
    shell.on('error', failed);
    shell.stdin.on('error', () => undefined);
    shell.unref();
    (shell.stdin as unknown as { unref?(): void }).unref?.();
    return shell;
  }
}
