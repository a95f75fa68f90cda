import { spawn } from 'node:child_process';

/** Opens an address in the browser. It may come from somebody else: it is handed over as one argument, never to a shell. */
export function openBrowser(url: URL): void {
  if (!/^https?:$/.test(url.protocol)) return;
  const [command, args] = {
    win32: ['rundll32', ['url.dll,FileProtocolHandler', url.href]],
    darwin: ['open', [url.href]],
  }[process.platform as string] ?? ['xdg-open', [url.href]];
  // Where there is no browser, the address has been printed.
  spawn(command as string, args as string[], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
