// Loaded by `--import`: tells at the exit how much memory the process has held at most. (`maxRSS` would be that of the parent where
// that is more.)
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  writeSync(2, `PEAK ${Math.round(Number(kilobytes) / 1024)} MB\n`);
});
